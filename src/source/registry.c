#include "base/suggest.h"
#include "project/secret.h"
#include "source/file/file_source.h"
#include "source/rest/rest_source.h"
#include "source/source.h"

const SourceDriver *const source_drivers[] = {
    &source_csv,
    &source_local_files,
    &source_rest_api,
    NULL,
};

const SourceDriver *source_driver_find(Str type)
{
    for (const SourceDriver *const *it = source_drivers; *it != NULL; it++) {
        if (str_is(type, (*it)->type)) {
            return *it;
        }
    }
    return NULL;
}

Error *source_driver_get(const SourceConfig *config, const SourceDriver **out)
{
    *out = source_driver_find(config->type);
    if (*out != NULL) {
        return NULL;
    }
    Suggestion best = suggestion_init(config->type);
    for (const SourceDriver *const *it = source_drivers; *it != NULL; it++) {
        suggestion_try(&best, str_from((*it)->type));
    }
    const Value *type = value_find(config->entry, STR("type"));
    Error *err = value_error(ERR_CONFIG, type != NULL ? type : config->entry,
                             "source '" STR_FMT "' has the type '" STR_FMT
                             "', which this program cannot read",
                             STR_ARG(config->name), STR_ARG(config->type));
    return best.name.len == 0 ? err
                              : error_hint(err, "did you mean '" STR_FMT "'?", STR_ARG(best.name));
}

Error *source_open(SourceContext *ctx, Source *out)
{
    const SourceDriver *driver = NULL;
    TRY(source_driver_get(ctx->config, &driver));
    SourceConfig *resolved = ARENA_NEW(ctx->arena, SourceConfig);
    *resolved = *ctx->config;
    TRY(project_resolve_options(ctx->project, ctx->config, ctx->arena, &resolved->block));
    ctx->config = resolved;
    void *state = arena_alloc(ctx->arena, driver->state_size);
    TRY(options_read(ctx->arena, driver->options, resolved, state, &ctx->problems));
    Source source = {driver, state, ctx};
    Error *err = driver->open != NULL ? driver->open(ctx, state) : NULL;
    if (err != NULL) {
        source_done(&source);
        return err;
    }
    *out = source;
    return NULL;
}

void source_done(Source *source)
{
    if (source->driver != NULL && source->driver->close != NULL) {
        source->driver->close(source->state);
    }
    source->driver = NULL;
}
