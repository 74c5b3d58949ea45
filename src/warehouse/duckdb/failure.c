/* DuckDB's error texts taken apart: what kind of failure, where in the statement, which names might
 * have been meant. A text reads "Binder Error: message\nCandidate bindings: "x"\n\nLINE 2: sql\n
 * ^". */
#include "base/fs.h"
#include "base/number.h"
#include "base/unicode.h"
#include "warehouse/duckdb/duckdb_internal.h"

/* A piece of the text, and what it says about the failure. The first that fits counts: put the
 * special before the general. */
typedef struct FailureSign {
    const char *text;
    WarehouseFailureKind kind;
} FailureSign;

static const FailureSign signs[] = {
    {"Could not set lock on file", FAILURE_LOCKED},
    {"No space left on device", FAILURE_DISK_FULL},
    {"failed to offload data block", FAILURE_DISK_FULL},
    {"with version number", FAILURE_NEWER},
    {"newer version of DuckDB", FAILURE_NEWER},
    {"not a valid DuckDB database file", FAILURE_CORRUPT},
    {"Corrupt database file", FAILURE_CORRUPT},
    {"Could not read enough bytes from file", FAILURE_CORRUPT},
    {"Failure while replaying WAL", FAILURE_CORRUPT},
    {"attached in read-only mode", FAILURE_READ_ONLY},
    {"INTERRUPT Error", FAILURE_INTERRUPTED},
    {"Out of Memory Error", FAILURE_MEMORY},
    {"Parser Error", FAILURE_SYNTAX},
    {"Binder Error", FAILURE_BINDER},
    {"Catalog Error", FAILURE_CATALOG},
    {"Constraint Error", FAILURE_CONSTRAINT},
    {"Conversion Error", FAILURE_CONVERSION},
    {"Transaction Error: Conflict", FAILURE_CONFLICT},
    {"TransactionContext Error: Failed to commit", FAILURE_CONFLICT},
    {"Catalog write-write conflict", FAILURE_CONFLICT},
};

static WarehouseFailureKind kind_of(Str text)
{
    for (size_t i = 0; i < ARRAY_LEN(signs); i++) {
        if (str_find(text, str_from(signs[i].text), 0) != SIZE_MAX) {
            return signs[i].kind;
        }
    }
    return FAILURE_OTHER;
}

/* What follows `mark` in the text, or nothing. */
static bool find_after(Str text, const char *mark, Str *out_rest)
{
    size_t at = str_find(text, str_from(mark), 0);
    if (at == SIZE_MAX) {
        return false;
    }
    *out_rest = str_from_offset(text, at + strlen(mark));
    return true;
}

/* The names in double quotes up to the end of the line. */
static void read_candidates(Arena *arena, Str text, StrVec *out)
{
    Str rest;
    if (!find_after(text, "Candidate bindings: ", &rest) &&
        !find_after(text, "Did you mean ", &rest)) {
        return;
    }
    Str line = rest;
    str_next_line(&rest, &line);
    for (Str before, name; str_cut(line, '"', &before, &line);) {
        if (!str_cut(line, '"', &name, &line)) {
            return;
        }
        VEC_PUSH(arena, out, str_dup(arena, name));
    }
}

static int64_t read_holder(Str text)
{
    Str rest, digits;
    int64_t pid = 0;
    if (find_after(text, "(PID ", &rest) && str_cut(rest, ')', &digits, &rest) &&
        number_parse_int64(digits, &pid)) {
        return pid;
    }
    return 0;
}

/* The program that holds the lock, from "Conflicting lock is held in /usr/bin/duckdb (PID 1)". */
static Str read_holder_program(Str text)
{
    Str rest, program;
    if (find_after(text, "lock is held in ", &rest) && str_cut(rest, '(', &program, &rest)) {
        return str_trim(program);
    }
    return (Str){0};
}

static Str line_of(Str sql, size_t number)
{
    Str line = {0};
    for (size_t i = 0; i < number; i++) {
        if (!str_next_line(&sql, &line)) {
            return (Str){0};
        }
    }
    return line;
}

/* DuckDB shows at most some 80 characters of a line, "..." standing for the rest. Finds the byte of
 * `sql`'s line that the caret means, and the line itself. */
static size_t find_column(Str line, Str excerpt, size_t caret)
{
    bool cut_before = str_starts_with(excerpt, STR("..."));
    bool cut_after = str_ends_with(excerpt, STR("..."));
    Str shown = str_slice(excerpt, cut_before ? 3 : 0, excerpt.len - (cut_after ? 3 : 0));
    size_t at = cut_before || cut_after ? str_find(line, shown, 0) : 0;
    if (at == SIZE_MAX || caret < (cut_before ? 3U : 0U)) {
        return 0;
    }
    size_t offset = at + utf8_offset(excerpt, caret) - (cut_before ? 3 : 0);
    return offset <= line.len ? utf8_count(str_slice(line, 0, offset)) + 1 : 0;
}

/* Takes "\n\nLINE n: excerpt\n   ^" off the end of *message and reads it. */
static Str read_place(Str *message, Str sql, WarehouseFailure *failure)
{
    size_t at = str_find(*message, STR("\n\nLINE "), 0);
    if (at == SIZE_MAX) {
        return (Str){0};
    }
    Str rest = str_from_offset(*message, at + 2);
    *message = str_slice(*message, 0, at);
    Str excerpt_line = {0}, caret_line = {0}, head, excerpt;
    int64_t number = 0;
    if (!str_next_line(&rest, &excerpt_line) || !str_next_line(&rest, &caret_line) ||
        !str_cut(excerpt_line, ':', &head, &excerpt) || head.len <= 5 || excerpt.len == 0 ||
        !number_parse_int64(str_from_offset(head, 5), &number) || number < 1) {
        return (Str){0};
    }
    excerpt = str_from_offset(excerpt, 1);
    size_t indent = head.len + 2;
    size_t caret = str_find(caret_line, STR("^"), 0);
    Str line = line_of(sql, (size_t)number);
    if (caret == SIZE_MAX || caret < indent) {
        return (Str){0};
    }
    failure->line = (size_t)number;
    failure->column = find_column(line, excerpt, caret - indent);
    return line;
}

static Error *error_of(WarehouseFailureKind kind, Str message)
{
    switch (kind) {
    case FAILURE_INTERRUPTED:
        return error_new(ERR_CANCELLED, "interrupted");
    case FAILURE_DISK_FULL:
        return error_hint(error_new(ERR_IO, STR_FMT, STR_ARG(message)),
                          "free some space on the disk; the warehouse is as it was before");
    case FAILURE_MEMORY:
        return error_hint(error_new(ERR_LIMIT, STR_FMT, STR_ARG(message)),
                          "raise the memory limit, or lower the number of threads");
    case FAILURE_LOCKED:
        return error_new(ERR_LOCKED, STR_FMT, STR_ARG(message));
    case FAILURE_NEWER:
        return error_new(ERR_UNSUPPORTED, STR_FMT, STR_ARG(message));
    case FAILURE_CONSTRAINT:
    case FAILURE_CONVERSION:
    case FAILURE_OTHER:
    case FAILURE_SYNTAX:
    case FAILURE_BINDER:
    case FAILURE_CATALOG:
    case FAILURE_CONFLICT:
    case FAILURE_READ_ONLY:
    case FAILURE_CORRUPT:
        return error_new(ERR_STORE, STR_FMT, STR_ARG(message));
    }
    return error_new(ERR_BUG, "unknown failure");
}

Error *duck_failure(Connection *connection, const char *text, Str sql)
{
    Arena *arena = connection->failure_arena;
    WarehouseFailure *failure = ARENA_NEW(arena, WarehouseFailure);
    Str message = str_dup(arena, str_from(text != NULL ? text : "unknown failure"));
    *failure = (WarehouseFailure){.kind = kind_of(message), .message = message};
    read_candidates(arena, message, &failure->candidates);
    failure->holder = read_holder(message);
    duck_read_file_failure(arena, message, failure);
    Str line = read_place(&message, sql, failure);
    connection->failure = failure;

    Error *err = error_of(failure->kind, str_trim(message));
    if (failure->line > 0 && failure->kind != FAILURE_INTERRUPTED) {
        Str head = str_printf(arena, "LINE %zu: ", failure->line);
        Str shown = str_printf(arena, STR_FMT STR_FMT, STR_ARG(head), STR_ARG(line));
        err = error_excerpt(err, shown, failure->column > 0 ? head.len + failure->column : 0);
    }
    return err;
}

Error *duck_open_failure(const char *path, const char *text)
{
    Str message = str_from(text);
    Str program = read_holder_program(message);
    int64_t pid = read_holder(message);
    switch ((int)kind_of(message)) {
    case FAILURE_LOCKED:
        if (pid == 0) {
            return error_new(ERR_LOCKED, "'%s' is in use by another process", path);
        }
        return error_hint(error_new(ERR_LOCKED, "'%s' is in use by process %lld (" STR_FMT ")",
                                    path, (long long)pid, STR_ARG(fs_base_name(program))),
                          "close that program, or wait until it is done, and try again");
    case FAILURE_NEWER:
        return error_hint(error_new(ERR_UNSUPPORTED,
                                    "'%s' was made by a newer version of DuckDB: " STR_FMT, path,
                                    STR_ARG(message)),
                          "open it with that version and export it, or update this program "
                          "(its DuckDB is %s)",
                          duckdb_library_version());
    case FAILURE_CORRUPT:
        return error_hint(error_new(ERR_STORE, "'%s' is damaged or not a DuckDB file: " STR_FMT,
                                    path, STR_ARG(message)),
                          "restore it from a backup, or move it away and sync again");
    default:
        break;
    }
    if (str_find(message, STR("options were not recognized"), 0) != SIZE_MAX) {
        return error_new(ERR_CONFIG, STR_FMT, STR_ARG(message));
    }
    bool missing = str_find(message, STR("database does not exist"), 0) != SIZE_MAX;
    return error_new(missing ? ERR_NOT_FOUND : ERR_IO, "cannot open '%s': " STR_FMT, path,
                     STR_ARG(message));
}
