#include "transform/select/state.h"

#include "base/datetime.h"
#include "base/fs.h"
#include "base/limits.h"
#include "transform/graph/node_value.h"
#include "value/json_reader.h"

struct State {
    const Manifest *manifest; /* of now */
    const Value *then;        /* the other manifest.json; NULL = there is none */
    const Value *results;     /* list of run_results.json; NULL = there is none */
    const Value *fresh_then;  /* list of sources.json; NULL = there is none */
    const Value *fresh_now;   /* the same, of now */
    StrMap statuses;          /* unique_id -> Value of the status */
    bool *macro_changed;      /* by number: it, or one it calls, is not what it was */
};

/* ---- Reading ---- */

static Error *read_artifact(Arena *arena, Str directory, const char *name, const Value **out)
{
    *out = NULL;
    Str path = fs_join(arena, directory, str_from(name));
    if (!fs_is_file(path.data)) {
        return NULL;
    }
    Str text;
    ReadOptions options = {.path = path};
    TRY(fs_read_file(arena, path.data, LIMIT_JSON_BYTES, &text));
    TRY(json_read(arena, text, &options, out));
    if (!value_is(value_find(*out, STR("metadata")), VALUE_MAP)) {
        return error_new(ERR_CONFIG, STR_FMT " is no artifact of dbt: it has no 'metadata'",
                         STR_ARG(path));
    }
    return NULL;
}

/* Those of dbt itself are another writing of the same behaviour. */
static bool is_library(Str package)
{
    return str_is(package, "dbt") || str_is(package, "dbt_duckdb");
}

static bool macro_differs(const Value *then, const Macro *macro)
{
    const Value *before = value_find(value_find(then, STR("macros")), macro->unique_id);
    return !str_eq(value_text_or(value_find(before, STR("macro_sql")), (Str){0}), macro->sql);
}

/* A macro that calls a changed one has changed. */
static void spread_changes(const Manifest *manifest, bool *changed)
{
    for (bool more = true; more;) {
        more = false;
        for (size_t i = 0; i < manifest->macros.len; i++) {
            const StrVec *called = &manifest->macros.data[i]->depends_on;
            for (size_t k = 0; !changed[i] && k < called->len; k++) {
                const Macro *macro = manifest_find_macro(manifest, called->data[k]);
                changed[i] = macro != NULL && changed[macro->index];
                more = more || changed[i];
            }
        }
    }
}

static bool *compare_macros(Arena *arena, const Manifest *manifest, const Value *then)
{
    bool *changed = ARENA_ARRAY(arena, bool, manifest->macros.len);
    for (size_t i = 0; i < manifest->macros.len; i++) {
        const Macro *macro = manifest->macros.data[i];
        changed[i] = !is_library(macro->package) && macro_differs(then, macro);
    }
    spread_changes(manifest, changed);
    return changed;
}

static Error *read_results(Arena *arena, Str directory, const char *name, const Value **out)
{
    const Value *document = NULL;
    TRY(read_artifact(arena, directory, name, &document));
    *out = value_find(document, STR("results"));
    return NULL;
}

Error *state_load(Arena *arena, Str directory, Str target, const Manifest *manifest,
                  const State **out)
{
    State *state = ARENA_NEW(arena, State);
    *state = (State){.manifest = manifest, .statuses = strmap_init(arena)};
    TRY(read_artifact(arena, directory, "manifest.json", &state->then));
    TRY(read_results(arena, directory, "run_results.json", &state->results));
    TRY(read_results(arena, directory, "sources.json", &state->fresh_then));
    if (target.len > 0) {
        TRY(read_results(arena, target, "sources.json", &state->fresh_now));
    }
    for (VALUE_EACH(result, state->results)) {
        Str id = value_text_or(value_find(result, STR("unique_id")), (Str){0});
        Value *status = ARENA_NEW(arena, Value);
        *status = value_string(value_text_or(value_find(result, STR("status")), (Str){0}));
        strmap_set(&state->statuses, id, status);
    }
    state->macro_changed = compare_macros(arena, manifest, state->then);
    *out = state;
    return NULL;
}

bool state_has_manifest(const State *state)
{
    return state != NULL && state->then != NULL;
}

bool state_has_results(const State *state)
{
    return state != NULL && state->results != NULL;
}

Str state_result(const State *state, Str unique_id)
{
    const Value *status = state != NULL ? strmap_find(&state->statuses, unique_id) : NULL;
    return status != NULL ? status->as.text : (Str){0};
}

bool state_has_freshness_then(const State *state)
{
    return state != NULL && state->fresh_then != NULL;
}

bool state_has_freshness_now(const State *state)
{
    return state != NULL && state->fresh_now != NULL;
}

/* When the newest row came; empty when the source was not asked. */
static Str newest_row(const Value *results, Str unique_id)
{
    for (VALUE_EACH(result, results)) {
        if (str_eq(value_text_or(value_find(result, STR("unique_id")), (Str){0}), unique_id)) {
            return value_text_or(value_find(result, STR("max_loaded_at")), (Str){0});
        }
    }
    return (Str){0};
}

bool state_is_fresher(const State *state, Str unique_id)
{
    DateTime then = {0}, now = {0};
    Str newest = newest_row(state->fresh_now, unique_id);
    if (!datetime_parse_iso(newest, &now)) {
        return false;
    }
    Str before = newest_row(state->fresh_then, unique_id);
    return !datetime_parse_iso(before, &then) || datetime_to_us(&now) > datetime_to_us(&then);
}

/* What the node was; NULL when it was not there. */
static const Value *node_then(const State *state, const Node *node)
{
    Str member = resource_type_member(node->type);
    return state_has_manifest(state) ? value_find(value_find(state->then, member), node->unique_id)
                                     : NULL;
}

/* ---- Comparing ---- */

typedef struct Comparison {
    const State *state;
    Arena *scratch;
    const Node *node;
    const Value *then;
} Comparison;

static bool is_nothing(const Value *value)
{
    return value_is_null(value) || value == NULL;
}

static bool same_value(const Value *now, const Value *then)
{
    return is_nothing(now) ? is_nothing(then) : then != NULL && value_equal(now, then);
}

static bool same_field(const Comparison *c, const char *key)
{
    Value now = value_null();
    (void)node_value_field(c->scratch, c->node, str_from(key), &now);
    return same_value(&now, value_find(c->then, str_from(key)));
}

static bool body_changed(const Comparison *c)
{
    return !same_field(c, c->node->type == RESOURCE_SEED ? "checksum" : "raw_code");
}

/* Where a node lies is compared by itself, and what it is called makes no difference. */
static bool counts_as_config(Str key)
{
    static const char *const others[] = {"alias", "schema", "database", "tags", "group"};
    bool counts = true;
    for (size_t i = 0; i < ARRAY_LEN(others); i++) {
        counts = counts && !str_is(key, others[i]);
    }
    return counts;
}

static bool has_all_of(const Value *a, const Value *b)
{
    for (VALUE_EACH_ENTRY(entry, a)) {
        Str key = value_text_or(&entry->key, (Str){0});
        if (counts_as_config(key) && !same_value(&entry->value, value_find(b, key))) {
            return false;
        }
    }
    return true;
}

static const Value *config_then(const Comparison *c)
{
    return value_find(c->then, STR("unrendered_config"));
}

static bool configs_changed(const Comparison *c)
{
    return !has_all_of(c->node->unrendered_config, config_then(c)) ||
           !has_all_of(config_then(c), c->node->unrendered_config);
}

static bool any_field_changed(const Comparison *c, const char *const *keys)
{
    bool same = true;
    for (size_t i = 0; keys[i] != NULL; i++) {
        same = same && same_field(c, keys[i]);
    }
    return !same;
}

static bool relation_changed(const Comparison *c)
{
    static const char *const of_source[] = {"database", "schema", "identifier", NULL};
    static const char *const parts[] = {"database", "schema", "alias"};
    if (c->node->type == RESOURCE_SOURCE) {
        return any_field_changed(c, of_source);
    }
    bool same = true;
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        Str key = str_from(parts[i]);
        same = same && same_value(value_find(c->node->unrendered_config, key),
                                  value_find(config_then(c), key));
    }
    return !same;
}

static bool is_on(const Value *map, const char *key)
{
    const Value *value = value_find(map, str_from(key));
    return value_is(value, VALUE_BOOL) && value->as.boolean;
}

/* One part of each column, such as its description. */
static bool same_columns(const Comparison *c, const char *part)
{
    const Value *now = c->node->columns, *then = value_find(c->then, STR("columns"));
    bool same = value_len(now) == value_len(then);
    for (VALUE_EACH_ENTRY(column, now)) {
        const Value *before = value_find_entry(then, &column->key) != NULL
                                  ? &value_find_entry(then, &column->key)->value
                                  : NULL;
        same = same && before != NULL &&
               str_eq(value_text_or(value_find(&column->value, str_from(part)), (Str){0}),
                      value_text_or(value_find(before, str_from(part)), (Str){0}));
    }
    return same;
}

/* Descriptions count where they are written into the database. */
static bool descriptions_changed(const Comparison *c)
{
    const Value *persist = value_find(c->node->config, STR("persist_docs"));
    return (is_on(persist, "relation") && !same_field(c, "description")) ||
           (is_on(persist, "columns") && !same_columns(c, "description"));
}

static bool contract_changed(const Comparison *c)
{
    bool now = is_on(value_find(c->node->config, STR("contract")), "enforced");
    const Value *config = value_find(c->then, STR("config"));
    bool then = is_on(value_find(config, STR("contract")), "enforced");
    return now != then || (now && (!same_columns(c, "data_type") || !same_field(c, "constraints")));
}

static bool macros_changed(const Comparison *c)
{
    for (VEC_EACH(const Str, id, &c->node->depends_on_macros)) {
        const Macro *macro = manifest_find_macro(c->state->manifest, *id);
        if (macro != NULL && c->state->macro_changed[macro->index]) {
            return true;
        }
    }
    return false;
}

static bool changed(const Comparison *c)
{
    static const char *const of_source[] = {"database", "schema", "identifier", "fqn",
                                            "quoting",  "loader", "config",     NULL};
    static const char *const of_exposure[] = {
        "fqn", "type", "owner", "maturity", "url", "description", "label", "depends_on", NULL};
    static const char *const of_function[] = {"arguments", "returns", NULL};
    if (c->node->type == RESOURCE_SOURCE) {
        return any_field_changed(c, of_source);
    }
    if (c->node->type == RESOURCE_EXPOSURE) {
        return any_field_changed(c, of_exposure);
    }
    if (node_is_unit_test(c->node)) {
        return !same_field(c, "checksum");
    }
    if (c->node->type == RESOURCE_FUNCTION && any_field_changed(c, of_function)) {
        return true;
    }
    return body_changed(c) || configs_changed(c) || relation_changed(c) ||
           descriptions_changed(c) || contract_changed(c) || macros_changed(c) ||
           !same_field(c, "fqn");
}

/* ---- Words ---- */

typedef struct StateWord {
    const char *name;
    bool of_new, of_old; /* what is said of nodes that were not there, were there */
    bool (*matches)(const Comparison *c); /* of those that were there; NULL = of_old says it */
} StateWord;

static bool unchanged(const Comparison *c)
{
    return !changed(c);
}

static const StateWord words[] = {
    {"new", true, false, NULL},
    {"old", false, true, NULL},
    {"modified", true, true, changed},
    {"unmodified", false, true, unchanged},
    {"modified.body", true, true, body_changed},
    {"modified.configs", true, true, configs_changed},
    {"modified.persisted_descriptions", true, true, descriptions_changed},
    {"modified.relation", true, true, relation_changed},
    {"modified.macros", false, true, macros_changed},
    {"modified.contract", true, true, contract_changed},
};

static const StateWord *find_word(Str name)
{
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        if (str_is(name, words[i].name)) {
            return &words[i];
        }
    }
    return NULL;
}

Error *state_check_word(Str word)
{
    if (find_word(word) != NULL) {
        return NULL;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("state words");
    StrBuf known = strbuf_init(arena, LIMIT_ERROR_BYTES);
    for (size_t i = 0; i < ARRAY_LEN(words); i++) {
        strbuf_printf(&known, "%s'%s'", i > 0 ? ", " : "", words[i].name);
    }
    return error_new(ERR_USAGE,
                     "Got an invalid selector \"" STR_FMT "\", expected one of \"[" STR_FMT "]\"",
                     STR_ARG(word), STR_ARG(strbuf_str(&known)));
}

/* dbt asks of unit tests only whether they changed, and calls all of them old. */
static bool unit_test_matches(const State *state, Arena *scratch, const StateWord *word,
                              const Node *node)
{
    Comparison c = {
        .state = state, .scratch = scratch, .node = node, .then = node_then(state, node)};
    if (str_is(str_from(word->name), "new")) {
        return c.then == NULL;
    }
    if (word->matches == changed) {
        return c.then == NULL || changed(&c);
    }
    return !word->of_new;
}

bool state_matches(const State *state, Arena *scratch, Str word, const Node *node)
{
    const StateWord *row = find_word(word);
    if (node_is_unit_test(node)) {
        return unit_test_matches(state, scratch, row, node);
    }
    Comparison c = {
        .state = state, .scratch = scratch, .node = node, .then = node_then(state, node)};
    if (c.then == NULL) {
        return row->of_new;
    }
    return row->matches != NULL ? row->matches(&c) : row->of_old;
}

/* ---- Deferral ---- */

bool state_relation(const State *state, const Node *node, RelationName *out)
{
    const Value *then = node_then(state, node);
    Str relation = value_text_or(value_find(then, STR("relation_name")), (Str){0});
    bool known = node->type == RESOURCE_FUNCTION
                     ? then != NULL
                     : relation.len > 0 && resource_type_is_refable(node->type);
    if (!known) {
        return false;
    }
    *out = relation_name(value_text_or(value_find(then, STR("database")), (Str){0}),
                         value_text_or(value_find(then, STR("schema")), (Str){0}),
                         value_text_or(value_find(then, STR("alias")), (Str){0}));
    return true;
}
