#include "transform/context/context.h"

#include <stdlib.h>

#include "base/limits.h"

/* `exceptions`: what macros raise. All of them work while parsing, too. */

static Error *raise_as(JinjaState *s, const JCall *call, const char *class_name)
{
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &text));
    context_of(s)->raised = true;
    return jraise(class_name, STR_FMT, STR_ARG(text));
}

static Error *raise_compiler(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    return raise_as(s, call, "CompilationError");
}

static Error *raise_runtime(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    return raise_as(s, call, "DbtRuntimeError");
}

/* An error of Python to dbt, and not one of its own. */
static Error *raise_not_implemented(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &text));
    return jraise("NotImplementedError", "ERROR: " STR_FMT, STR_ARG(text));
}

/* A warning of a template, which --warn-error makes a failure of the template. */
static Error *warn(JinjaState *s, const char *event, Str text)
{
    const Session *session = context_of(s)->session;
    if (warn_error_fate(&session->flags->warn_error, str_from(event)) == WARNING_IS_ERROR) {
        context_of(s)->raised = true;
        return jraise("CompilationError", STR_FMT, STR_ARG(text));
    }
    report_warning(session, event, text);
    return NULL;
}

static Error *exceptions_warn(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &text));
    TRY(warn(s, "JinjaLogWarning", text));
    *out = jstr_value(jinja_heap(s), STR(""));
    return NULL;
}

static Error *missing_config(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    const Context *ctx = context_of(s);
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &name));
    return jraise("CompilationError",
                  "Model '" STR_FMT "' does not define a required config parameter '" STR_FMT "'.",
                  STR_ARG(ctx->node != NULL ? ctx->node->name : STR("")), STR_ARG(name));
}

static Error *missing_relation(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &name));
    return jraise("CompilationError", "Relation " STR_FMT " not found!", STR_ARG(name));
}

static Error *relation_wrong_type(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    Str name, expected;
    const RelationName *relation = NULL;
    TRY(relation_arg(call, 1, &relation));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &name));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &expected));
    return jraise("CompilationError",
                  "Trying to create " STR_FMT " " STR_FMT ", but it currently exists as a " STR_FMT
                  ". Either drop " STR_FMT " manually, or run dbt with `--full-refresh` and dbt "
                  "will drop it for you.",
                  STR_ARG(expected), STR_ARG(name), STR_ARG(relation_type_text(relation->type)),
                  STR_ARG(name));
}

static Error *column_type_missing(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    Str names;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &names));
    return jraise(
        "CompilationError",
        "Contracted models require data_type to be defined for each column. Please ensure "
        "that the column name and data_type are defined within the YAML configuration for "
        "the " STR_FMT " column(s).",
        STR_ARG(names));
}

static Error *warn_snapshot_types(JinjaState *s, const JCall *call, JValue *out)
{
    Str wanted, given;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &wanted));
    TRY(convert_to_text(s, jinja_scratch(s), call->args[2], &given));
    Str text = str_printf(jinja_scratch(s),
                          "Data type of snapshot table timestamp columns (" STR_FMT
                          ") doesn't match derived column 'updated_at' (" STR_FMT
                          "). Please update snapshot config 'updated_at'.",
                          STR_ARG(wanted), STR_ARG(given));
    TRY(warn(s, "SnapshotTimestampWarning", text));
    *out = jstr_value(jinja_heap(s), STR(""));
    return NULL;
}

/* ---- Contracts ---- */

/* A row of the table: what the query and the contract say of a column; empty where they do not. */
typedef struct ContractRow {
    Str name, defined, wanted;
} ContractRow;
typedef VEC(ContractRow) ContractRowVec;

static Error *column_texts(JinjaState *s, JValue column, Str *out_name, Str *out_type)
{
    Arena *scratch = jinja_scratch(s);
    if (column.type != J_DICT) {
        return jraise("TypeError", "expected a dict, not '%s'", jtype_name(column));
    }
    TRY(convert_to_text(s, scratch, jdict_get_text(column.dict, STR("name")), out_name));
    return convert_to_text(s, scratch, jdict_get_text(column.dict, STR("data_type")), out_type);
}

static Error *add_rows(JinjaState *s, JValue columns, bool wanted, ContractRowVec *rows)
{
    JList *list = NULL;
    TRY(jcollect(s, columns, &list));
    for (size_t i = 0; i < jlist_len(list); i++) {
        Str name, type;
        TRY(column_texts(s, jlist_at(list, i), &name, &type));
        ContractRow *row = NULL;
        for (VEC_EACH(ContractRow, it, rows)) {
            row = str_eq(it->name, name) ? it : row;
        }
        if (row == NULL) {
            VEC_PUSH(jinja_scratch(s), rows, (ContractRow){.name = name});
            row = &VEC_LAST(rows);
        }
        *(wanted ? &row->wanted : &row->defined) = type;
    }
    return NULL;
}

static int compare_rows(const void *a, const void *b)
{
    const ContractRow *left = a, *right = b;
    return str_compare(left->name, right->name);
}

static void add_cells(Str cells[4], const size_t widths[4], StrBuf *out)
{
    for (size_t i = 0; i < 4; i++) {
        strbuf_printf(out, "| " STR_FMT, STR_ARG(cells[i]));
        for (size_t n = cells[i].len; n < widths[i] + 1; n++) {
            strbuf_add_char(out, ' ');
        }
    }
    strbuf_add_c(out, "|\n");
}

/* The rows that do not agree, as a table. */
static Str contract_table(Arena *arena, const ContractRowVec *rows)
{
    typedef struct Cells {
        Str texts[4];
    } Cells;
    VEC(Cells) lines = {0};
    VEC_PUSH(arena, &lines,
             ((Cells){{STR("column_name"), STR("definition_type"), STR("contract_type"),
                       STR("mismatch_reason")}}));
    for (VEC_EACH(const ContractRow, row, rows)) {
        Str reason = row->wanted.len == 0    ? STR("missing in contract")
                     : row->defined.len == 0 ? STR("missing in definition")
                                             : STR("data type mismatch");
        if (!str_eq(row->wanted, row->defined)) {
            VEC_PUSH(arena, &lines, ((Cells){{row->name, row->defined, row->wanted, reason}}));
        }
    }
    size_t widths[4] = {0};
    for (size_t i = 0; i < lines.len * 4; i++) {
        size_t len = lines.data[i / 4].texts[i % 4].len;
        widths[i % 4] = len > widths[i % 4] ? len : widths[i % 4];
    }
    StrBuf out = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    for (size_t i = 0; i < lines.len; i++) {
        add_cells(lines.data[i].texts, widths, &out);
        for (size_t c = 0; i == 0 && c < 4; c++) {
            strbuf_add_c(&out, "| ");
            strbuf_add_repeat(&out, '-', widths[c]);
            strbuf_add_c(&out, c < 3 ? " " : " |\n");
        }
    }
    return strbuf_str(&out);
}

static Error *contract_error(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    ContractRowVec rows = {0};
    TRY(add_rows(s, call->args[1], true, &rows));
    TRY(add_rows(s, call->args[2], false, &rows));
    if (rows.len == 0) {
        return jraise("CompilationError",
                      "This model has an enforced contract, and its 'columns' specification is "
                      "missing");
    }
    qsort(rows.data, rows.len, sizeof(*rows.data), compare_rows);
    Str table = contract_table(jinja_scratch(s), &rows);
    return jraise("CompilationError",
                  "This model has an enforced contract that failed.\n"
                  "Please ensure the name, data_type, and number of columns in your contract match "
                  "the columns in your model's definition.\n\n" STR_FMT,
                  STR_ARG(table));
}

Error *context_adapter_macro(JinjaState *s, const JCall *call, JValue *out)
{
    (void)out;
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[0], &name));
    return jraise(
        "CompilationError",
        "The \"adapter_macro\" macro has been deprecated. Instead, use the "
        "`adapter.dispatch` method to find a macro and call the result.  For more "
        "information, see: https://docs.getdbt.com/reference/dbt-jinja-functions/dispatch)"
        " adapter_macro was called for: " STR_FMT,
        STR_ARG(name));
}

static const JBuiltin exceptions_methods[] = {
    {"warn", exceptions_warn, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"raise_compiler_error", raise_compiler, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"raise_database_error", raise_runtime, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"raise_not_implemented", raise_not_implemented, 2, 2, "self msg", JB_CONTEXT, NULL},
    {"raise_dependency_error", raise_runtime, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"raise_fail_fast_error", raise_runtime, 2, 3, "self msg node", JB_CONTEXT, NULL},
    {"missing_config", missing_config, 3, 3, "self model name", JB_CONTEXT, NULL},
    {"missing_relation", missing_relation, 2, 3, "self relation model", JB_CONTEXT, NULL},
    {"relation_wrong_type", relation_wrong_type, 3, 4, "self relation expected_type model",
     JB_CONTEXT, NULL},
    {"warn_snapshot_timestamp_data_types", warn_snapshot_types, 3, 3,
     "self snapshot_time_data_type updated_at_data_type", JB_CONTEXT, NULL},
    {"raise_contract_error", contract_error, 3, 3, "self yaml_columns sql_columns", JB_CONTEXT,
     NULL},
    {"column_type_missing", column_type_missing, 2, 2, "self column_names", JB_CONTEXT, NULL},
    {0},
};

const ObjectClass exceptions_class = {.name = "exceptions", .methods = exceptions_methods};
