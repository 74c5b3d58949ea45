#include "transform/seed/type.h"

#include "base/number.h"

bool seed_cell_is_null(Str cell)
{
    Str trimmed = str_trim(cell);
    return trimmed.len == 0 || str_eq_nocase(trimmed, STR("null"));
}

/* ---- Numbers ---- */

static Str strip_both(Str text, Str mark)
{
    while (str_starts_with(text, mark)) {
        text = str_from_offset(text, mark.len);
    }
    while (str_ends_with(text, mark)) {
        text = str_slice(text, 0, text.len - mark.len);
    }
    return text;
}

Str seed_number_text(Arena *arena, Str cell)
{
    static const char *const currencies[] = {"؋", "$", "ƒ", "៛", "¥", "₡", "₱", "£", "€", "¢",
                                             "﷼", "₪", "₩", "₭", "₮", "₦", "฿", "₤", "₫"};
    Str text = strip_both(str_trim(cell), STR("%"));
    bool negative = str_starts_with(text, STR("-"));
    text = str_from_offset(text, negative ? 1 : 0);
    for (size_t i = 0; i < ARRAY_LEN(currencies); i++) {
        text = strip_both(text, str_from(currencies[i]));
    }
    text = str_trim(str_replace(arena, text, STR(","), STR("")));
    return negative ? str_printf(arena, "-" STR_FMT, STR_ARG(text)) : text;
}

static bool is_number(Str cell)
{
    AUTO_FREE(arena) Arena *scratch = arena_new("number");
    double number = 0;
    Str text = seed_number_text(scratch, cell);
    text = str_from_offset(text, str_starts_with(text, STR("-")) ? 1 : 0);
    return number_parse_double(text, &number);
}

/* Whether any digit but 0 stands behind the point: "1.50" has a fraction, "1.0" and "1.5e3" have
 * none. */
static bool has_fraction(Str cell)
{
    int64_t places = 0, last = 0, exponent = 0;
    bool behind = false;
    for (size_t i = 0; i < cell.len; i++) {
        char c = cell.data[i];
        if (c == 'e' || c == 'E') {
            Str power = str_from_offset(cell, i + 1);
            power = str_from_offset(power, str_starts_with(power, STR("+")) ? 1 : 0);
            (void)number_parse_int64(power, &exponent); /* what is too large counts as none */
            break;
        }
        places += behind && c >= '0' && c <= '9';
        last = c >= '1' && c <= '9' ? places : last;
        behind = behind || c == '.';
    }
    return last > exponent;
}

/* ---- Dates and times ---- */

/* What is left of a text whose parts are taken off its front. */
typedef struct Scan {
    Str rest;
    bool ok;
} Scan;

/* A number of min to max digits, no smaller than `low` and no larger than `high`. */
static int take_digits(Scan *scan, size_t min, size_t max, int low, int high)
{
    int number = 0;
    size_t len = 0;
    while (len < max && len < scan->rest.len && scan->rest.data[len] >= '0' &&
           scan->rest.data[len] <= '9') {
        number = number * 10 + (scan->rest.data[len++] - '0');
    }
    scan->ok = scan->ok && len >= min && number >= low && number <= high;
    scan->rest = str_from_offset(scan->rest, len);
    return number;
}

static bool take_char(Scan *scan, char c)
{
    bool found = scan->rest.len > 0 && scan->rest.data[0] == c;
    scan->rest = str_from_offset(scan->rest, found ? 1 : 0);
    return found;
}

static void expect_char(Scan *scan, char c)
{
    scan->ok = take_char(scan, c) && scan->ok;
}

static int days_of_month(int year, int month)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return days[month - 1] + (leap && month == 2);
}

/* Year, month, day, each of which may have fewer digits unless `full`. */
static void take_date(Scan *scan, bool full)
{
    int year = take_digits(scan, 4, 4, 1, 9999);
    bool dashes = take_char(scan, '-');
    scan->ok = scan->ok && (dashes || full);
    int month = take_digits(scan, full ? 2 : 1, 2, 1, 12);
    if (dashes) {
        expect_char(scan, '-');
    }
    take_digits(scan, full ? 2 : 1, 2, 1, scan->ok ? days_of_month(year, month) : 0);
}

static bool is_all_taken(const Scan *scan)
{
    return scan->ok && scan->rest.len == 0;
}

static bool is_date(Str cell)
{
    Scan scan = {.rest = cell, .ok = true};
    take_date(&scan, false);
    return is_all_taken(&scan);
}

static bool is_datetime(Str cell)
{
    Scan scan = {.rest = cell, .ok = true};
    take_date(&scan, false);
    expect_char(&scan, ' ');
    scan.rest = str_trim_start(scan.rest);
    take_digits(&scan, 1, 2, 0, 23);
    expect_char(&scan, ':');
    take_digits(&scan, 1, 2, 0, 59);
    expect_char(&scan, ':');
    take_digits(&scan, 1, 2, 0, 59);
    return is_all_taken(&scan);
}

/* Z, +01, -0530, +01:00 or nothing. */
static void take_zone(Scan *scan)
{
    if (take_char(scan, 'Z') || (!take_char(scan, '+') && !take_char(scan, '-'))) {
        return;
    }
    take_digits(scan, 2, 2, 0, 23);
    if (take_char(scan, ':') || scan->rest.len > 0) {
        take_digits(scan, 2, 2, 0, 59);
    }
}

/* Minutes and seconds may be missing; seconds may have a fraction. */
static void take_iso_time(Scan *scan)
{
    take_digits(scan, 2, 2, 0, 23);
    for (int part = 0; part < 2; part++) {
        bool digit = scan->rest.len > 0 && scan->rest.data[0] >= '0' && scan->rest.data[0] <= '9';
        if (!take_char(scan, ':') && !digit) {
            return;
        }
        take_digits(scan, 2, 2, 0, 59);
    }
    if (take_char(scan, '.') || take_char(scan, ',')) {
        take_digits(scan, 1, 9, 0, 999999999);
    }
}

static bool is_iso_datetime(Str cell)
{
    Scan scan = {.rest = cell, .ok = true};
    take_date(&scan, true);
    expect_char(&scan, 'T');
    take_iso_time(&scan);
    take_zone(&scan);
    return is_all_taken(&scan);
}

/* ---- All types ---- */

static bool is_boolean(Str cell)
{
    return str_eq_nocase(cell, STR("true")) || str_eq_nocase(cell, STR("false"));
}

static bool is_text(Str cell)
{
    (void)cell;
    return true;
}

typedef bool (*CellTest)(Str cell); /* of a cell that is not null, without spaces around it */

static const CellTest tests[SEED_TYPE_COUNT] = {
    [SEED_NUMBER] = is_number,     [SEED_DATE] = is_date,
    [SEED_DATETIME] = is_datetime, [SEED_ISO_DATETIME] = is_iso_datetime,
    [SEED_BOOLEAN] = is_boolean,   [SEED_TEXT] = is_text,
};

void seed_guess_add(SeedGuess *guess, Str cell)
{
    if (guess->possible == 1u << SEED_TEXT || seed_cell_is_null(cell)) {
        return;
    }
    Str trimmed = str_trim(cell);
    for (unsigned type = 0; type < SEED_TYPE_COUNT; type++) {
        if ((guess->possible >> type & 1u) != 0 && !tests[type](trimmed)) {
            guess->possible &= ~(1u << type);
        }
    }
    guess->fraction = guess->fraction || has_fraction(trimmed);
}

SeedType seed_guess_type(const SeedGuess *guess)
{
    unsigned type = 0;
    while (type < SEED_TEXT && (guess->possible >> type & 1u) == 0) {
        type++;
    }
    return (SeedType)type;
}

Str seed_guess_sql(const SeedGuess *guess)
{
    static const char *const names[] = {
#define X(name, sql) [SEED_##name] = (sql),
        SEED_TYPES(X)
#undef X
    };
    SeedType type = seed_guess_type(guess);
    return str_from(type == SEED_NUMBER && guess->fraction ? "float8" : names[type]);
}
