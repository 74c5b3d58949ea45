#include "base/suggest.h"
#include "project/secret.h"
#include "source/database/database_source.h"
#include "source/file/file_source.h"
#include "source/filesystem/filesystem_source.h"
#include "source/rest/connector.h"
#include "source/rest/rest_source.h"
#include "source/source.h"

const SourceDriver *const source_drivers[] = {
    &source_csv,    &source_local_files,  &source_rest_api,   &source_postgres,
    &source_sqlite, &source_sql_database, &source_filesystem, NULL,
};

void source_types(Arena *arena, const Project *project, StrVec *out)
{
    for (const SourceDriver *const *it = source_drivers; *it != NULL; it++) {
        VEC_PUSH(arena, out, str_from((*it)->type));
    }
    connector_names(arena, project, out);
}

/* *out is NULL when there is none. */
static Error *find_driver(Arena *arena, const Project *project, Str type, const SourceDriver **out)
{
    for (const SourceDriver *const *it = source_drivers; *it != NULL; it++) {
        if (str_is(type, (*it)->type)) {
            *out = *it;
            return NULL;
        }
    }
    return rest_connector_driver(arena, project, type, out);
}

const SourceDriver *source_driver_find(Arena *arena, const Project *project, Str type)
{
    const SourceDriver *driver = NULL;
    Error *err = find_driver(arena, project, type, &driver);
    if (err != NULL) {
        error_discard(err, "told by whoever opens the source");
    }
    return driver;
}

Error *source_driver_get(Arena *arena, const Project *project, const SourceConfig *config,
                         const SourceDriver **out)
{
    *out = NULL;
    TRY(find_driver(arena, project, config->type, out));
    if (*out != NULL) {
        return NULL;
    }
    Suggestion best = suggestion_init(config->type);
    StrVec types = {0};
    source_types(arena, project, &types);
    for (VEC_EACH(const Str, it, &types)) {
        suggestion_try(&best, *it);
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
    TRY(source_driver_get(ctx->arena, ctx->project, ctx->config, &driver));
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
