#include "transform/run/strict.h"

#include "base/limits.h"
#include "transform/console/report_internal.h"
#include "transform/context/failure.h"
#include "transform/context/relation_cache.h"
#include "transform/run/ephemeral.h"

/* What is known of what a node will give. */
typedef enum Output {
    OUTPUT_AS_IT_IS, /* not part of the run, or its table stays as it is */
    OUTPUT_BOUND,    /* an empty table stands for it */
    OUTPUT_UNKNOWN,
} Output;

typedef struct Check {
    Worker *worker;
    const GraphPlan *plan;
    Output *outputs; /* by Node.index */
    StrMap planned;  /* names of relations in the run, in small letters */
    NodeResultVec *results;
    size_t checked;
    bool broken; /* the transaction is lost */
} Check;

/* ---- Doubts about the whole project ---- */

/* Macros that say how tables come to be; a project's own may add columns. */
static bool makes_relations(Str name)
{
    static const char *const parts[] = {"materialization_", "create_table_as", "create_view_as",
                                        "get_create_", "create_or_replace"};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_contains(name, str_from(parts[i]))) {
            return true;
        }
    }
    return false;
}

static bool is_plain_project(const Session *session)
{
    for (VEC_EACH(const MacroPtr, it, &session->manifest->macros)) {
        bool built_in = str_is((*it)->package, "dbt") || str_is((*it)->package, "dbt_duckdb");
        if (!built_in && makes_relations((*it)->name)) {
            return false;
        }
    }
    for (VEC_EACH(const NodePtr, it, &session->manifest->nodes)) {
        bool at_start = (*it)->type == RESOURCE_OPERATION && node_has_tag(*it, STR("on-run-start"));
        if (at_start) { /* it may make functions, tables and columns */
            return false;
        }
    }
    return true;
}

/* ---- Doubts about a node ---- */

static const Node *node_of(const Check *check, size_t index)
{
    return check->worker->session->manifest->nodes.data[index];
}

static bool has_hooks(const Node *node)
{
    return value_len(value_find(node->config, STR("pre-hook"))) > 0 ||
           value_len(value_find(node->config, STR("post-hook"))) > 0 ||
           !value_is_null(value_find(node->config, STR("sql_header")));
}

/* What it reads from is known, and so it can be bound. */
static bool parents_are_known(const Check *check, const Node *node)
{
    const Session *session = check->worker->session;
    for (VEC_EACH(const size_t, it, &session->graph->parents[node->index])) {
        const Node *parent = node_of(check, *it);
        if (check->outputs[*it] == OUTPUT_UNKNOWN) {
            return false;
        }
        if (node_is_ephemeral(parent) && !parents_are_known(check, parent)) {
            return false;
        }
        bool same = parent->type == RESOURCE_SOURCE &&
                    strmap_has(&check->planned,
                               str_lower_ascii(check->worker->scratch, parent->relation_name));
        if (same) { /* a source that the run builds anew, in whatever order */
            return false;
        }
    }
    return true;
}

static bool is_own_database(const Check *check, const Node *node)
{
    return str_eq_nocase(node->database, check->worker->session->profile->database);
}

static bool is_name_char(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
}

/* Whether the name stands in the text as a word. */
static bool has_word(Str text, Str word)
{
    for (size_t at = str_find(text, word, 0); at != SIZE_MAX && word.len > 0;
         at = str_find(text, word, at + 1)) {
        size_t end = at + word.len;
        bool begins = at == 0 || !is_name_char(text.data[at - 1]);
        if (begins && (end == text.len || !is_name_char(text.data[end]))) {
            return true;
        }
    }
    return false;
}

/* A query that names what is built in this run without saying so may find it built already. */
static bool names_others(const Check *check, const Node *node, Str sql)
{
    const Session *session = check->worker->session;
    Arena *scratch = check->worker->scratch;
    NodeSet self = node_set_new(scratch, session->manifest->nodes.len);
    NodeSet before = node_set_new(scratch, session->manifest->nodes.len);
    node_set_add(&self, node->index);
    node_set_add(&before, node->index);
    graph_reach(session->graph, scratch, &self, GRAPH_PARENTS, GRAPH_UNLIMITED, &before);
    for (size_t i = 0; i < check->plan->len; i++) {
        const Node *other = node_of(check, check->plan->data[i].node);
        bool later = !node_set_has(&before, other->index) && node_is_relational(other);
        if (later && has_word(sql, other->alias)) {
            return true;
        }
    }
    return false;
}

/* ---- Binding ---- */

static bool is_missing_column(Str message)
{
    return str_starts_with(message, STR("Binder Error: Referenced column ")) ||
           (str_starts_with(message, STR("Binder Error: ")) &&
            str_contains(message, STR(" does not have a column named ")));
}

static Error *execute(const Check *check, Str sql)
{
    return connection_execute(check->worker->connection, sql, NULL, 0, NULL);
}

/* The database's own text of a failure; empty when it is none of a statement. */
static Str failure_message(const Check *check, const Error *err)
{
    const WarehouseFailure *failure = connection_failure(check->worker->connection);
    return error_kind(err) == ERR_STORE && failure != NULL ? failure->message : (Str){0};
}

static void keep_failure(Check *check, const Context *ctx, Str sql, TAKES Error *err)
{
    Worker *worker = check->worker;
    Str message = failure_message(check, err);
    if (is_missing_column(message) && !names_others(check, ctx->node, sql)) {
        AUTO_FREE(error) Error *plain = error_new(ERR_STORE, STR_FMT, STR_ARG(message));
        NodeResult result = {.node = ctx->node,
                             .status = STATUS_ERROR,
                             .failures = -1,
                             .worker = WORKER_OPERATION,
                             .message =
                                 str_dup(worker->arena, failure_text(ctx, worker->scratch, plain)),
                             .compiled = true,
                             .compiled_code = str_dup(worker->arena, sql)};
        VEC_PUSH(worker->arena, check->results, result);
    }
    /* an error while binding leaves the transaction as it was; anything else may end it */
    check->broken = check->broken || !(str_starts_with(message, STR("Binder Error")) ||
                                       str_starts_with(message, STR("Catalog Error")) ||
                                       str_starts_with(message, STR("Parser Error")));
    error_discard(err, "what counts is kept; a doubt is no error");
}

/* What stands at the relation's place goes, for the length of the transaction. */
static Error *make_room(const Check *check, const RelationName *relation)
{
    Arena *scratch = check->worker->scratch;
    RelationName found;
    RelationCache *cache = check->worker->session->relations;
    if (!relation_cache_find(cache, relation, scratch, &found)) {
        return NULL;
    }
    Str type = relation_type_text(found.type);
    return execute(check, str_printf(scratch, "drop " STR_FMT " if exists " STR_FMT " cascade",
                                     STR_ARG(type), STR_ARG(relation_text(relation, scratch))));
}

/* An empty table with the columns of the query: binding what reads from it then costs the same
 * however much stands behind it. */
static Error *put_table(const Check *check, const Node *node, const ColumnInfoVec *columns)
{
    Arena *scratch = check->worker->scratch;
    RelationName relation = relation_name(node->database, node->schema, node->alias);
    StrBuf sql = strbuf_init(scratch, LIMIT_CONFIG_BYTES);
    strbuf_printf(&sql, "create table " STR_FMT " (", STR_ARG(relation_text(&relation, scratch)));
    for (VEC_EACH(const ColumnInfo, it, columns)) {
        Str name = str_replace(scratch, it->name, STR("\""), STR("\"\""));
        strbuf_printf(&sql, "%s\"" STR_FMT "\" " STR_FMT, it == columns->data ? "" : ", ",
                      STR_ARG(name), STR_ARG(it->type));
    }
    strbuf_add_char(&sql, ')');
    TRY(make_room(check, &relation));
    return execute(check, strbuf_str(&sql));
}

/* Models whose table is what their query gives. */
static bool becomes_its_query(const Check *check, const Node *node)
{
    Str materialized = node_materialized(node);
    if (has_hooks(node) || !is_own_database(check, node)) {
        return false;
    }
    if (str_is(materialized, "view") || str_is(materialized, "table")) {
        return true;
    }
    RelationName relation = relation_name(node->database, node->schema, node->alias), found;
    bool there = relation_cache_find(check->worker->session->relations, &relation,
                                     check->worker->scratch, &found);
    return str_is(materialized, "incremental") &&
           (!there || check->worker->session->options->full_refresh);
}

static Error *bind(const Check *check, const Node *node, Str sql, Output *out)
{
    ColumnInfoVec columns = {0};
    *out = OUTPUT_UNKNOWN;
    TRY(connection_describe(check->worker->connection, check->worker->scratch, sql, &columns));
    if (becomes_its_query(check, node)) {
        TRY(put_table(check, node, &columns));
        *out = OUTPUT_BOUND;
    }
    return NULL;
}

static void check_model(Check *check, const Node *node)
{
    Worker *worker = check->worker;
    NodeRun run = {.connection = worker->connection,
                   .asks_nothing = true,
                   .results = jdict_new(jinja_heap(worker->state)),
                   .loaded = strmap_init(worker->scratch)};
    Context ctx = compile_context(worker, node, &run);
    CompiledNode compiled = {0};
    Error *err = compile_node(worker, &ctx, worker->scratch, &compiled);
    if (err != NULL) {
        error_discard(err, "told when its turn comes, if it is then still one");
        return;
    }
    if (str_trim(compiled.sql).len == 0) {
        return;
    }
    err = bind(check, node, compiled.sql, &check->outputs[node->index]);
    check->checked += err == NULL;
    if (err != NULL) {
        check->outputs[node->index] = OUTPUT_UNKNOWN;
        keep_failure(check, &ctx, compiled.sql, err);
    }
}

/* Code that the database can be asked about as it is. */
static bool is_query(const Node *node)
{
    return node->type == RESOURCE_MODEL && !node_is_python(node) && node->tpl != NULL &&
           !str_is(node_materialized(node), "table_function"); /* whose names are arguments */
}

static void check_step(Check *check, size_t index)
{
    const Node *node = node_of(check, index);
    if (node_is_test(node) || node->type == RESOURCE_EXPOSURE || node_is_ephemeral(node)) {
        return;
    }
    check->outputs[index] = OUTPUT_UNKNOWN;
    if (is_query(node) && parents_are_known(check, node) &&
        value_len(value_find(node->config, STR("pre-hook"))) == 0 &&
        value_is_null(value_find(node->config, STR("sql_header")))) {
        check_model(check, node);
    }
    jinja_reset(check->worker->state);
    arena_reset(check->worker->scratch);
}

/* ---- All of them ---- */

/* Lists the schemas, for templates may ask for relations, and then nothing else may be asked. */
static Error *prepare(Check *check)
{
    Session *session = check->worker->session;
    for (size_t i = 0; i < check->plan->len; i++) {
        const Node *node = node_of(check, check->plan->data[i].node);
        if (node_is_relational(node)) {
            TRY(relation_cache_fill(session->relations, check->worker->connection, node->database,
                                    node->schema));
            Str name = str_lower_ascii(session->arena, node->relation_name);
            (void)strmap_set(&check->planned, name, check);
        }
    }
    return connection_begin(check->worker->connection);
}

void strict_check(Worker *worker, const GraphPlan *plan, NodeResultVec *out, size_t *out_checked)
{
    Session *session = worker->session;
    if (!is_plain_project(session)) {
        return;
    }
    Check check = {.worker = worker,
                   .plan = plan,
                   .outputs = ARENA_ARRAY(session->arena, Output, session->manifest->nodes.len + 1),
                   .planned = strmap_init(session->arena),
                   .results = out};
    Error *err = prepare(&check);
    if (err != NULL) {
        error_discard(err, "the run itself will tell");
        return;
    }
    /* what templates find in the warehouse is not what they will find in the run */
    EphemeralCache *ephemerals = ephemeral_cache_new();
    worker->ephemerals = ephemerals;
    report_mute(session, true); /* templates say what they say when they are run */
    for (size_t i = 0; i < plan->len && !check.broken; i++) {
        if (cancel_requested(session->options->cancel)) {
            break;
        }
        check_step(&check, plan->data[i].node);
    }
    report_mute(session, false);
    worker->ephemerals = session->ephemerals;
    ephemeral_cache_free(ephemerals);
    err = connection_rollback(worker->connection);
    if (err != NULL) {
        error_discard(err, "there was nothing to keep");
    }
    *out_checked = check.checked;
}
