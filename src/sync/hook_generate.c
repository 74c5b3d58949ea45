/* Staging models after a load, as `dango generate` would write them. */
#include "staging/staging.h"
#include "sync/hooks.h"

enum { MOST_NAMES = 5, NAMES_BYTES = 4096 };

static Error *loaded_sources(const HookContext *context, StagingSourceVec *out)
{
    for (VEC_EACH(const Str, name, context->sources)) {
        const SourceConfig *config = project_find_source(context->project, *name);
        CHECK(config != NULL);
        StagingSource source;
        TRY(staging_source_of(context->arena, config, &source));
        VEC_PUSH(context->arena, out, source);
    }
    return NULL;
}

static Error *write_group(const HookContext *context, const StagingPlan *plan,
                          const StagingGroup *group, StrVec *written)
{
    for (VEC_EACH(const StagingModel, model, &group->models)) {
        StagingWrite write;
        TRY(staging_write_model(model, false, &write));
        if (write != STAGING_WRITTEN) {
            continue;
        }
        VEC_PUSH(context->arena, written, model->name);
        if (model->fell_back) {
            hook_tell(context, str_printf(context->arena,
                                          "⚠ " STR_FMT ": scd_type2 needs a key: set primary_key "
                                          "for source '" STR_FMT "'; all rows are shown",
                                          STR_ARG(model->name), STR_ARG(group->source->name)));
        }
    }
    return staging_write_properties(plan, group);
}

static void tell_written(const HookContext *context, const StrVec *written)
{
    if (written->len == 0) {
        return;
    }
    StrBuf text = strbuf_init(context->arena, NAMES_BYTES);
    strbuf_printf(&text, "✓ staging: %zu model%s generated (", written->len,
                  written->len == 1 ? "" : "s");
    for (size_t i = 0; i < written->len && i < MOST_NAMES; i++) {
        strbuf_printf(&text, "%s" STR_FMT, i > 0 ? ", " : "", STR_ARG(written->data[i]));
    }
    strbuf_add_c(&text, written->len > MOST_NAMES ? ", ...)" : ")");
    hook_tell(context, strbuf_str(&text));
}

Error *hook_generate(const HookContext *context)
{
    StagingSourceVec sources = {0};
    TRY(loaded_sources(context, &sources));
    StagingOptions options = staging_options_of(context->arena, context->project);
    StagingPlan plan;
    TRY(staging_plan(context->arena, context->connection, &sources, &options, &plan));
    StrVec written = {0};
    Error *err = NULL;
    for (VEC_EACH(const StagingGroup, group, &plan.groups)) {
        err = error_first(err, write_group(context, &plan, group, &written));
    }
    tell_written(context, &written);
    for (VEC_EACH(const Str, name, &plan.without)) {
        hook_tell(context, str_printf(context->arena, "⚠ " STR_FMT " has no table to model yet",
                                      STR_ARG(*name)));
    }
    return err;
}
