#include "transform/graph/relation.h"

#include "base/limits.h"

static const char *const type_texts[] = {
#define X(name, text) [RELATION_TYPE_##name] = (text),
    RELATION_TYPES(X)
#undef X
};

Str relation_type_text(RelationType type)
{
    return str_from(type_texts[type]);
}

RelationType relation_type_parse(Str text)
{
    for (size_t i = 0; i < RELATION_TYPE_COUNT; i++) {
        if (str_is(text, type_texts[i])) {
            return (RelationType)i;
        }
    }
    return RELATION_TYPE_UNKNOWN;
}

/* Embedded quotes are not doubled: projects write expressions in the place of names. */
static void add_part(const RelationName *relation, RelationPart part, Str name, bool *first,
                     StrBuf *out)
{
    if ((relation->included & part) == 0 || name.data == NULL) {
        return;
    }
    const char *quote = (relation->quoted & part) != 0 ? "\"" : "";
    strbuf_printf(out, "%s%s" STR_FMT "%s", *first ? "" : ".", quote, STR_ARG(name), quote);
    *first = false;
}

void relation_render(const RelationName *relation, StrBuf *out)
{
    bool first = true;
    if (relation->limited) {
        strbuf_add_c(out, "(select * from ");
    }
    if (relation->external.len > 0) {
        strbuf_add(out, relation->external);
    } else {
        add_part(relation, PART_DATABASE, relation->database, &first, out);
        add_part(relation, PART_SCHEMA, relation->schema, &first, out);
        add_part(relation, PART_IDENTIFIER, relation->identifier, &first, out);
    }
    if (relation->limited) {
        strbuf_add_c(out, " where false limit 0)");
    }
}

Str relation_text(const RelationName *relation, Arena *arena)
{
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    relation_render(relation, &text);
    return strbuf_str(&text);
}

bool relation_same(const RelationName *a, const RelationName *b)
{
    return str_eq_nocase(a->database, b->database) && str_eq_nocase(a->schema, b->schema) &&
           str_eq_nocase(a->identifier, b->identifier);
}
