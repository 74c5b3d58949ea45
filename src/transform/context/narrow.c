/* Nodes that read a part of others, and what templates see of the batch that is the reason. */
#include "transform/context/context.h"
#include "transform/python/modules.h"

/* ---- Parts of relations ---- */

static bool is_quoted(const Value *quoting, bool otherwise)
{
    return value_is(quoting, VALUE_BOOL) ? quoting->as.boolean : otherwise;
}

/* The column that tells when things happened, as SQL has it; empty without. */
static Str event_time_column(const Node *target, Arena *arena)
{
    Str name = value_text_or(value_find(target->config, STR("event_time")), (Str){0});
    const Value *column = value_find(target->columns, name);
    if (name.len > 0 && is_quoted(value_find(column, STR("quote")), false)) {
        return relation_quoted(arena, name);
    }
    return name;
}

/* What both the batch and the sample leave. */
static EventTimeFilter filter_of(const BatchStep *batch, const SampleWindow *sample)
{
    if (batch == NULL) {
        return (EventTimeFilter){.start_us = sample->start_us, .end_us = sample->end_us};
    }
    EventTimeFilter filter = {.start_us = batch->time.start_us, .end_us = batch->time.end_us};
    if (sample->is_set) {
        filter.start_us = sample->start_us > filter.start_us ? sample->start_us : filter.start_us;
        filter.end_us = sample->end_us < filter.end_us ? sample->end_us : filter.end_us;
    }
    return filter;
}

/* Models and snapshots read samples; tests, analyses and seeds do not. */
static bool reads_sample(const Context *ctx)
{
    return ctx->session->options->sample.is_set && ctx->node != NULL &&
           (ctx->node->type == RESOURCE_MODEL || ctx->node->type == RESOURCE_SNAPSHOT);
}

void context_narrow(const Context *ctx, const Node *target, RelationName *relation)
{
    relation->limited = ctx->session->options->empty;
    if (ctx->batch != NULL || reads_sample(ctx)) {
        relation->event_time = filter_of(ctx->batch, &ctx->session->options->sample);
        relation->event_time.column = event_time_column(target, ctx->arena);
    }
}

/* ---- Batches ---- */

JValue context_batch_value(JHeap *heap, Arena *arena, const BatchStep *batch)
{
    JDict *dict = jdict_new(heap);
    Str id = batch_id(arena, batch->size, batch->time.start_us);
    jdict_set_text(heap, dict, STR("id"), jstr_value(heap, id));
    jdict_set_text(heap, dict, STR("event_time_start"),
                   python_utc_object(heap, batch->time.start_us));
    jdict_set_text(heap, dict, STR("event_time_end"), python_utc_object(heap, batch->time.end_us));
    return jdict_value(dict);
}

static Error *fn_true(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = jbool(true);
    return NULL;
}

static Error *fn_false(JinjaState *s, const JCall *call, JValue *out)
{
    (void)s;
    (void)call;
    *out = jbool(false);
    return NULL;
}

void context_batch_vars(JHeap *heap, const BatchStep *batch, JDict *vars)
{
    static const JBuiltin answers[] = {{"is_incremental", fn_true, 0, 0, NULL, 0, NULL},
                                       {"should_full_refresh", fn_false, 0, 0, NULL, 0, NULL}};
    for (size_t i = 0; i < ARRAY_LEN(answers) && batch->incremental; i++) {
        jdict_set_text(heap, vars, str_from(answers[i].name),
                       jfunction_new(heap, &answers[i], JMISSING));
    }
}
