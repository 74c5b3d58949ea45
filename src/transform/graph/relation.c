#include "transform/graph/relation.h"

#include "base/clock.h"
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

/* Whether each quote in the name has another one beside it: somebody wrote it for SQL. */
static bool is_escaped(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        if (name.data[i] == '"' && (++i == name.len || name.data[i] != '"')) {
            return false;
        }
    }
    return true;
}

void relation_add_quoted(StrBuf *out, Str name)
{
    strbuf_add_char(out, '"');
    if (is_escaped(name)) {
        strbuf_add(out, name);
    } else {
        for (size_t i = 0; i < name.len; i++) {
            strbuf_add_repeat(out, name.data[i], name.data[i] == '"' ? 2 : 1);
        }
    }
    strbuf_add_char(out, '"');
}

Str relation_quoted(Arena *arena, Str name)
{
    StrBuf out = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    relation_add_quoted(&out, name);
    return strbuf_str(&out);
}

static void add_part(const RelationName *relation, RelationPart part, Str name, bool *first,
                     StrBuf *out)
{
    if ((relation->included & part) == 0 || name.data == NULL) {
        return;
    }
    strbuf_add_c(out, *first ? "" : ".");
    if ((relation->quoted & part) != 0) {
        relation_add_quoted(out, name);
    } else {
        strbuf_add(out, name);
    }
    *first = false;
}

/* A moment as Python shows it: "2024-01-01 00:00:00+00:00". */
static void add_moment(int64_t time_us, StrBuf *out)
{
    ClockParts t = clock_parts_utc(time_us);
    strbuf_printf(out, "%04d-%02d-%02d %02d:%02d:%02d", t.year, t.month, t.day, t.hour, t.minute,
                  t.second);
    if (t.microsecond != 0) {
        strbuf_printf(out, ".%06d", t.microsecond);
    }
    strbuf_add_c(out, "+00:00");
}

static void add_filter(const EventTimeFilter *filter, StrBuf *out)
{
    strbuf_printf(out, " where " STR_FMT " >= '", STR_ARG(filter->column));
    add_moment(filter->start_us, out);
    strbuf_printf(out, "' and " STR_FMT " < '", STR_ARG(filter->column));
    add_moment(filter->end_us, out);
    strbuf_add_c(out, "')");
}

void relation_render(const RelationName *relation, StrBuf *out)
{
    bool first = true, filtered = relation->event_time.column.len > 0;
    if (filtered) {
        strbuf_add_c(out, "(select * from ");
    }
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
    if (filtered) {
        add_filter(&relation->event_time, out);
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
