#include "transform/context/behavior.h"

#include <stdlib.h>

#include "transform/context/context.h"

typedef struct Behavior {
    const char *name;
    const char *page; /* where it is described */
} Behavior;

/* All are off unless the project turns them on. */
static const Behavior behaviors[] = {
    {"require_batched_execution_for_custom_microbatch_strategy",
     "https://docs.getdbt.com/docs/build/incremental-microbatch"},
    {"enable_truthy_nulls_equals_macro", ""},
};

/* What the object of a behaviour holds; the session lives longer than any template. */
typedef struct BehaviorState {
    const Behavior *behavior;
    const Session *session;
    bool on;
} BehaviorState;

static bool is_on(const Session *session, const Behavior *behavior)
{
    const ProjectFileDef *root = session_project(session, session->manifest->root_package);
    const Value *flags = root != NULL ? value_find(root->file, STR("flags")) : NULL;
    const Value *wanted = value_find(flags, str_from(behavior->name));
    return value_is(wanted, VALUE_BOOL) && wanted->as.boolean;
}

static bool look(const BehaviorState *state)
{
    if (!state->on) {
        const Behavior *behavior = state->behavior;
        AUTO_FREE(arena) Arena *arena = arena_new("behavior");
        Str text = str_printf(
            arena,
            "The behavior controlled by `%s` is currently turned off.\n\nYou may opt into the new "
            "behavior sooner by setting `flags.%s` to `True` in `dbt_project.yml`.\nVisit %s for "
            "more information.",
            behavior->name, behavior->name, behavior->page);
        report_marked_warning_once(state->session, "BehaviorChangeEvent", text);
    }
    return state->on;
}

static bool behavior_truth(JHost *self)
{
    return look(self->data);
}

static Error *behavior_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const BehaviorState *state = self->data;
    Str wanted = jstr_str(name);
    *out = str_is(wanted, "setting")   ? jbool(look(state))
           : str_is(wanted, "no_warn") ? jbool(state->on)
           : str_is(wanted, "name")    ? jstr_value(jinja_heap(s), str_from(state->behavior->name))
                                       : JMISSING;
    return NULL;
}

static Error *behavior_str(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    const BehaviorState *state = self->data;
    strbuf_printf(out, "<BehaviorFlag %s>", state->behavior->name);
    return NULL;
}

static void behavior_free(JHost *self)
{
    free(self->data);
}

static const JHostClass behavior_host_class = {
    .name = "BehaviorFlagRendered",
    .get_attr = behavior_attr,
    .truth = behavior_truth,
    .str = behavior_str,
    .repr = behavior_str,
    .free = behavior_free,
};

static Error *behavior_find(JinjaState *s, JStr *name, JValue *out)
{
    const Session *session = context_of(s)->session;
    for (size_t i = 0; i < ARRAY_LEN(behaviors); i++) {
        if (str_is(jstr_str(name), behaviors[i].name)) {
            BehaviorState *state = memory_alloc(sizeof(*state));
            *state = (BehaviorState){&behaviors[i], session, is_on(session, &behaviors[i])};
            *out = jhost_new(jinja_heap(s), &behavior_host_class, state);
            return NULL;
        }
    }
    return jraise("CompilationError", "The flag " STR_FMT " has not been registered.",
                  STR_ARG(jstr_str(name)));
}

const ObjectClass behavior_class_object = {.name = "Behavior", .find = behavior_find};
