#include "source/file/csv_dialect.h"

#include "base/datetime.h"
#include "base/limits.h"
#include "base/number.h"
#include "base/unicode.h"

enum { SHOWN_CHARACTERS = 80 };

/* A reader of records: lines, or several where quotes hold line breaks. */
typedef struct Reader {
    Str text;
    size_t at;
    size_t line; /* number of the line at `at`, from 1 */
    char delimiter;
    char quote;
} Reader;

typedef enum RecordEnd {
    RECORD_COMPLETE,
    RECORD_CUT,      /* the text ended without a line break */
    RECORD_UNQUOTED, /* a quote is not closed, or text follows a closed one */
} RecordEnd;

typedef struct Record {
    RecordEnd end;
    size_t line; /* where it begins */
    Str raw;     /* without the line break */
    size_t fields;
} Record;

/* Moves behind a quoted field; false when its closing quote is missing. */
static bool skip_quoted(Reader *reader)
{
    reader->at++;
    while (reader->at < reader->text.len) {
        char c = reader->text.data[reader->at++];
        reader->line += c == '\n';
        if (c == reader->quote) {
            if (reader->at >= reader->text.len || reader->text.data[reader->at] != reader->quote) {
                return true;
            }
            reader->at++; /* doubled: part of the field */
        }
    }
    return false;
}

static bool at_line_end(const Reader *reader)
{
    return reader->at >= reader->text.len || reader->text.data[reader->at] == '\n' ||
           reader->text.data[reader->at] == '\r';
}

/* Moves behind one field; what it held goes to *out_field, quotes included. False on a misplaced
 * quote. */
static bool read_field(Reader *reader, Str *out_field)
{
    size_t start = reader->at;
    if (reader->at < reader->text.len && reader->text.data[reader->at] == reader->quote) {
        if (!skip_quoted(reader)) {
            return false;
        }
        if (!at_line_end(reader) && reader->text.data[reader->at] != reader->delimiter) {
            return false;
        }
    }
    while (!at_line_end(reader) && reader->text.data[reader->at] != reader->delimiter) {
        reader->at++;
    }
    *out_field = str_slice(reader->text, start, reader->at);
    return true;
}

/* Moves behind "\n", "\r\n" or "\r"; false at the end of the text. */
static bool skip_line_break(Reader *reader)
{
    if (reader->at >= reader->text.len) {
        return false;
    }
    if (reader->text.data[reader->at] == '\r') {
        reader->at++;
    }
    if (reader->at < reader->text.len && reader->text.data[reader->at] == '\n') {
        reader->at++;
    }
    reader->line++;
    return true;
}

static Str rest_of_line(Str text, size_t at)
{
    Str rest = str_from_offset(text, at), line = {0};
    return str_next_line(&rest, &line) ? line : rest;
}

/* Reads a record into *record and its fields into *fields, if that is wanted. False at the end. */
static bool next_record(Reader *reader, Arena *arena, Record *record, StrVec *fields)
{
    if (reader->at >= reader->text.len) {
        return false;
    }
    size_t start = reader->at;
    *record = (Record){.line = reader->line};
    for (;;) {
        Str field;
        if (!read_field(reader, &field)) {
            record->end = RECORD_UNQUOTED;
            record->raw = rest_of_line(reader->text, start);
            return true;
        }
        record->fields++;
        if (fields != NULL) {
            VEC_PUSH(arena, fields, field);
        }
        if (at_line_end(reader)) {
            break;
        }
        reader->at++; /* the delimiter */
    }
    record->raw = str_slice(reader->text, start, reader->at);
    record->end = skip_line_break(reader) ? RECORD_COMPLETE : RECORD_CUT;
    return true;
}

/* How well a delimiter fits. */
typedef struct Fit {
    size_t columns;  /* fields of the first line */
    size_t records;  /* that were judged */
    size_t matching; /* of them, with as many fields as the first */
    Record bad;      /* the first that does not match; line 0 = none */
} Fit;

static bool is_blank(const Record *record)
{
    return record->fields == 1 && record->raw.len == 0;
}

static Fit try_delimiter(Str text, bool is_whole, char delimiter, char quote)
{
    Reader reader = {.text = text, .line = 1, .delimiter = delimiter, .quote = quote};
    Fit fit = {0};
    for (Record record; next_record(&reader, NULL, &record, NULL);) {
        bool unknown_end = !is_whole && reader.at >= text.len && record.end != RECORD_COMPLETE;
        if (unknown_end || is_blank(&record)) {
            if (record.end == RECORD_UNQUOTED) {
                break;
            }
            continue;
        }
        if (fit.records++ == 0) {
            fit.columns = record.fields;
        }
        if (record.end == RECORD_UNQUOTED || record.fields != fit.columns) {
            fit.bad = fit.bad.line == 0 ? record : fit.bad;
        } else {
            fit.matching++;
        }
        if (record.end == RECORD_UNQUOTED) {
            break; /* where the next record begins is anybody's guess */
        }
    }
    return fit;
}

/* Every line agrees and there is more than one column; else at least half the lines agree. */
static int rank(const Fit *fit)
{
    if (fit->columns < 2) {
        return 0;
    }
    return fit->matching == fit->records ? 2 : fit->matching * 2 >= fit->records ? 1 : 0;
}

static Fit choose_delimiter(Str text, bool is_whole, CsvDialect *dialect)
{
    static const char candidates[] = {',', ';', '\t', '|'};
    if (dialect->delimiter != '\0') {
        return try_delimiter(text, is_whole, dialect->delimiter, dialect->quote);
    }
    Fit best = {0};
    char chosen = '\0';
    for (size_t i = 0; i < sizeof(candidates); i++) {
        Fit fit = try_delimiter(text, is_whole, candidates[i], dialect->quote);
        int difference = rank(&fit) - rank(&best);
        if (chosen == '\0' || difference > 0 || (difference == 0 && fit.columns > best.columns)) {
            best = fit;
            chosen = candidates[i];
        }
    }
    dialect->delimiter = chosen;
    return best;
}

static Str unquote(Arena *arena, Str field, char quote)
{
    if (field.len < 2 || field.data[0] != quote || field.data[field.len - 1] != quote) {
        return str_dup(arena, field);
    }
    Str inner = str_slice(field, 1, field.len - 1);
    return str_replace(arena, inner, (Str){(const char[]){quote, quote}, 2}, (Str){&quote, 1});
}

/* A name never looks like a number or a date, and is never missing. */
static bool may_be_name(Str field)
{
    double number = 0;
    DateTime when;
    Str text = str_trim(field);
    return text.len > 0 && !number_parse_double(text, &number) && !date_parse_iso(text, &when) &&
           !datetime_parse_iso(text, &when) && !str_eq_nocase(text, STR("true")) &&
           !str_eq_nocase(text, STR("false"));
}

static void read_names(Arena *arena, Str text, CsvDialect *dialect)
{
    Reader reader = {
        .text = text, .line = 1, .delimiter = dialect->delimiter, .quote = dialect->quote};
    Record record;
    StrVec fields = {0};
    do {
        fields.len = 0;
        if (!next_record(&reader, arena, &record, &fields)) {
            return;
        }
    } while (is_blank(&record));
    bool names = true;
    for (size_t i = 0; i < fields.len; i++) {
        fields.data[i] = unquote(arena, fields.data[i], dialect->quote);
        /* A trailing delimiter leaves the last column without a name, in the header too. */
        names = names && (may_be_name(fields.data[i]) ||
                          (i > 0 && i + 1 == fields.len && fields.data[i].len == 0));
    }
    if (dialect->header == CSV_HEADER_UNKNOWN) {
        dialect->header = names ? CSV_HEADER_YES : CSV_HEADER_NO;
    }
    if (dialect->header == CSV_HEADER_YES) {
        dialect->names = fields;
    }
}

static Error *bad_record(const Fit *fit)
{
    const Record *bad = &fit->bad;
    Str raw = bad->raw;
    size_t end = utf8_offset(raw, SHOWN_CHARACTERS);
    const char *more = end < raw.len ? "..." : "";
    Str shown = str_slice(raw, 0, end);
    if (bad->end == RECORD_UNQUOTED) {
        return error_new(ERR_INPUT,
                         "expected a closing quote before the next delimiter: '" STR_FMT "%s'",
                         STR_ARG(shown), more);
    }
    return error_new(ERR_INPUT, "expected %zu columns, found %zu: '" STR_FMT "%s'", fit->columns,
                     bad->fields, STR_ARG(shown), more);
}

Error *csv_dialect_find(Arena *arena, Str text, bool is_whole, CsvDialect *dialect,
                        size_t *out_line)
{
    Fit fit = choose_delimiter(text, is_whole, dialect);
    if (fit.bad.line > 0) {
        *out_line = fit.bad.line;
        return bad_record(&fit);
    }
    dialect->columns = fit.columns;
    if (fit.records > 0) {
        read_names(arena, text, dialect);
    }
    dialect->has_rows = fit.records > (dialect->header == CSV_HEADER_YES ? 1U : 0U);
    return NULL;
}
