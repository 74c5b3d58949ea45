/* base/error.h - a failure, told once and completely. Whatever can fail returns `MUST_CHECK Error
 * *`, NULL for success; results go through out_ parameters and stay untouched on failure. An Error
 * is a chain: the outermost message says what was attempted, each cause what went wrong below it.
 * It is owned by whoever holds it and ends in one of three ways: returned, printed at the top of
 * the program (error_print), or error_discard()ed with a reason. Below cli/ nothing prints or
 * exits.
 *
 * Messages are lower case without a full stop, quote the thing and give the value; places in users'
 * files read `path:line:column: `. Hints say what to do. Secrets never enter a message. */
#ifndef BASE_ERROR_H
#define BASE_ERROR_H

#include <stdbool.h>
#include <stdio.h>

#include "base/attr.h"
#include "base/str.h"

/* Kind, the class name users see (dango.md 5.10), exit status. The kind decides what the top does.
 */
#define ERROR_KINDS(X) \
    X(USAGE, "UsageError", 2)           /* the command line is wrong */ \
    X(CONFIG, "ConfigError", 1)         /* a configuration or project file is wrong */ \
    X(INPUT, "DataValidationError", 1)  /* data cannot be read as what it claims to be */ \
    X(SCHEMA, "SchemaMismatchError", 1) /* data does not fit its table */ \
    X(TEMPLATE, "CompilationError", 1)  /* a template cannot be compiled or rendered */ \
    X(AUTH, "AuthenticationError", 1)   /* refused credentials */ \
    X(RATE_LIMIT, "RateLimitError", 1)  /* too many requests; may be retried */ \
    X(NETWORK, "ConnectionError", 1)    /* host unreachable or broken off; may be retried */ \
    X(SOURCE, "SourceError", 1)         /* any other failure of a source */ \
    X(STORE, "DatabaseError", 1)        /* the warehouse refused a statement */ \
    X(LOCKED, "DatabaseLockedError", 1) /* somebody else holds the warehouse or the write lock */ \
    X(IO, "FileError", 1)               /* the file system refused */ \
    X(LIMIT, "LimitError", 1)           /* a size is beyond its ceiling (limits.h) */ \
    X(NOT_FOUND, "NotFoundError", 1)    /* a named thing does not exist */ \
    X(UNSUPPORTED, "NotSupportedError", 1) /* understood, but not offered here */ \
    X(FAILED, "Failed", 1)           /* work that ran and did not succeed; already reported */ \
    X(CANCELLED, "Interrupted", 130) /* the user or a deadline stopped it */ \
    X(BUG, "InternalError", 1)       /* our own invariant does not hold */

typedef enum ErrorKind {
#define X(name, class_name, exit_code) ERR_##name,
    ERROR_KINDS(X)
#undef X
} ErrorKind;

typedef struct Error Error;

void error_free(Error *err);
DEFINE_AUTO_FREE(error, Error)

/* Makes an error; `file` and `line` are where in our source, for --debug. Use the macros below. */
Error *error_make(const char *file, int line, ErrorKind kind, const char *format, ...)
    PRINTF_LIKE(4, 5);
/* Puts a message of what was attempted around `cause`, whose kind it keeps. */
Error *error_make_wrap(const char *file, int line, TAKES Error *cause, const char *format, ...)
    PRINTF_LIKE(4, 5);

#define error_new(kind, ...) error_make(__FILE__, __LINE__, (kind), __VA_ARGS__)
#define error_wrap(cause, ...) error_make_wrap(__FILE__, __LINE__, (cause), __VA_ARGS__)

/* From errno: "cannot <verb> 'path': reason", with what to do where that is known. ERR_NOT_FOUND
 * for ENOENT, else ERR_IO. */
Error *error_from_errno(const char *verb, const char *path, int errno_value);

/* Adds what to do about it; returns `err`, so that it can stand in a return statement. A second
 * hint goes on a line of its own. */
Error *error_hint(TAKES Error *err, const char *format, ...) PRINTF_LIKE(2, 3);
/* Adds the line of the user's file, of a long one the part around `column`, and a caret under that
 * column (1-based, in code points; beyond the line is at its end; 0 = no caret). */
Error *error_excerpt(TAKES Error *err, Str line, size_t column);

/* Shows the excerpt of another error, if it has one: for texts told anew in other words. */
Error *error_excerpt_of(TAKES Error *err, const Error *other);

ErrorKind error_kind(const Error *err);
/* The same failure seen as another kind, where a layer knows better. */
Error *error_with_kind(TAKES Error *err, ErrorKind kind);
/* Gives the failure a class name of its own, for languages we run that have their own
 * ("TypeError"). `class_name` is not copied: a literal. */
Error *error_as(TAKES Error *err, const char *class_name);
/* The outermost name in the chain that error_as() gave, else that of the kind: "ConfigError". */
const char *error_class(const Error *err);
const char *error_class_of(ErrorKind kind);
/* The outermost message, without causes. Borrowed. */
Str error_message(const Error *err);
/* The innermost cause: what really went wrong. Borrowed; never NULL for a non-NULL error. */
const Error *error_root(const Error *err);
/* All messages from outermost to innermost, joined by ": ". */
Str error_full_message(const Error *err, Arena *arena);
/* The hints of the whole chain, one per line; empty without. */
Str error_hints(const Error *err, Arena *arena);
/* "  {{ x }}" and on a second line the caret, or empty. */
Str error_excerpt_text(const Error *err, Arena *arena);

/* "error: ..." with causes, excerpt and hints in at most ten lines: of a long chain the outermost
 * message and the innermost ones, of long messages the beginning. With `debug` also, on further
 * lines, where in our source each message was made. */
void error_print(const Error *err, FILE *out, bool debug);
/* The process's exit status: 0 for NULL. */
int error_exit_code(const Error *err);
/* Ends an error on purpose; `reason` says to the reader of the code why that is fine. */
void error_discard(TAKES Error *err, const char *reason);
/* Keeps the first of two failures and frees the second; either may be NULL. */
MUST_CHECK Error *error_first(TAKES Error *first, TAKES Error *second);

#define TRY(expression) \
    do { \
        Error *try_error = (expression); \
        if (UNLIKELY(try_error != NULL)) { \
            return try_error; \
        } \
    } while (0)

/* TRY, adding what only this layer knows. */
#define TRY_WRAP(expression, ...) \
    do { \
        Error *try_error = (expression); \
        if (UNLIKELY(try_error != NULL)) { \
            return error_wrap(try_error, __VA_ARGS__); \
        } \
    } while (0)

/* For our own invariants, on in every build; never for input. */
#define CHECK(condition) \
    do { \
        if (UNLIKELY(!(condition))) { \
            check_failed(__FILE__, __LINE__, #condition); \
        } \
    } while (0)
NORETURN void check_failed(const char *file, int line, const char *condition);

#endif
