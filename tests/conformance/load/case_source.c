#include "conformance/load/case_source.h"

Error *case_source_open(SourceContext *ctx, Str type, const Value *block, Source *out)
{
    SourceConfig *config = ARENA_NEW(ctx->arena, SourceConfig);
    *config = (SourceConfig){.name = STR("src"), .type = type, .entry = block, .block = block};
    ctx->config = config;
    const SourceDriver *driver = NULL;
    TRY(source_driver_get(ctx->arena, NULL, config, &driver));
    Source source = {driver, arena_alloc(ctx->arena, driver->state_size), ctx};
    TRY(options_read(ctx->arena, driver->options, config, source.state, &ctx->problems));
    Error *err = driver->open != NULL ? driver->open(ctx, source.state) : NULL;
    if (err != NULL) {
        source_done(&source);
        return err;
    }
    *out = source;
    return NULL;
}
