#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"

struct Error {
    ErrorKind kind;
    const char *class_name; /* NULL: that of the kind */
    const char *file;
    int line;
    char *message;
    char *hints;   /* NULL without; one per line */
    char *excerpt; /* NULL without; the user's line and a caret */
    Error *cause;  /* owned */
};

typedef struct KindInfo {
    const char *class_name;
    int exit_code;
} KindInfo;

static const KindInfo kinds[] = {
#define X(name, class_name, exit_code) {class_name, exit_code},
    ERROR_KINDS(X)
#undef X
};

/* Formats into a block of its own, cut at the ceiling for messages. */
PRINTF_LIKE(1, 0) static char *format_message(const char *format, va_list args)
{
    va_list again;
    va_copy(again, args);
    int needed = vsnprintf(NULL, 0, format, args);
    size_t size = needed > 0 ? (size_t)needed + 1 : 1;
    size_t kept = size > LIMIT_ERROR_BYTES ? LIMIT_ERROR_BYTES : size;
    char *text = memory_alloc(kept + sizeof(" ..."));
    text[0] = '\0';
    (void)vsnprintf(text, kept, format, again);
    va_end(again);
    if (kept < size) {
        memcpy(text + kept - 1, " ...", sizeof(" ..."));
    }
    return text;
}

Error *error_make(const char *file, int line, ErrorKind kind, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Error *err = memory_alloc(sizeof(*err));
    *err =
        (Error){.kind = kind, .file = file, .line = line, .message = format_message(format, args)};
    va_end(args);
    return err;
}

Error *error_make_wrap(const char *file, int line, Error *cause, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    Error *err = memory_alloc(sizeof(*err));
    *err = (Error){.kind = cause->kind,
                   .file = file,
                   .line = line,
                   .message = format_message(format, args),
                   .cause = cause};
    va_end(args);
    return err;
}

Error *error_from_errno(const char *verb, const char *path, int errno_value)
{
    ErrorKind kind = errno_value == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    char reason[128] = "";
    const char *text = strerror_r(errno_value, reason, sizeof(reason));
    return error_new(kind, "cannot %s '%s': %s", verb, path, text);
}

/* Appends `added` to the text at *place, on a line of its own; takes `added`. */
static void append_line(char **place, char *added)
{
    if (*place == NULL) {
        *place = added;
        return;
    }
    size_t before = strlen(*place), more = strlen(added);
    *place = memory_realloc(*place, before + more + 2);
    (*place)[before] = '\n';
    memcpy(*place + before + 1, added, more + 1);
    free(added);
}

Error *error_hint(Error *err, const char *format, ...)
{
    va_list args;
    va_start(args, format);
    append_line(&err->hints, format_message(format, args));
    va_end(args);
    return err;
}

/* The part of `line` worth showing around `column`: at most 100 bytes, cut between code points. */
static Str excerpt_window(Str line, size_t *column)
{
    enum { WINDOW = 100, BEFORE = 60 };
    if (line.len <= WINDOW) {
        return line;
    }
    size_t start = 0, codepoints = 0;
    while (*column > codepoints + BEFORE && start < line.len) {
        start++;
        codepoints += start == line.len || ((unsigned char)line.data[start] & 0xC0) != 0x80;
    }
    size_t end = start + WINDOW < line.len ? start + WINDOW : line.len;
    while (end < line.len && ((unsigned char)line.data[end] & 0xC0) == 0x80) {
        end++;
    }
    *column -= *column > codepoints ? codepoints : 0;
    return str_slice(line, start, end);
}

Error *error_excerpt(Error *err, Str line, size_t column)
{
    line = excerpt_window(str_trim_end(line), &column);
    size_t size = line.len + column + 16;
    char *text = memory_alloc(size);
    memcpy(text, "  ", 2);
    size_t len = 2;
    for (size_t i = 0; i < line.len; i++) {
        unsigned char c = (unsigned char)line.data[i];
        text[len++] = c < 0x20 || c == 0x7F ? ' ' : (char)c; /* tabs too: the caret must fit */
    }
    if (column > 0) {
        text[len++] = '\n';
        memset(text + len, ' ', column + 1);
        len += column + 1;
        text[len++] = '^';
    }
    text[len] = '\0';
    free(err->excerpt);
    err->excerpt = text;
    return err;
}

ErrorKind error_kind(const Error *err)
{
    return err->kind;
}

Error *error_with_kind(Error *err, ErrorKind kind)
{
    err->kind = kind;
    return err;
}

const char *error_class_of(ErrorKind kind)
{
    return kinds[kind].class_name;
}

Error *error_as(Error *err, const char *class_name)
{
    err->class_name = class_name;
    return err;
}

const char *error_class(const Error *err)
{
    const Error *root = error_root(err);
    return root->class_name != NULL ? root->class_name : error_class_of(err->kind);
}

Str error_message(const Error *err)
{
    return str_from(err->message);
}

const Error *error_root(const Error *err)
{
    while (err->cause != NULL) {
        err = err->cause;
    }
    return err;
}

Str error_full_message(const Error *err, Arena *arena)
{
    StrBuf buf = strbuf_init(arena, (size_t)16 * LIMIT_ERROR_BYTES);
    for (const Error *at = err; at != NULL; at = at->cause) {
        if (at != err) {
            strbuf_add_c(&buf, ": ");
        }
        strbuf_add_c(&buf, at->message);
    }
    return strbuf_str(&buf);
}

Str error_hints(const Error *err, Arena *arena)
{
    StrBuf buf = strbuf_init(arena, (size_t)16 * LIMIT_ERROR_BYTES);
    for (const Error *at = err; at != NULL; at = at->cause) {
        if (at->hints != NULL) {
            if (buf.len > 0) {
                strbuf_add_char(&buf, '\n');
            }
            strbuf_add_c(&buf, at->hints);
        }
    }
    return strbuf_str(&buf);
}

Str error_excerpt_text(const Error *err, Arena *arena)
{
    for (const Error *at = err; at != NULL; at = at->cause) {
        if (at->excerpt != NULL) {
            return str_dup(arena, str_from(at->excerpt));
        }
    }
    return STR("");
}

static void print_lines(FILE *out, const char *lead, Str text, int *budget)
{
    for (Str line; *budget > 0 && str_next_line(&text, &line);) {
        (void)fprintf(out, "%s" STR_FMT "\n", lead, STR_ARG(line));
        *budget -= 1;
    }
}

void error_print(const Error *err, FILE *out, bool debug)
{
    AUTO_FREE(arena) Arena *arena = arena_new("error text");
    Str excerpt = error_excerpt_text(err, arena);
    Str hints = error_hints(err, arena);
    int budget = 10;
    for (const Error *at = err; at != NULL && budget > 0; at = at->cause) {
        print_lines(out, at == err ? "error: " : "  caused by: ", str_from(at->message), &budget);
        if (debug) {
            (void)fprintf(out, "    at %s:%d\n", at->file, at->line);
        }
    }
    print_lines(out, "  ", excerpt, &budget);
    print_lines(out, "  hint: ", hints, &budget);
}

int error_exit_code(const Error *err)
{
    return err != NULL ? kinds[err->kind].exit_code : 0;
}

void error_free(Error *err)
{
    while (err != NULL) {
        Error *cause = err->cause;
        free(err->message);
        free(err->hints);
        free(err->excerpt);
        free(err);
        err = cause;
    }
}

void error_discard(Error *err, const char *reason)
{
    (void)reason;
    error_free(err);
}

Error *error_first(Error *first, Error *second)
{
    if (first == NULL) {
        return second;
    }
    error_free(second);
    return first;
}

void check_failed(const char *file, int line, const char *condition)
{
    (void)fprintf(stderr, "error: internal: %s:%d: '%s' does not hold; please report this\n", file,
                  line, condition);
    abort();
}
