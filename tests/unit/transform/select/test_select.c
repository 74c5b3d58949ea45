#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "transform/select/select.h"
#include "unit/transform/small_manifest.h"

static void count_warning(void *context, Str message)
{
    (void)message;
    (*(int *)context)++;
}

/* Names of what is selected, tests in brackets, in the manifest's order. */
static Str selected(Arena *arena, const Selection *selection, int *warnings)
{
    const Graph *graph = NULL;
    assert_null(graph_new(arena, small_manifest(arena), &graph));
    NodeSet set;
    AUTO_FREE(error)
    Error *err = select_nodes(graph, arena, selection, count_warning, warnings, &set);
    if (err != NULL) {
        return str_dup(arena, error_message(err));
    }
    StrBuf text = strbuf_init(arena, 10000);
    for (NODE_SET_EACH(i, &set)) {
        const Node *node = graph->manifest->nodes.data[i];
        Str name = node_is_test(node) ? str_slice(node->name, 0, 3) : node->name;
        strbuf_printf(&text, STR_FMT " ", STR_ARG(name));
    }
    return str_trim(strbuf_str(&text));
}

typedef struct Case {
    const char *select;
    const char *exclude;
    IndirectMode indirect;
    bool folders_unite;
    int warnings;
    const char *expected;
} Case;

static const Case cases[] = {
    {"stg_events", NULL, INDIRECT_EAGER, false, 0, "stg_events not rel"},
    {"stg_events", NULL, INDIRECT_CAUTIOUS, false, 0, "stg_events not"},
    {"stg_events", NULL, INDIRECT_EMPTY, false, 0, "stg_events"},
    {"stg_events stg_users", NULL, INDIRECT_CAUTIOUS, false, 0, "stg_events stg_users not rel"},
    {"stg_events", NULL, INDIRECT_BUILDABLE, false, 0, "stg_events not"},
    {"report", NULL, INDIRECT_EAGER, false, 0, "report"},
    {"1+report", NULL, INDIRECT_EAGER, false, 0, "revenue report"},
    {"+report", NULL, INDIRECT_EMPTY, false, 0, "stg_events stg_users revenue report events"},
    {"stg_users+", NULL, INDIRECT_EMPTY, false, 0, "stg_users revenue report leads rel"},
    {"stg_users+1", NULL, INDIRECT_EMPTY, false, 0, "stg_users revenue leads rel"},
    {"@leads", NULL, INDIRECT_EMPTY, false, 0, "stg_users leads"},
    {"@stg_users", NULL, INDIRECT_EMPTY, false, 0,
     "stg_events stg_users revenue report leads events rel"},
    {"@a+", NULL, INDIRECT_EAGER, false, 0,
     "Invalid node spec @a+ - \"@\" prefix and \"+\" suffix are incompatible"},
    {"marts", NULL, INDIRECT_EAGER, false, 0, "revenue report leads"},
    {"marts.finance", NULL, INDIRECT_EAGER, false, 0, "revenue report"},
    {"x.marts.*", NULL, INDIRECT_EAGER, false, 0, "revenue report leads"},
    {"*.revenue", NULL, INDIRECT_EAGER, false, 0, "revenue"},
    {"marts.*.revenue", NULL, INDIRECT_EAGER, false, 0, "revenue"},
    {"finance", NULL, INDIRECT_EAGER, false, 1, ""},
    {"rev*", NULL, INDIRECT_EAGER, false, 0, "revenue"},
    {"marts.finance.*,marts.marketing.*", NULL, INDIRECT_EAGER, false, 1, ""},
    {"marts.finance.*,marts.marketing.*", NULL, INDIRECT_EAGER, true, 0, "revenue report leads"},
    {"marts,config.materialized:table", NULL, INDIRECT_EAGER, false, 0, "revenue"},
    {"tag:night*", NULL, INDIRECT_EMPTY, false, 0, "stg_events"},
    {"path:models/marts/finance", NULL, INDIRECT_EAGER, false, 0, "revenue report"},
    {"models/marts/finance/rev*.sql", NULL, INDIRECT_EAGER, false, 0, "revenue"},
    {"report.sql", NULL, INDIRECT_EAGER, false, 0, "report"},
    {"source:raw", NULL, INDIRECT_EAGER, false, 0, "events"},
    {"source:raw.events+1", NULL, INDIRECT_EMPTY, false, 0, "stg_events events"},
    {"source:x.*.events", NULL, INDIRECT_EMPTY, false, 0, "events"},
    {"source:a.b.c.d", NULL, INDIRECT_EMPTY, false, 0,
     "Invalid source selector value \"a.b.c.d\". Sources must be of the form `${source_name}`, "
     "`${source_name}.${target_name}`, or `${package_name}.${source_name}.${target_name}"},
    {"test_type:generic", NULL, INDIRECT_EAGER, false, 0, "not rel"},
    {"test_type:singular", NULL, INDIRECT_EAGER, false, 1, ""},
    {"test_name:not_null", NULL, INDIRECT_EAGER, false, 0, "not"},
    {"resource_type:source", NULL, INDIRECT_EMPTY, false, 0, "events"},
    {"resource_type:zzz", NULL, INDIRECT_EMPTY, false, 0, "Invalid resource_type selector \"zzz\""},
    {"package:this,marts.marketing", NULL, INDIRECT_EAGER, false, 0, "leads"},
    {"foo:bar", NULL, INDIRECT_EAGER, false, 0, "'foo' is not a valid method name"},
    {"old", NULL, INDIRECT_EAGER, false, 1, ""},
    {NULL, "stg_events", INDIRECT_EAGER, false, 0, "stg_users revenue report leads events"},
    {"staging marts", "marts.finance", INDIRECT_EMPTY, false, 0,
     "stg_events stg_users leads not rel"},
};

static void words_select_what_dbt_selects(void **state)
{
    (void)state;
    for (size_t i = 0; i < ARRAY_LEN(cases); i++) {
        AUTO_FREE(arena) Arena *arena = arena_new("test");
        Selection selection = {.indirect = cases[i].indirect,
                               .folders_unite = cases[i].folders_unite};
        if (cases[i].select != NULL) {
            VEC_PUSH(arena, &selection.select, str_from(cases[i].select));
        }
        if (cases[i].exclude != NULL) {
            VEC_PUSH(arena, &selection.exclude, str_from(cases[i].exclude));
        }
        int warnings = 0;
        Str got = selected(arena, &selection, &warnings);
        if (!str_is(got, cases[i].expected)) {
            print_error("%s: expected '%s', got '" STR_FMT "'\n",
                        cases[i].select != NULL ? cases[i].select : "(all)", cases[i].expected,
                        STR_ARG(got));
        }
        assert_true(str_is(got, cases[i].expected));
        if (cases[i].warnings > 0) {
            assert_int_equal(warnings, cases[i].warnings);
        }
    }
}

static void patterns_match_as_python_fnmatch(void **state)
{
    (void)state;
    static const struct {
        const char *pattern, *text;
        bool matches;
    } rows[] = {
        {"*", "", true},         {"a*c", "abbc", true},    {"a*c", "abbcd", false},
        {"?", "\xc3\xa9", true}, {"[ab]x", "bx", true},    {"[!ab]x", "bx", false},
        {"[a-c]", "b", true},    {"[", "[", true},         {"a[", "a[", true},
        {"*.*", "a.b.c", true},  {"**", "anything", true}, {"", "", true},
        {"[]]", "]", true},      {"a", "A", false},        {"*a*b*", "xxaxxb", true},
    };
    for (size_t i = 0; i < ARRAY_LEN(rows); i++) {
        assert_int_equal(select_pattern_matches(str_from(rows[i].pattern), str_from(rows[i].text)),
                         rows[i].matches);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(words_select_what_dbt_selects),
        cmocka_unit_test(patterns_match_as_python_fnmatch),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
