#include "base/limits.h"
#include "transform/context/adapter_methods.h"

/* What snapshots ask of `adapter`. */

static Str text_of(JDict *dict, const char *key)
{
    JValue value = jdict_get_text(dict, str_from(key));
    return jis_str(value) ? jstr_str(value.str) : (Str){0};
}

static Error *dict_arg(const JCall *call, size_t index, JDict **out)
{
    if (call->args[index].type != J_DICT) {
        return jraise("TypeError", "expected a dict, not '%s'", jtype_name(call->args[index]));
    }
    *out = call->args[index].dict;
    return NULL;
}

/* get_hard_deletes_behavior(config): what becomes of rows whose key is gone. */
Error *adapter_hard_deletes(JinjaState *s, const JCall *call, JValue *out)
{
    static const char *const known[] = {"ignore", "invalidate", "new_record"};
    JDict *config = NULL;
    TRY(dict_arg(call, 1, &config));
    JValue old = jdict_get_text(config, STR("invalidate_hard_deletes"));
    JValue given = jdict_get_text(config, STR("hard_deletes"));
    bool closes = !jis_absent(old) && jtruth(old);
    if (jis_absent(given) || given.type == J_NONE) {
        *out = jstr_value(jinja_heap(s), closes ? STR("invalidate") : STR("ignore"));
        return NULL;
    }
    if (closes) {
        return jraise("DbtRuntimeError", "You cannot set both the invalidate_hard_deletes and "
                                         "hard_deletes config properties on the same snapshot.");
    }
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        if (str_is(text_of(config, "hard_deletes"), known[i])) {
            *out = given;
            return NULL;
        }
    }
    return jraise("DbtRuntimeError", "Invalid setting for property hard_deletes.");
}

/* Whether the relation has a column of that name, letter case aside. */
static bool has_column(const ColumnInfoVec *columns, Str name)
{
    for (VEC_EACH(const ColumnInfo, it, columns)) {
        if (str_eq_nocase(it->name, name)) {
            return true;
        }
    }
    return false;
}

static Error *check_target(JinjaState *s, const JCall *call, bool tells_deleted)
{
    static const char *const wanted[] = {"dbt_scd_id", "dbt_valid_from", "dbt_valid_to",
                                         "dbt_is_deleted"};
    const RelationName *relation = NULL;
    JDict *names = NULL;
    ColumnInfoVec columns = {0};
    TRY(relation_arg(call, 1, &relation));
    if (jarg_given(call, 2) && call->args[2].type == J_DICT) {
        names = call->args[2].dict;
    }
    TRY(adapter_columns_of(s, relation, &columns));
    StrBuf missing = strbuf_init(jinja_scratch(s), LIMIT_ERROR_BYTES);
    for (size_t i = 0; i < ARRAY_LEN(wanted) - !tells_deleted; i++) {
        Str own = names != NULL ? text_of(names, wanted[i]) : (Str){0};
        Str name = own.len > 0 ? own : str_from(wanted[i]);
        if (!has_column(&columns, name)) {
            strbuf_printf(&missing, "%s\"" STR_FMT "\"", missing.len > 0 ? ", " : "",
                          STR_ARG(name));
        }
    }
    return missing.len == 0
               ? NULL
               : jraise("CompilationError",
                        "Snapshot target is missing configured columns (missing " STR_FMT
                        "). See https://docs.getdbt.com/docs/build/snapshots#snapshot-meta-fields "
                        "for more information.",
                        STR_ARG(strbuf_str(&missing)));
}

Error *adapter_assert_snapshot_target(JinjaState *s, const JCall *call, JValue *out)
{
    *out = JNONE;
    if (adapter_run(s) == NULL) {
        return NULL;
    }
    JDict *strategy = NULL;
    TRY(dict_arg(call, 3, &strategy));
    return check_target(s, call, str_is(text_of(strategy, "hard_deletes"), "new_record"));
}

Error *adapter_valid_snapshot_target(JinjaState *s, const JCall *call, JValue *out)
{
    *out = JNONE;
    return adapter_run(s) != NULL ? check_target(s, call, false) : NULL;
}
