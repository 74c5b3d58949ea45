/* A project run as a whole on several threads. What the workers share is all in use: templates of
 * macros, the graph that models change while others walk it, the cache of relations, the reporter,
 * the schedule and one warehouse. The thread sanitizer sees what assertions cannot. */
#include "transform/transform.h"

#include <stdlib.h>

#include "base/fs.h"
#include "base/limits.h"
#include "unit/warehouse/warehouse_fixture.h"

enum { MODELS = 80, THREADS = 4 }; /* enough for parsing to share its work, too */

static const char *const project_yml = "name: shop\n"
                                       "version: '1.0'\n"
                                       "profile: shop\n"
                                       "models: {shop: {+materialized: table}}\n";

static const char *const profiles_yml =
    "shop:\n"
    "  target: dev\n"
    "  outputs: {dev: {type: duckdb, path: shop.duckdb, threads: 4}}\n";

/* Every model calls these: they change the graph, and walk what others put there meanwhile. */
static const char *const macros_sql =
    "{% macro note(name) %}\n"
    "  {% do graph.update({name: {'seen': [name]}}) %}\n"
    "  {% do graph.nodes[model.unique_id].update({'noted': graph[name].seen|length}) %}\n"
    "  {% for node in graph.nodes.values() if node.noted %}{% do log(node.name) %}{% endfor %}\n"
    "{% endmacro %}\n"
    "{% macro columns_of(relation) %}\n"
    "  {% set found = load_relation(relation) %}\n"
    "  {% for column in adapter.get_columns_in_relation(found or relation) %}"
    "{{ column.name }}{{ ', ' if not loop.last }}{% endfor %}\n"
    "{% endmacro %}\n";

/* The first model makes rows; number i reads those of i / 2 and of i / 3. */
static const char *const first_sql = "{{ note(this.name) }}\n"
                                     "select range as id, 'row ' || range as name from range(100)";
static const char later_sql[] =
    "{{ config(materialized='%s', schema='part%zu') }}\n"
    "{{ note(this.name) }}\n"
    "select {{ columns_of(ref('m%zu')) }} from {{ ref('m%zu') }}\n"
    "where id in (select id from {{ ref('m%zu') }})\n"
    "{%% if execute %%}and {{ run_query('select count(*) from ' ~ ref('m%zu')).rows[0][0] }} = 100"
    "{%% endif %%}";

/* Takes longer than anybody waits, unless it is interrupted. */
static const char *const slow_sql = "select count(*) as id from range(1000000000) a, "
                                    "range(1000000000) b where a.range % 7 = b.range % 3";
static const char *const broken_sql = "select error('broken') as id from {{ ref('m0') }}";

typedef struct Shop {
    Arena *arena;
    char directory[sizeof("/tmp/dango_parallel_XXXXXX")];
} Shop;

static void write_file(Shop *shop, const char *name, Str text)
{
    Str path = fs_join(shop->arena, str_from(shop->directory), str_from(name));
    assert_ok(fs_make_directory(str_to_c(shop->arena, fs_directory_name(path))));
    assert_ok(fs_write_file(str_to_c(shop->arena, path), text, 0644));
}

static void write_model(Shop *shop, size_t number, Str sql)
{
    write_file(shop, str_to_c(shop->arena, str_printf(shop->arena, "models/m%zu.sql", number)),
               sql);
}

/* Tables, views and a few ephemeral models, in three schemas. */
static Str later_model(Shop *shop, size_t number)
{
    const char *kind = number % 7 == 3 ? "ephemeral" : number % 3 == 1 ? "view" : "table";
    /* An ephemeral model cannot be asked for its columns or rows: the first model can. */
    size_t half = number / 2, asked = half % 7 == 3 ? 0 : half;
    return str_printf(shop->arena, later_sql, kind, number % 3, asked, half, number / 3, asked);
}

static void shop_open(Shop *shop)
{
    *shop = (Shop){.arena = arena_new("test"), .directory = "/tmp/dango_parallel_XXXXXX"};
    assert_non_null(mkdtemp(shop->directory));
    write_file(shop, "dbt_project.yml", str_from(project_yml));
    write_file(shop, "profiles.yml", str_from(profiles_yml));
    write_file(shop, "macros/shop.sql", str_from(macros_sql));
    StrBuf properties = strbuf_init(shop->arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&properties, "models:\n");
    for (size_t i = 0; i < MODELS; i++) {
        write_model(shop, i, i == 0 ? str_from(first_sql) : later_model(shop, i));
        strbuf_printf(&properties,
                      "  - {name: m%zu, columns: [{name: id, data_tests: [unique, not_null]}]}\n",
                      i);
    }
    write_file(shop, "models/properties.yml", strbuf_str(&properties));
}

static void shop_done(Shop *shop)
{
    assert_ok(fs_remove_tree(shop->directory));
    arena_free(shop->arena);
}
DEFINE_AUTO_DONE(shop, Shop)

/* The reporter's promise is that no two calls overlap: so this counts without a lock. */
typedef struct Lines {
    size_t count;
} Lines;

static void count_event(void *context, const ReportEvent *event, Str line)
{
    (void)event;
    (void)line;
    ((Lines *)context)->count++;
}

static void count_text(void *context, Str text)
{
    (void)text;
    ((Lines *)context)->count++;
}

typedef Error *Command(const TransformOptions *, Reporter *, TransformCounts *);

static Error *run(Shop *shop, Command *command, bool fail_fast, TransformCounts *out_counts)
{
    Lines lines = {0};
    Reporter reporter = {
        .style = REPORT_DBT, .context = &lines, .event = count_event, .print = count_text};
    TransformOptions options = {.project_dir = shop->directory,
                                .profiles_dir = shop->directory,
                                .relative_to_project = true,
                                .threads = THREADS,
                                .fail_fast = fail_fast};
    Error *err = command(&options, &reporter, out_counts);
    assert_true(lines.count > 0);
    return err;
}

static void models_and_tests_run_side_by_side(void **state)
{
    (void)state;
    AUTO_DONE(shop) Shop shop;
    shop_open(&shop);
    for (int round = 0; round < 2; round++) { /* the second time everything is replaced */
        TransformCounts counts = {0};
        assert_ok(run(&shop, transform_run, false, &counts));
        assert_int_equal(counts.pass, counts.total);
        assert_ok(run(&shop, transform_compile, false, &counts));
        assert_ok(run(&shop, transform_test, false, &counts));
        assert_int_equal(counts.pass, (size_t)2 * MODELS);
    }
}

static void the_first_failure_interrupts_the_other_workers(void **state)
{
    (void)state;
    AUTO_DONE(shop) Shop shop;
    shop_open(&shop);
    write_model(&shop, 1, str_from(slow_sql));
    write_model(&shop, 2, str_from(broken_sql));
    TransformCounts counts = {0};
    assert_fails(run(&shop, transform_run, true, &counts), ERR_FAILED, "did not succeed");
    assert_true(counts.error >= 1 && counts.skip >= 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(models_and_tests_run_side_by_side),
        cmocka_unit_test(the_first_failure_interrupts_the_other_workers),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
