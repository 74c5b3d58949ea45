#include "transform/console/fold.h"

#include "base/limits.h"
#include "base/unicode.h"

typedef struct Folder {
    StrBuf out;
    size_t width;
    size_t column; /* characters in the line so far */
    size_t gap;    /* blanks in front of the next word */
} Folder;

static void break_line(Folder *folder)
{
    strbuf_add_char(&folder->out, '\n');
    folder->column = folder->gap = 0;
}

static void add_piece(Folder *folder, Str piece, size_t chars)
{
    for (size_t i = 0; i < folder->gap; i++) {
        strbuf_add_char(&folder->out, ' ');
    }
    strbuf_add(&folder->out, piece);
    folder->column += folder->gap + chars;
    folder->gap = 0;
}

/* A word that fits on no line fills what is left of this one. */
static void add_word(Folder *folder, Str word)
{
    size_t chars = utf8_count(word);
    while (chars > folder->width) {
        if (folder->column + folder->gap >= folder->width) {
            break_line(folder);
        }
        size_t room = folder->width - folder->column - folder->gap;
        size_t cut = utf8_offset(word, room);
        add_piece(folder, str_slice(word, 0, cut), room);
        word = str_from_offset(word, cut);
        chars -= room;
    }
    if (folder->column > 0 && folder->column + folder->gap + chars > folder->width) {
        break_line(folder);
    }
    add_piece(folder, word, chars);
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\n' || c == '\t' || c == '\r';
}

static void fold_paragraph(Folder *folder, Str text)
{
    for (size_t i = 0; i < text.len;) {
        size_t start = i;
        while (i < text.len && !is_blank(text.data[i])) {
            i++;
        }
        if (i > start) {
            add_word(folder, str_slice(text, start, i));
        }
        for (start = i; i < text.len && is_blank(text.data[i]);) {
            i++;
        }
        folder->gap += i - start;
    }
}

Str text_fold(Arena *arena, Str text, size_t width)
{
    Folder folder = {.out = strbuf_init(arena, LIMIT_CONFIG_BYTES), .width = width > 0 ? width : 1};
    for (size_t at = 0; at <= text.len;) {
        size_t end = str_find(text, STR("\n\n"), at);
        end = end == SIZE_MAX ? text.len : end;
        if (at > 0) {
            break_line(&folder);
        }
        fold_paragraph(&folder, str_slice(text, at, end));
        at = end + 2;
    }
    return strbuf_str(&folder.out);
}
