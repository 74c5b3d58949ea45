#include "transform/context/objects.h"

#include <stdlib.h>

#include "base/hash.h"
#include "transform/context/context.h"
#include "transform/context/convert.h"

/* ---- The object: one block with its texts behind it ---- */

static char *copy_text(char *at, Str *text)
{
    if (text->data == NULL) {
        return at;
    }
    memcpy(at, text->data, text->len);
    text->data = at;
    return at + text->len;
}

static void relation_free(JHost *self)
{
    free(self->data);
}

static Error *relation_str(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    relation_render(self->data, out);
    return NULL;
}

static Error *relation_repr(JinjaState *s, JHost *self, StrBuf *out)
{
    (void)s;
    strbuf_add_c(out, "<DuckDBRelation ");
    relation_render(self->data, out);
    strbuf_add_char(out, '>');
    return NULL;
}

static bool relation_equal(JHost *self, JValue other)
{
    const RelationName *a = self->data, *b = relation_of(other);
    return b != NULL && str_eq(a->database, b->database) && str_eq(a->schema, b->schema) &&
           str_eq(a->identifier, b->identifier) && a->type == b->type &&
           a->included == b->included && a->quoted == b->quoted;
}

static uint64_t relation_hash(JHost *self)
{
    const RelationName *name = self->data;
    return hash_bytes(name->identifier.data, name->identifier.len);
}

static Error *relation_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out);

static Error *relation_get_item(JinjaState *s, JHost *self, JValue key, JValue *out)
{
    *out = JMISSING;
    return jis_str(key) ? relation_get_attr(s, self, key.str, out) : NULL;
}

static const JHostClass relation_host_class = {
    .name = "DuckDBRelation",
    .module = "dbt.adapters.duckdb.relation",
    .get_attr = relation_get_attr,
    .get_item = relation_get_item,
    .equal = relation_equal,
    .hash = relation_hash,
    .str = relation_str,
    .repr = relation_repr,
    .is_mapping = true, /* as packages ask: `x is mapping and x.get('metadata', {})` */
    .free = relation_free,
};

JValue relation_object(JHeap *heap, const RelationName *relation)
{
    size_t texts = relation->database.len + relation->schema.len + relation->identifier.len +
                   relation->external.len + relation->event_time.column.len;
    RelationName *copy = memory_alloc(sizeof(*copy) + texts);
    *copy = *relation;
    char *at = (char *)(copy + 1);
    at = copy_text(at, &copy->database);
    at = copy_text(at, &copy->schema);
    at = copy_text(at, &copy->identifier);
    at = copy_text(at, &copy->external);
    (void)copy_text(at, &copy->event_time.column);
    return jhost_new(heap, &relation_host_class, copy);
}

const RelationName *relation_of(JValue value)
{
    const JHost *host = jhost_as(value, &relation_host_class);
    return host != NULL ? host->data : NULL;
}

Error *relation_arg(const JCall *call, size_t index, const RelationName **out)
{
    *out = relation_of(call->args[index]);
    if (*out == NULL) {
        return jraise("TypeError", "expected a relation, not '%s'", jtype_name(call->args[index]));
    }
    return NULL;
}

/* ---- Reading arguments ---- */

/* A part given as text or none; an absent argument leaves the part alone. */
static Error *part_arg(JinjaState *s, JValue value, Str *part)
{
    if (jis_absent(value)) {
        return NULL;
    }
    if (value.type == J_NONE) {
        *part = (Str){0};
        return NULL;
    }
    return convert_to_text(s, jinja_scratch(s), value, part);
}

/* `flags` changed by a policy: a dict of part to bool. */
static void policy_arg(JValue policy, unsigned *flags)
{
    static const struct {
        const char *name;
        RelationPart part;
    } parts[] = {
        {"database", PART_DATABASE}, {"schema", PART_SCHEMA}, {"identifier", PART_IDENTIFIER}};
    if (policy.type != J_DICT) {
        return;
    }
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        JValue given = jdict_get_text(policy.dict, str_from(parts[i].name));
        if (!jis_absent(given) && given.type != J_NONE) {
            *flags = jtruth(given) ? *flags | parts[i].part : *flags & ~(unsigned)parts[i].part;
        }
    }
}

static Error *type_arg(JinjaState *s, JValue value, RelationType *type)
{
    if (jis_absent(value)) {
        return NULL;
    }
    Str text = {0};
    TRY(part_arg(s, value, &text));
    *type = relation_type_parse(text);
    return NULL;
}

/* The parts of a dict {database, schema, identifier}. */
static Error *path_arg(JinjaState *s, JValue path, RelationName *relation)
{
    if (path.type != J_DICT) {
        return NULL;
    }
    TRY(part_arg(s, jdict_get_text(path.dict, STR("database")), &relation->database));
    TRY(part_arg(s, jdict_get_text(path.dict, STR("schema")), &relation->schema));
    return part_arg(s, jdict_get_text(path.dict, STR("identifier")), &relation->identifier);
}

/* ---- Methods; args[0] is the relation ---- */

static const RelationName *self_of(const JCall *call)
{
    return relation_of(call->args[0]);
}

static Error *finish(JinjaState *s, const RelationName *relation, JValue *out)
{
    *out = relation_object(jinja_heap(s), relation);
    return NULL;
}

static Error *method_render(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName plain = *self_of(call);
    plain.limited = false;
    plain.event_time.column = (Str){0};
    *out = jstr_value(jinja_heap(s), relation_text(&plain, jinja_scratch(s)));
    return NULL;
}

/* include(database=, schema=, identifier=) and quote(...): flags by name. */
static Error *change_flags(JinjaState *s, const JCall *call, unsigned *flags, RelationName *changed,
                           JValue *out)
{
    static const unsigned parts[] = {PART_DATABASE, PART_SCHEMA, PART_IDENTIFIER};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (jarg_given(call, i + 1) && call->args[i + 1].type != J_NONE) {
            bool on = jtruth(call->args[i + 1]);
            *flags = on ? *flags | parts[i] : *flags & ~parts[i];
        }
    }
    return finish(s, changed, out);
}

static Error *method_include(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName changed = *self_of(call);
    return change_flags(s, call, &changed.included, &changed, out);
}

static Error *method_quote(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName changed = *self_of(call);
    return change_flags(s, call, &changed.quoted, &changed, out);
}

static Error *method_incorporate(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName changed = *self_of(call);
    TRY(path_arg(s, jarg_or(call, 1, JNONE), &changed));
    TRY(type_arg(s, call->args[2], &changed.type));
    policy_arg(jarg_or(call, 3, JNONE), &changed.quoted);
    policy_arg(jarg_or(call, 4, JNONE), &changed.included);
    return finish(s, &changed, out);
}

static Error *method_replace_path(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName changed = *self_of(call);
    TRY(part_arg(s, call->args[1], &changed.database));
    TRY(part_arg(s, call->args[2], &changed.schema));
    TRY(part_arg(s, call->args[3], &changed.identifier));
    return finish(s, &changed, out);
}

static Error *method_without_identifier(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName changed = *self_of(call);
    changed.included &= ~(unsigned)PART_IDENTIFIER;
    return finish(s, &changed, out);
}

/* db.information_schema[.view] */
static Error *method_information_schema(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName changed = *self_of(call);
    changed.schema = STR("information_schema");
    changed.identifier = (Str){0};
    changed.type = RELATION_TYPE_VIEW;
    changed.quoted = PART_DATABASE;
    TRY(part_arg(s, jarg_or(call, 1, JMISSING), &changed.identifier));
    changed.included |= PARTS_ALL;
    return finish(s, &changed, out);
}

static Error *method_matches(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName wanted = *self_of(call);
    TRY(part_arg(s, call->args[1], &wanted.database));
    TRY(part_arg(s, call->args[2], &wanted.schema));
    TRY(part_arg(s, call->args[3], &wanted.identifier));
    *out = jbool(relation_same(self_of(call), &wanted));
    return NULL;
}

static Error *method_quoted(JinjaState *s, const JCall *call, JValue *out)
{
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &name));
    *out = jstr_value(jinja_heap(s), relation_quoted(jinja_scratch(s), name));
    return NULL;
}

static JValue text_or_none(JHeap *heap, Str text)
{
    return text.data == NULL ? JNONE : jstr_value(heap, text);
}

static JValue policy_dict(JHeap *heap, unsigned flags)
{
    JDict *dict = jdict_new(heap);
    jdict_set_text(heap, dict, STR("database"), jbool((flags & PART_DATABASE) != 0));
    jdict_set_text(heap, dict, STR("schema"), jbool((flags & PART_SCHEMA) != 0));
    jdict_set_text(heap, dict, STR("identifier"), jbool((flags & PART_IDENTIFIER) != 0));
    return jdict_value(dict);
}

JValue relation_path(JHeap *heap, const RelationName *relation)
{
    JDict *dict = jdict_new(heap);
    jdict_set_text(heap, dict, STR("database"), text_or_none(heap, relation->database));
    jdict_set_text(heap, dict, STR("schema"), text_or_none(heap, relation->schema));
    jdict_set_text(heap, dict, STR("identifier"), text_or_none(heap, relation->identifier));
    return jdict_value(dict);
}

static Error *method_to_dict(JinjaState *s, const JCall *call, JValue *out)
{
    JHeap *heap = jinja_heap(s);
    const RelationName *relation = self_of(call);
    JDict *dict = jdict_new(heap);
    jdict_set_text(heap, dict, STR("path"), relation_path(heap, relation));
    jdict_set_text(heap, dict, STR("type"),
                   relation->type == RELATION_TYPE_UNKNOWN
                       ? JNONE
                       : jstr_value(heap, relation_type_text(relation->type)));
    jdict_set_text(heap, dict, STR("quote_policy"), policy_dict(heap, relation->quoted));
    jdict_set_text(heap, dict, STR("include_policy"), policy_dict(heap, relation->included));
    *out = jdict_value(dict);
    return NULL;
}

static Error *method_get(JinjaState *s, const JCall *call, JValue *out)
{
    *out = jarg_or(call, 2, JNONE);
    if (jis_str(call->args[1]) && str_is(jtext(call->args[1]), "metadata")) {
        JDict *metadata = jdict_new(jinja_heap(s));
        jdict_set_text(jinja_heap(s), metadata, STR("type"),
                       jstr_value(jinja_heap(s), str_from(relation_host_class.name)));
        *out = jdict_value(metadata);
        return NULL;
    }
    if (jis_str(call->args[1])) {
        JValue found = JMISSING;
        TRY(relation_get_attr(s, jhost_as(call->args[0], &relation_host_class), call->args[1].str,
                              &found));
        *out = jis_absent(found) ? *out : found;
    }
    return NULL;
}

/* ---- Functions ---- */

static JValue config_text(JValue config, const char *key)
{
    JValue value = config.type == J_DICT ? jdict_get_text(config.dict, str_from(key)) : JNONE;
    return jis_absent(value) ? JNONE : value;
}

/* What makes the function that `model` is; none for other nodes. */
static Error *method_function_config(JinjaState *s, const JCall *call, JValue *out)
{
    static const char *const of_python[] = {"runtime_version", "entry_point"};
    JHeap *heap = jinja_heap(s);
    JValue model = call->args[1];
    JValue type = config_text(model, "resource_type");
    *out = JNONE;
    if (!jis_str(type) || !str_is(jtext(type), "function")) {
        return NULL;
    }
    JValue config = config_text(model, "config");
    JValue language = config_text(model, "language");
    JDict *dict = jdict_new(heap);
    jdict_set_text(heap, dict, STR("language"), language);
    jdict_set_text(heap, dict, STR("type"), config_text(config, "type"));
    for (size_t i = 0; i < ARRAY_LEN(of_python); i++) {
        JValue value = config_text(config, of_python[i]);
        if (value.type == J_NONE && jis_str(language) && str_is(jtext(language), "python")) {
            return jraise("DbtRuntimeError", "%s `%s` is required for python functions",
                          i == 0 ? "A" : "An", of_python[i]);
        }
        jdict_set_text(heap, dict, str_from(of_python[i]), value);
    }
    *out = jdict_value(dict);
    return NULL;
}

/* "scalar_function_sql": the macro that writes the function. */
static Error *method_function_macro_name(JinjaState *s, const JCall *call, JValue *out)
{
    Str type, language;
    TRY(convert_to_text(s, jinja_scratch(s), config_text(call->args[1], "type"), &type));
    TRY(convert_to_text(s, jinja_scratch(s), config_text(call->args[1], "language"), &language));
    *out = jstr_value(jinja_heap(s), str_printf(jinja_scratch(s), STR_FMT "_function_" STR_FMT,
                                                STR_ARG(type), STR_ARG(language)));
    return NULL;
}

static const JBuiltin relation_methods[] = {
    {"render", method_render, 1, 1, NULL, 0, NULL},
    {"include", method_include, 1, 4, "self database schema identifier", 0, NULL},
    {"quote", method_quote, 1, 4, "self database schema identifier", 0, NULL},
    {"incorporate", method_incorporate, 1, 5, "self path type quote_policy include_policy", 0,
     NULL},
    {"replace_path", method_replace_path, 1, 4, "self database schema identifier", 0, NULL},
    {"without_identifier", method_without_identifier, 1, 1, NULL, 0, NULL},
    {"information_schema", method_information_schema, 1, 2, "self view_name", 0, NULL},
    {"information_schema_only", method_information_schema, 1, 1, NULL, 0, NULL},
    {"matches", method_matches, 1, 4, "self database schema identifier", 0, NULL},
    {"quoted", method_quoted, 2, 2, "self identifier", 0, NULL},
    {"to_dict", method_to_dict, 1, 1, NULL, 0, NULL},
    {"get", method_get, 2, 3, "self key default", 0, NULL},
    {"get_function_config", method_function_config, 2, 2, "self model", 0, NULL},
    {"get_function_macro_name", method_function_macro_name, 2, 2, "self config", 0, NULL},
    {0},
};

/* ---- Attributes ---- */

/* Relation.Table and so on, also of a relation, are the texts themselves. */
static Error *class_find(JinjaState *s, JStr *name, JValue *out)
{
    static const struct {
        const char *name;
        RelationType type;
    } types[] = {{"Table", RELATION_TYPE_TABLE},
                 {"View", RELATION_TYPE_VIEW},
                 {"CTE", RELATION_TYPE_CTE},
                 {"External", RELATION_TYPE_EXTERNAL},
                 {"MaterializedView", RELATION_TYPE_MATERIALIZED_VIEW},
                 {"Function", RELATION_TYPE_FUNCTION}};
    for (size_t i = 0; i < ARRAY_LEN(types); i++) {
        if (str_is(jstr_str(name), types[i].name)) {
            *out = jstr_value(jinja_heap(s), relation_type_text(types[i].type));
        }
    }
    return NULL;
}

static JValue attribute_value(JHeap *heap, const RelationName *relation, Str name)
{
    static const struct {
        const char *name;
        RelationType type;
    } kinds[] = {{"is_table", RELATION_TYPE_TABLE},
                 {"is_view", RELATION_TYPE_VIEW},
                 {"is_cte", RELATION_TYPE_CTE},
                 {"is_materialized_view", RELATION_TYPE_MATERIALIZED_VIEW},
                 {"is_function", RELATION_TYPE_FUNCTION},
                 {"is_pointer", RELATION_TYPE_COUNT}};
    for (size_t i = 0; i < ARRAY_LEN(kinds); i++) {
        if (str_is(name, kinds[i].name)) {
            return jbool(relation->type == kinds[i].type);
        }
    }
    if (str_is(name, "database")) {
        return text_or_none(heap, relation->database);
    }
    if (str_is(name, "schema")) {
        return text_or_none(heap, relation->schema);
    }
    if (str_is(name, "identifier") || str_is(name, "name") || str_is(name, "table")) {
        return text_or_none(heap, relation->identifier);
    }
    if (str_is(name, "type")) {
        return relation->type == RELATION_TYPE_UNKNOWN
                   ? JNONE
                   : jstr_value(heap, relation_type_text(relation->type));
    }
    if (str_is(name, "path")) {
        return relation_path(heap, relation);
    }
    if (str_is(name, "quote_policy")) {
        return policy_dict(heap, relation->quoted);
    }
    if (str_is(name, "include_policy")) {
        return policy_dict(heap, relation->included);
    }
    if (str_is(name, "can_be_renamed") || str_is(name, "can_be_replaced")) {
        return jbool(false); /* by one statement of SQL: there is none that all databases share */
    }
    return JMISSING;
}

static Error *relation_get_attr(JinjaState *s, JHost *self, JStr *name, JValue *out)
{
    const JBuiltin *method = object_method(relation_methods, jstr_str(name));
    *out = method != NULL ? jfunction_new(jinja_heap(s), method, jobj(self))
                          : attribute_value(jinja_heap(s), self->data, jstr_str(name));
    return jis_absent(*out) ? class_find(s, name, out) : NULL;
}

/* ---- api.Relation ---- */

static Error *class_create(JinjaState *s, const JCall *call, JValue *out)
{
    RelationName relation = relation_name((Str){0}, (Str){0}, (Str){0});
    relation.quoted = context_of(s)->quoting;
    TRY(part_arg(s, call->args[1], &relation.database));
    TRY(part_arg(s, call->args[2], &relation.schema));
    TRY(part_arg(s, call->args[3], &relation.identifier));
    TRY(type_arg(s, call->args[4], &relation.type));
    policy_arg(jarg_or(call, 5, JNONE), &relation.quoted);
    policy_arg(jarg_or(call, 6, JNONE), &relation.included);
    return finish(s, &relation, out);
}

static Error *class_prefix(JinjaState *s, const JCall *call, JValue *out)
{
    Str name;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &name));
    *out = jstr_value(jinja_heap(s),
                      str_printf(jinja_scratch(s), "__dbt__cte__" STR_FMT, STR_ARG(name)));
    return NULL;
}

static Error *class_type(JinjaState *s, const JCall *call, JValue *out)
{
    Str text;
    TRY(convert_to_text(s, jinja_scratch(s), call->args[1], &text));
    *out = jstr_value(jinja_heap(s), text);
    return NULL;
}

/* scd_args(primary_key, updated_at): what the hash of a snapshot's row is made of, as one list. */
static Error *class_scd_args(JinjaState *s, const JCall *call, JValue *out)
{
    JList *list = jlist_new(jinja_heap(s), 0);
    if (call->args[1].type == J_LIST) {
        for (size_t i = 0; i < jlist_len(call->args[1].list); i++) {
            jlist_append(list, jlist_at(call->args[1].list, i));
        }
    } else {
        jlist_append(list, call->args[1]);
    }
    jlist_append(list, call->args[2]);
    *out = jlist_value(list);
    return NULL;
}

static const JBuiltin class_methods[] = {
    {"create", class_create, 1, 7,
     "self database schema identifier type quote_policy include_policy", JB_KWARGS, NULL},
    {"add_ephemeral_prefix", class_prefix, 2, 2, "self name", 0, NULL},
    {"scd_args", class_scd_args, 3, 3, "self primary_key updated_at", 0, NULL},
    {"get_relation_type", class_type, 2, 2, "self type", 0, NULL},
    {0},
};

const ObjectClass relation_class_object = {
    .name = "Relation", .methods = class_methods, .find = class_find};
