#include "base/limits.h"
#include "jinja/builtin.h"
#include "jinja/dict_fill.h"

static Error *global_range(JinjaState *s, const JCall *call, JValue *out)
{
    int64_t bounds[3] = {0, 0, 1};
    for (size_t i = 0; i < 3; i++) {
        TRY(jarg_int(call, i, bounds[i], &bounds[i]));
    }
    bool one = call->argc == 1;
    if (bounds[2] == 0) {
        return jraise("ValueError", "range() arg 3 must not be zero");
    }
    JValue range =
        jrange_new(jinja_heap(s), one ? 0 : bounds[0], one ? bounds[0] : bounds[1], bounds[2]);
    if (((JRange *)range.obj)->len > LIMIT_RANGE_ITEMS) {
        return jraise("OverflowError",
                      "Range too big. The sandbox blocks ranges larger than MAX_RANGE (%d).",
                      LIMIT_RANGE_ITEMS);
    }
    *out = range;
    return NULL;
}

static Error *global_dict(JinjaState *s, const JCall *call, JValue *out)
{
    JDict *dict = jdict_new(jinja_heap(s));
    TRY(dict_fill(s, dict, call->args[0], call->kwargs));
    *out = jdict_value(dict);
    return NULL;
}

static Error *global_namespace(JinjaState *s, const JCall *call, JValue *out)
{
    JValue namespace = jnamespace_new(jinja_heap(s));
    TRY(dict_fill(s, ((JNamespace *)namespace.obj)->dict, call->args[0], call->kwargs));
    *out = namespace;
    return NULL;
}

static Error *global_cycler(JinjaState *s, const JCall *call, JValue *out)
{
    if (call->argc == 0) {
        return jraise("RuntimeError", "at least one item has to be provided");
    }
    JCycler *cycler = JHEAP_NEW(jinja_heap(s), J_CYCLER, JCycler);
    cycler->items = jtuple_from(jinja_heap(s), call->args, call->argc);
    *out = jobj(cycler);
    return NULL;
}

static Error *global_joiner(JinjaState *s, const JCall *call, JValue *out)
{
    JJoiner *joiner = JHEAP_NEW(jinja_heap(s), J_JOINER, JJoiner);
    joiner->separator = jarg_or(call, 0, jstr_value(jinja_heap(s), STR(", ")));
    *out = jobj(joiner);
    return NULL;
}

/* Sentences that mean nothing, always the same. */
static Error *global_lipsum(JinjaState *s, const JCall *call, JValue *out)
{
    static const char sentence[] =
        "Lorem ipsum dolor sit amet, consectetur adipiscing elit, sed do "
        "eiusmod tempor incididunt ut labore et dolore magna aliqua. ";
    int64_t count = 5;
    TRY(jarg_int(call, 0, count, &count));
    bool html = jarg_bool(call, 1, true);
    JBuild build = jbuild_begin(s);
    for (int64_t i = 0; i < count && !build.buf.overflowed; i++) {
        strbuf_add_c(&build.buf, i > 0 ? (html ? "\n" : "\n\n") : "");
        strbuf_add_c(&build.buf, html ? "<p>" : "");
        strbuf_add(&build.buf, str_trim(str_from(sentence)));
        strbuf_add_c(&build.buf, html ? "</p>" : "");
    }
    return jbuild_take(s, &build, out);
}

static const JBuiltinClass class_dict = {"dict", jinja_dict_class_methods};
static const JBuiltinClass class_namespace = {"jinja2.utils.Namespace", NULL};
static const JBuiltinClass class_cycler = {"jinja2.utils.Cycler", NULL};
static const JBuiltinClass class_joiner = {"jinja2.utils.Joiner", NULL};

const JBuiltin jinja_globals[] = {
    {"range", global_range, 1, 3, NULL, 0, NULL},
    {"dict", global_dict, 0, 1, NULL, JB_KWARGS | JB_CLASS, &class_dict},
    {"namespace", global_namespace, 0, 1, NULL, JB_KWARGS | JB_CLASS, &class_namespace},
    {"cycler", global_cycler, 0, JARGS_ANY, NULL, JB_CLASS, &class_cycler},
    {"joiner", global_joiner, 0, 1, "sep", JB_CLASS, &class_joiner},
    {"lipsum", global_lipsum, 0, 4, "n html min max", 0, NULL},
    {0},
};
