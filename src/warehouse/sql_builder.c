#include "warehouse/sql_builder.h"

#include "base/limits.h"

static void add_quoted(StrBuf *out, Str text, char quote)
{
    strbuf_add_char(out, quote);
    Str rest = text;
    for (Str before; str_cut(rest, quote, &before, &rest);) {
        strbuf_add(out, before);
        strbuf_add_char(out, quote);
        strbuf_add_char(out, quote);
    }
    strbuf_add(out, rest);
    strbuf_add_char(out, quote);
}

static void add_part(StrBuf *out, const SqlPart *part)
{
    switch (part->kind) {
    case SQL_PART_IDENTIFIER:
        add_quoted(out, part->first, '"');
        return;
    case SQL_PART_NAME:
        if (part->first.len > 0) {
            add_quoted(out, part->first, '"');
            strbuf_add_char(out, '.');
        }
        add_quoted(out, part->second, '"');
        return;
    case SQL_PART_TEXT:
        add_quoted(out, part->first, '\'');
        return;
    case SQL_PART_INT:
        strbuf_printf(out, "%lld", (long long)part->number);
        return;
    case SQL_PART_RAW:
        strbuf_add(out, part->first);
        return;
    }
}

SqlBuilder sql_begin(Arena *arena)
{
    return (SqlBuilder){.text = strbuf_init(arena, LIMIT_SQL_BYTES)};
}

void sql_clear(SqlBuilder *sql)
{
    strbuf_clear(&sql->text);
}

void sql_add_parts(SqlBuilder *sql, const char *fixed, const SqlPart *parts, size_t count)
{
    Str rest = str_from(fixed);
    size_t used = 0;
    for (size_t at; (at = str_find(rest, STR("{}"), 0)) != SIZE_MAX;) {
        CHECK(used < count);
        strbuf_add(&sql->text, str_slice(rest, 0, at));
        add_part(&sql->text, &parts[used++]);
        rest = str_from_offset(rest, at + 2);
    }
    CHECK(used == count);
    strbuf_add(&sql->text, rest);
}

void sql_add_identifiers(SqlBuilder *sql, const Str *names, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (i > 0) {
            strbuf_add(&sql->text, STR(", "));
        }
        add_quoted(&sql->text, names[i], '"');
    }
}

Str sql_text(const SqlBuilder *sql)
{
    return strbuf_str(&sql->text);
}

Error *sql_finish(const SqlBuilder *sql, Str *out_text)
{
    if (sql->text.overflowed) {
        return error_new(ERR_LIMIT, "an SQL statement of more than %zu MiB", LIMIT_SQL_BYTES / MIB);
    }
    *out_text = strbuf_str(&sql->text);
    return NULL;
}

Str sql_quote_identifier(Arena *arena, Str name)
{
    StrBuf out = strbuf_init(arena, LIMIT_SQL_BYTES);
    add_quoted(&out, name, '"');
    return strbuf_str(&out);
}
