#include "base/error.h"

#include <errno.h>
#include <stdlib.h>

#include "base/limits.h"
#include "base/unicode.h"

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

/* Formats into a block of its own, cut at the ceiling for messages, between code points. */
PRINTF_LIKE(1, 0) static char *format_message(const char *format, va_list args)
{
    char *text = memory_alloc(LIMIT_ERROR_BYTES + sizeof(" ..."));
    int needed = vsnprintf(text, LIMIT_ERROR_BYTES, format, args);
    if (needed < 0) { /* an argument that cannot be written: what was meant still can */
        needed = snprintf(text, LIMIT_ERROR_BYTES, "%s", format);
    }
    size_t len = (size_t)needed;
    if (len >= LIMIT_ERROR_BYTES) {
        len = LIMIT_ERROR_BYTES - 1;
        while (len > 0 && ((unsigned char)text[len - 1] & 0xC0) == 0x80) {
            len--;
        }
        len -= len > 0 && (unsigned char)text[len - 1] >= 0xC0 ? 1 : 0;
        memcpy(text + len, " ...", sizeof(" ..."));
        len += strlen(" ...");
    }
    return memory_realloc(text, len + 1);
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

/* What to do about a refusal of the file system; NULL where the reason says it all. */
static const char *errno_cure(int errno_value)
{
    static const struct {
        int value;
        const char *cure;
    } cures[] = {
        {EACCES, "give this user the right to it: 'ls -ld' shows that of the path and its folders"},
        {EPERM, "give this user the right to it: 'ls -ld' shows that of the path and its folders"},
        {EROFS, "the disk is mounted for reading only; mount it otherwise or use another one"},
        {ENOSPC, "free some space on that disk"},
        {EDQUOT, "free some space within this user's quota"},
        {ELOOP, "links lead to each other; remove one of them"},
        {ENOTDIR, "a part of the path is a file; a folder must stand there"},
        {EEXIST, "something else stands there; move it away"},
    };
    for (size_t i = 0; i < sizeof(cures) / sizeof(cures[0]); i++) {
        if (cures[i].value == errno_value) {
            return cures[i].cure;
        }
    }
    return NULL;
}

Error *error_from_errno(const char *verb, const char *path, int errno_value)
{
    ErrorKind kind = errno_value == ENOENT ? ERR_NOT_FOUND : ERR_IO;
    char reason[128] = "";
    const char *text = strerror_r(errno_value, reason, sizeof(reason));
    /* Of a long path the end: the reason must not be cut off. */
    enum { SHOWN = 1000 };
    size_t len = strlen(path), start = len > SHOWN ? len - SHOWN : 0;
    while (((unsigned char)path[start] & 0xC0) == 0x80) {
        start++;
    }
    Error *err =
        error_new(kind, "cannot %s '%s%s': %s", verb, start > 0 ? "..." : "", path + start, text);
    const char *cure = errno_cure(errno_value);
    return cure != NULL ? error_hint(err, "%s", cure) : err;
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

static bool is_control(char c)
{
    return (unsigned char)c < 0x20 || c == 0x7F;
}

/* The part of `line` worth showing around `*column`, which becomes the one in that part. */
static Str excerpt_window(Str line, size_t *column)
{
    enum { WINDOW = 100, BEFORE = 60 }; /* code points */
    size_t skipped = *column > BEFORE && line.len > WINDOW ? *column - BEFORE : 0;
    size_t start = utf8_offset(line, skipped);
    size_t end = start + utf8_offset(str_from_offset(line, start), WINDOW);
    *column -= skipped;
    return str_slice(line, start, end);
}

Error *error_excerpt(Error *err, Str line, size_t column)
{
    line = str_trim_end(line);
    size_t count = utf8_count(line);
    column = column > count + 1 ? count + 1 : column; /* beyond the end is at the end */
    line = excerpt_window(line, &column);
    size_t before = column > 0 ? utf8_offset(line, column - 1) : 0;
    size_t indent = utf8_display_width(str_slice(line, 0, before));
    for (size_t i = 0; i < before; i++) {
        indent += is_control(line.data[i]); /* shown as a blank */
    }
    char *text = memory_alloc(line.len + indent + 16);
    memcpy(text, "  ", 2);
    size_t len = 2;
    for (size_t i = 0; i < line.len; i++) {
        text[len++] = is_control(line.data[i]) ? ' ' : line.data[i]; /* tabs too */
    }
    if (column > 0) {
        text[len++] = '\n';
        memset(text + len, ' ', indent + 2);
        len += indent + 2;
        text[len++] = '^';
    }
    text[len] = '\0';
    free(err->excerpt);
    err->excerpt = text;
    return err;
}

static const char *first_excerpt(const Error *err)
{
    while (err != NULL && err->excerpt == NULL) {
        err = err->cause;
    }
    return err != NULL ? err->excerpt : NULL;
}

Error *error_excerpt_of(Error *err, const Error *other)
{
    const char *excerpt = first_excerpt(other);
    if (excerpt != NULL) {
        size_t size = strlen(excerpt) + 1;
        free(err->excerpt);
        err->excerpt = memory_alloc(size);
        memcpy(err->excerpt, excerpt, size);
    }
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
    const Error *at = err;
    while (at->class_name == NULL && at->cause != NULL) {
        at = at->cause;
    }
    return at->class_name != NULL ? at->class_name : error_class_of(err->kind);
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
    const char *excerpt = first_excerpt(err);
    return excerpt != NULL ? str_dup(arena, str_from(excerpt)) : STR("");
}

/* Prints `text` line by line, at most `most`, and returns how many: the first behind `lead`, the
 * rest behind `next`. */
static size_t print_lines(FILE *out, const char *lead, const char *next, Str text, size_t most)
{
    size_t count = 0;
    for (Str line; count < most && str_next_line(&text, &line); count++) {
        (void)fprintf(out, "%s" STR_FMT "\n", count == 0 ? lead : next, STR_ARG(line));
    }
    return count;
}

static size_t count_lines(Str text)
{
    size_t count = 0;
    for (Str line; str_next_line(&text, &line);) {
        count++;
    }
    return count;
}

/* The messages in `budget` lines: one for each, of which those after the outermost give way to the
 * inner ones; what is left goes to messages of several lines. */
static void print_messages(const Error *err, FILE *out, bool debug, size_t budget)
{
    size_t depth = 0;
    for (const Error *at = err; at != NULL; at = at->cause) {
        depth++;
    }
    size_t skipped = depth > budget ? depth - budget : 0;
    size_t spare = depth < budget ? budget - depth : 0;
    size_t number = 0;
    for (const Error *at = err; at != NULL; at = at->cause, number++) {
        if (number >= 1 && number <= skipped) {
            continue;
        }
        Str text = at->message[0] != '\0' ? str_from(at->message) : STR("(no message)");
        const char *lead = number == 0 ? "error: " : "  caused by: ";
        spare -= print_lines(out, lead, "    ", text, 1 + spare) - 1;
        if (debug) {
            (void)fprintf(out, "    at %s:%d\n", at->file, at->line);
        }
    }
}

void error_print(const Error *err, FILE *out, bool debug)
{
    enum { LINES = 10, HINT_LINES = 4 };
    AUTO_FREE(arena) Arena *arena = arena_new("error text");
    Str excerpt = error_excerpt_text(err, arena);
    Str hints = error_hints(err, arena);
    size_t hint_lines = count_lines(hints);
    hint_lines = hint_lines > HINT_LINES ? HINT_LINES : hint_lines;
    print_messages(err, out, debug, LINES - count_lines(excerpt) - hint_lines);
    print_lines(out, "  ", "  ", excerpt, LINES);
    print_lines(out, "  hint: ", "  hint: ", hints, hint_lines);
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
