#include "transform/parse/constraint.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/limits.h"
#include "transform/graph/relation.h"
#include "transform/python/text.h"

static const Value *find(const Value *map, const char *key)
{
    return value_find(map, str_from(key));
}

static Str text_of(const Value *map, const char *key)
{
    return value_text_or(find(map, key), (Str){0});
}

/* ---- Documents ---- */

/* What stands for a key that was not given. */
typedef enum Absent { ABSENT_NULL, ABSENT_TRUE, ABSENT_NO_TEXT, ABSENT_NO_ITEMS } Absent;

typedef struct Key {
    const char *name;
    Absent absent;
} Key;

static Value absent_value(Absent absent)
{
    switch (absent) {
    case ABSENT_NULL:
        break;
    case ABSENT_TRUE:
        return value_bool(true);
    case ABSENT_NO_TEXT:
        return value_string(STR(""));
    case ABSENT_NO_ITEMS:
        return value_list(NULL, 0);
    }
    return value_null();
}

static void set_key(ValueMapBuilder *map, const Value *entry, const Key *key)
{
    const Value *given = find(entry, key->name);
    value_map_set(map, str_from(key->name),
                  given != NULL && !value_is_null(given) ? *given : absent_value(key->absent));
}

static Value constraint_document(Arena *arena, const Value *entry, ConstraintLevel level)
{
    static const Key keys[] = {{"type", ABSENT_NULL},
                               {"name", ABSENT_NULL},
                               {"expression", ABSENT_NULL},
                               {"warn_unenforced", ABSENT_TRUE},
                               {"warn_unsupported", ABSENT_TRUE},
                               {"to", ABSENT_NULL},
                               {"to_columns", ABSENT_NO_ITEMS},
                               {"columns", ABSENT_NO_ITEMS}};
    size_t count = ARRAY_LEN(keys) - (level == CONSTRAINT_OF_COLUMN ? 1 : 0);
    ValueMapBuilder map = value_map_begin_sized(arena, count);
    for (size_t i = 0; i < count; i++) {
        set_key(&map, entry, &keys[i]);
    }
    return value_map_end(&map);
}

Value constraints_document(Arena *arena, const Value *list, ConstraintLevel level)
{
    ValueVec items = {0};
    for (VALUE_EACH(entry, list)) {
        VEC_PUSH(arena, &items, constraint_document(arena, entry, level));
    }
    return value_list_of(&items);
}

/* Both places where a column's meta may stand, those of `config` last. */
static Value column_meta(Arena *arena, const Value *entry)
{
    ValueMapBuilder map = value_map_begin(arena);
    const Value *places[] = {find(entry, "meta"), find(find(entry, "config"), "meta")};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (value_is(places[i], VALUE_MAP)) {
            value_map_put_all(&map, places[i]);
        }
    }
    return value_map_end(&map);
}

static Value column_tags(Arena *arena, const Value *entry)
{
    ValueVec tags = {0};
    const Value *places[] = {find(entry, "tags"), find(find(entry, "config"), "tags")};
    for (size_t i = 0; i < ARRAY_LEN(places); i++) {
        if (value_is(places[i], VALUE_STRING)) {
            VEC_PUSH(arena, &tags, *places[i]);
        }
        for (VALUE_EACH(tag, places[i])) {
            VEC_PUSH(arena, &tags, *tag);
        }
    }
    return value_list_of(&tags);
}

static Value column_config(Arena *arena, Value meta, Value tags)
{
    ValueMapBuilder map = value_map_begin_sized(arena, 2);
    value_map_set(&map, STR("meta"), meta);
    value_map_set(&map, STR("tags"), tags);
    return value_map_end(&map);
}

Value column_document(Arena *arena, const Value *entry)
{
    static const Key first[] = {{"name", ABSENT_NULL}, {"description", ABSENT_NO_TEXT}};
    static const char *const left_out[] = {"tests", "data_tests"};
    Value meta = column_meta(arena, entry), tags = column_tags(arena, entry);
    ValueMapBuilder map = value_map_begin(arena);
    for (size_t i = 0; i < ARRAY_LEN(first); i++) {
        set_key(&map, entry, &first[i]);
    }
    value_map_set(&map, STR("meta"), meta);
    set_key(&map, entry, &(Key){"data_type", ABSENT_NULL});
    value_map_set(&map, STR("constraints"),
                  constraints_document(arena, find(entry, "constraints"), CONSTRAINT_OF_COLUMN));
    set_key(&map, entry, &(Key){"quote", ABSENT_NULL});
    value_map_set(&map, STR("config"), column_config(arena, meta, tags));
    value_map_set(&map, STR("tags"), tags);
    set_key(&map, entry, &(Key){"granularity", ABSENT_NULL});
    set_key(&map, entry, &(Key){"doc_blocks", ABSENT_NO_ITEMS});
    for (VALUE_EACH_ENTRY(own, entry)) {
        bool kept = value_map_peek(&map, &own->key) == NULL;
        for (size_t i = 0; kept && i < ARRAY_LEN(left_out); i++) {
            kept = !str_is(value_text_or(&own->key, (Str){0}), left_out[i]);
        }
        if (kept) {
            value_map_put(&map, own->key, own->value);
        }
    }
    return value_map_end(&map);
}

Value columns_document(Arena *arena, const Value *columns)
{
    ValueMapBuilder map = value_map_begin_sized(arena, value_len(columns));
    for (VALUE_EACH_ENTRY(column, columns)) {
        value_map_put(&map, column->key, column_document(arena, &column->value));
    }
    return value_map_end(&map);
}

/* ---- SQL ---- */

/* Type, what a column says with it, whether `columns` follow it in what a model says. */
typedef struct ConstraintWords {
    const char *type;
    const char *words;
} ConstraintWords;

static const ConstraintWords constraint_words[] = {
    {"check", "check"},
    {"not_null", "not null"},
    {"unique", "unique"},
    {"primary_key", "primary key"},
    {"foreign_key", "foreign key"},
    {"custom", ""},
};

static const ConstraintWords *words_of(Str type)
{
    for (size_t i = 0; i < ARRAY_LEN(constraint_words); i++) {
        if (str_is(type, constraint_words[i].type)) {
            return &constraint_words[i];
        }
    }
    return NULL;
}

bool constraint_type_is_known(Str type)
{
    return words_of(type) != NULL;
}

Str constraint_type(const Value *constraint)
{
    return text_of(constraint, "type");
}

/* "a, b" */
static Str names_text(Arena *arena, const Value *names)
{
    StrVec texts = {0};
    for (VALUE_EACH(name, names)) {
        VEC_PUSH(arena, &texts, value_text_or(name, (Str){0}));
    }
    return str_join(arena, texts.data, texts.len, STR(", "));
}

/* A relation named in a constraint must not name its database, which is always the table's own. */
static Str without_database(Str relation)
{
    size_t dots = 0;
    for (size_t i = 0; i < relation.len; i++) {
        dots += relation.data[i] == '.';
    }
    size_t first = str_find_char(relation, '.');
    return dots == 2 ? str_from_offset(relation, first + 1) : relation;
}

static Str references_text(Arena *arena, const Value *constraint)
{
    Str to = text_of(constraint, "to"), expression = text_of(constraint, "expression");
    const Value *columns = find(constraint, "to_columns");
    if (to.len > 0 && value_len(columns) > 0) {
        return str_printf(arena, "references " STR_FMT " (" STR_FMT ")",
                          STR_ARG(without_database(to)), STR_ARG(names_text(arena, columns)));
    }
    return expression.len > 0
               ? str_printf(arena, "references " STR_FMT, STR_ARG(without_database(expression)))
               : (Str){0};
}

static Str column_constraint_sql(Arena *arena, const Value *constraint)
{
    Str type = constraint_type(constraint), expression = text_of(constraint, "expression");
    const ConstraintWords *words = words_of(type);
    if (words == NULL) {
        return (Str){0};
    }
    if (str_is(type, "foreign_key")) {
        return references_text(arena, constraint);
    }
    if (str_is(type, "check")) {
        return expression.len > 0 ? str_printf(arena, "check (" STR_FMT ")", STR_ARG(expression))
                                  : (Str){0};
    }
    if (str_is(type, "custom")) {
        return expression;
    }
    return expression.len > 0 ? str_printf(arena, "%s " STR_FMT, words->words, STR_ARG(expression))
                              : str_from(words->words);
}

/* Names that the databases of others have for ours. */
static Str translated_type(Str type)
{
    return str_eq_nocase(type, STR("string")) ? STR("TEXT") : type;
}

Str constraint_column_sql(Arena *arena, const Value *column, bool translates)
{
    const Value *quote = find(column, "quote");
    bool quoted = value_is(quote, VALUE_BOOL) && quote->as.boolean;
    Str name = text_of(column, "name"), type = text_of(column, "data_type");
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_add(&text, quoted ? relation_quoted(arena, name) : name);
    strbuf_printf(&text, " " STR_FMT, STR_ARG(translates ? translated_type(type) : type));
    for (VALUE_EACH(constraint, find(column, "constraints"))) {
        Str sql = column_constraint_sql(arena, constraint);
        if (sql.len > 0) {
            strbuf_printf(&text, " " STR_FMT, STR_ARG(sql));
        }
    }
    return strbuf_str(&text);
}

/* What follows "constraint <name> ", if anything. */
static Str model_constraint_body(Arena *arena, const Value *constraint)
{
    Str type = constraint_type(constraint), expression = text_of(constraint, "expression");
    Str columns = names_text(arena, find(constraint, "columns"));
    const ConstraintWords *words = words_of(type);
    if (words == NULL || str_is(type, "not_null")) {
        return (Str){0};
    }
    if (str_is(type, "check") || str_is(type, "custom")) {
        return column_constraint_sql(arena, constraint);
    }
    if (str_is(type, "foreign_key")) {
        Str references = references_text(arena, constraint);
        return references.len > 0 ? str_printf(arena, "foreign key (" STR_FMT ") " STR_FMT,
                                               STR_ARG(columns), STR_ARG(references))
                                  : (Str){0};
    }
    return str_printf(arena, "%s%s" STR_FMT " (" STR_FMT ")", words->words,
                      expression.len > 0 ? " " : "", STR_ARG(expression), STR_ARG(columns));
}

Str constraint_model_sql(Arena *arena, const Value *constraint)
{
    Str body = model_constraint_body(arena, constraint), name = text_of(constraint, "name");
    return body.len > 0 && name.len > 0
               ? str_printf(arena, "constraint " STR_FMT " " STR_FMT, STR_ARG(name), STR_ARG(body))
               : body;
}

/* ---- The checksum ---- */

/* Written as Python shows dbt's own objects, since that is what dbt hashes. */
static void add_constraint(const Value *constraint, ConstraintLevel level, StrBuf *out)
{
    Str type = constraint_type(constraint);
    strbuf_printf(out, "%sLevelConstraint(type=<ConstraintType." STR_FMT ": '" STR_FMT "'>",
                  level == CONSTRAINT_OF_COLUMN ? "Column" : "Model", STR_ARG(type), STR_ARG(type));
    for (VALUE_EACH_ENTRY(entry, constraint)) {
        if (entry != value_entries(constraint)) {
            strbuf_printf(out, ", " STR_FMT "=", STR_ARG(value_text_or(&entry->key, (Str){0})));
            python_repr(&entry->value, out);
        }
    }
    strbuf_add_char(out, ')');
}

static void add_constraints(Arena *arena, const Value *list, ConstraintLevel level, StrBuf *out)
{
    Value document = constraints_document(arena, list, level);
    strbuf_add_char(out, '[');
    for (VALUE_EACH(constraint, &document)) {
        strbuf_add_c(out, constraint != value_items(&document) ? ", " : "");
        add_constraint(constraint, level, out);
    }
    strbuf_add_char(out, ']');
}

static int compare_names(const void *a, const void *b)
{
    const Value *const *left = a, *const *right = b;
    return str_compare(text_of(*left, "name"), text_of(*right, "name"));
}

Str contract_checksum(Arena *arena, const Value *columns, const Value *constraints,
                      Str materialized)
{
    size_t count = value_len(columns);
    const Value **sorted = ARENA_ARRAY(arena, const Value *, count + 1);
    for (size_t i = 0; i < count; i++) {
        sorted[i] = value_at(columns, i);
    }
    qsort(sorted, count, sizeof(*sorted), compare_names);
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    for (size_t i = 0; i < count; i++) {
        Str type =
            find(sorted[i], "data_type") != NULL ? text_of(sorted[i], "data_type") : STR("None");
        strbuf_printf(&text, "|" STR_FMT STR_FMT, STR_ARG(text_of(sorted[i], "name")),
                      STR_ARG(type));
        add_constraints(arena, find(sorted[i], "constraints"), CONSTRAINT_OF_COLUMN, &text);
    }
    if (str_is(materialized, "table") || str_is(materialized, "incremental")) {
        strbuf_add(&text, materialized);
        add_constraints(arena, constraints, CONSTRAINT_OF_MODEL, &text);
    }
    return digest_sha256(arena, strbuf_str(&text));
}
