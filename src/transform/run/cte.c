#include "transform/run/cte.h"

#include "base/limits.h"
#include "transform/graph/relation.h"

/* Behind blanks and comments. */
static size_t skip_blank(Str sql, size_t at)
{
    for (;;) {
        while (at < sql.len && strchr(" \t\r\n\f\v", sql.data[at]) != NULL) {
            at++;
        }
        Str rest = str_from_offset(sql, at);
        size_t end = SIZE_MAX;
        if (str_starts_with(rest, STR("--"))) {
            end = str_find(sql, STR("\n"), at);
        } else if (str_starts_with(rest, STR("/*"))) {
            end = str_find(sql, STR("*/"), at + 2);
            end = end == SIZE_MAX ? SIZE_MAX : end + 2;
        } else {
            return at;
        }
        if (end == SIZE_MAX) {
            return sql.len;
        }
        at = end;
    }
}

static bool word_at(Str sql, size_t at, Str word)
{
    if (sql.len - at < word.len || !str_eq_nocase(str_slice(sql, at, at + word.len), word)) {
        return false;
    }
    char next = at + word.len < sql.len ? sql.data[at + word.len] : ' ';
    return strchr(" \t\r\n\f\v/-\"", next) != NULL;
}

/* Whether SQL takes the name as it is, behind other letters. */
static bool is_plain_name(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (unsigned char)c >= 0x80;
        if (!letter && !(c >= '0' && c <= '9') && c != '_' && c != '$') {
            return false;
        }
    }
    return true;
}

Str cte_name(Arena *arena, Str model)
{
    Str name = str_printf(arena, "__dbt__cte__" STR_FMT, STR_ARG(model));
    return is_plain_name(model) ? name : relation_quoted(arena, name);
}

Str cte_text(Arena *arena, const Cte *cte)
{
    return str_printf(arena, " " STR_FMT " as (\n" STR_FMT "\n)", STR_ARG(cte->name),
                      STR_ARG(cte->sql));
}

static void add_list(StrBuf *text, const CteVec *ctes)
{
    for (VEC_EACH(Cte, cte, ctes)) {
        strbuf_add_c(text, cte == ctes->data ? " " : ",  ");
        strbuf_add(text, cte->name);
        strbuf_add_c(text, " as (\n");
        strbuf_add(text, cte->sql);
        strbuf_add_c(text, "\n)");
    }
}

Error *cte_inject(Arena *arena, Str sql, const CteVec *ctes, Str *out)
{
    if (ctes->len == 0) {
        *out = sql;
        return NULL;
    }
    StrBuf text = strbuf_init(arena, LIMIT_RENDER_BYTES);
    size_t at = skip_blank(sql, 0);
    if (word_at(sql, at, STR("with"))) {
        at = skip_blank(sql, at + 4);
        if (word_at(sql, at, STR("recursive"))) {
            at = skip_blank(sql, at + 9);
        }
        strbuf_add(&text, str_slice(sql, 0, at));
        add_list(&text, ctes);
        strbuf_add_c(&text, ", ");
        strbuf_add(&text, str_from_offset(sql, at));
    } else {
        Str rest = str_trim_start(sql);
        strbuf_add(&text, str_slice(sql, 0, sql.len - rest.len));
        strbuf_add_c(&text, "with");
        add_list(&text, ctes);
        strbuf_add_char(&text, ' ');
        strbuf_add(&text, rest);
    }
    if (text.overflowed) {
        return error_new(
            ERR_LIMIT,
            "with the %zu ephemeral models that it reads through, the query would have "
            "more than %zu MiB: make some of them views or tables",
            ctes->len, LIMIT_RENDER_BYTES / MIB);
    }
    *out = strbuf_str(&text);
    return NULL;
}
