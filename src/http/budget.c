#include "http/budget.h"

#include "base/clock.h"
#include "base/datetime.h"
#include "base/limits.h"
#include "base/log.h"
#include "base/number.h"

enum {
    SECOND_US = 1000000,
    TWO_SECONDS_US = 2000000,
    LOOK_US = 200000, /* how often a waiting thread looks whether the run was cancelled */
    /* A number above is a moment since 1970, below it is seconds from now. */
    EPOCH_BEGINS_S = 100000000,
    LONG_WAIT_US = 5 * SECOND_US, /* which is told */
};

/* ---- Reading ---- */

static const char month_names[] = "janfebmaraprmayjunjulaugsepoctnovdec";

static bool month_of(Str name, int *out)
{
    if (name.len != 3) {
        return false;
    }
    for (int i = 0; i < 12; i++) {
        if (str_eq_nocase(name, (Str){month_names + (size_t)i * 3, 3})) {
            *out = i + 1;
            return true;
        }
    }
    return false;
}

/* "Wed, 21 Oct 2015 07:28:00 GMT", the one form that servers send. */
static bool parse_http_date(Str text, int64_t *out_us)
{
    Str rest;
    Str day_name;
    Str pieces[4] = {{0}};
    if (!str_cut(text, ',', &day_name, &rest)) {
        return false;
    }
    rest = str_trim(rest);
    for (size_t i = 0; i < ARRAY_LEN(pieces); i++) {
        if (!str_next_piece(&rest, ' ', &pieces[i])) {
            return false;
        }
    }
    DateTime when = {0};
    int64_t day = 0;
    int64_t year = 0;
    int month = 0;
    bool is_date = number_parse_int64(pieces[0], &day) && month_of(pieces[1], &month) &&
                   number_parse_int64(pieces[2], &year) && date_is_valid(year, month, day) &&
                   time_parse_iso(pieces[3], &when);
    if (is_date) {
        when.year = (int16_t)year;
        when.month = (uint8_t)month;
        when.day = (uint8_t)day;
        *out_us = datetime_to_us(&when);
    }
    return is_date;
}

static bool seconds_to_us(double seconds, int64_t *out_us)
{
    const double most = 1e9; /* thirty years; no overflow beyond */
    if (!(seconds >= -most && seconds <= most)) {
        return false;
    }
    *out_us = seconds > 0 ? (int64_t)(seconds * SECOND_US) : 0;
    return true;
}

bool http_parse_wait(Str text, int64_t now_us, int64_t *out_us)
{
    double seconds = 0;
    if (number_parse_double(str_trim(text), &seconds)) {
        return seconds_to_us(seconds, out_us);
    }
    int64_t when_us = 0;
    if (!parse_http_date(str_trim(text), &when_us)) {
        return false;
    }
    *out_us = when_us > now_us ? when_us - now_us : 0;
    return true;
}

static bool read_count(Str text, int64_t *out)
{
    /* "100, 100;w=60": the first number is what counts */
    size_t end = 0;
    while (end < text.len && text.data[end] >= '0' && text.data[end] <= '9') {
        end++;
    }
    return number_parse_int64(str_slice(text, 0, end), out) && *out >= 0;
}

/* Whole seconds from now were rounded we know not how: a second is added. */
static bool read_reset(Str text, int64_t now_us, int64_t *out_us)
{
    double number = 0;
    if (!number_parse_double(str_trim(text), &number)) {
        return http_parse_wait(text, now_us, out_us);
    }
    bool is_whole = str_find_char(text, '.') == SIZE_MAX;
    if (number < EPOCH_BEGINS_S) {
        return number >= 0 && seconds_to_us(number + (is_whole ? 1 : 0), out_us);
    }
    double after = number - (double)now_us / SECOND_US;
    return seconds_to_us(after > 0 ? after : 0, out_us);
}

/* RateLimit: limit=100, remaining=40, reset=12 */
static void read_combined(Str text, int64_t now_us, BudgetNews *out)
{
    Str rest = text;
    Str piece;
    while (str_next_piece(&rest, ',', &piece)) {
        Str key;
        Str value;
        if (!str_cut(str_trim(piece), '=', &key, &value)) {
            continue;
        }
        if (str_eq_nocase(key, STR("limit"))) {
            (void)read_count(value, &out->limit);
        } else if (str_eq_nocase(key, STR("remaining"))) {
            (void)read_count(value, &out->left);
        } else if (str_eq_nocase(key, STR("reset"))) {
            (void)read_reset(value, now_us, &out->reset_after_us);
        }
    }
}

void budget_read(const HttpHeaderVec *headers, int64_t now_us, BudgetNews *out)
{
    *out = (BudgetNews){-1, -1, -1};
    static const char *const prefixes[] = {"X-RateLimit", "RateLimit", "X-Rate-Limit"};
    AUTO_FREE(arena) Arena *arena = arena_new("rate limit");
    for (size_t i = 0; i < ARRAY_LEN(prefixes) && out->left < 0; i++) {
        Str text;
        if (http_find_header(headers, str_printf(arena, "%s-Remaining", prefixes[i]), &text)) {
            (void)read_count(text, &out->left);
        }
        if (http_find_header(headers, str_printf(arena, "%s-Limit", prefixes[i]), &text)) {
            (void)read_count(text, &out->limit);
        }
        if (http_find_header(headers, str_printf(arena, "%s-Reset", prefixes[i]), &text)) {
            (void)read_reset(text, now_us, &out->reset_after_us);
        }
    }
    Str text;
    if (out->left < 0 && http_find_header(headers, STR("RateLimit"), &text)) {
        read_combined(text, now_us, out);
    }
}

/* ---- Taking and giving back ---- */

void budget_init(Budget *budget)
{
    *budget = (Budget){.limit = -1, .left = -1};
    mutex_init(&budget->mutex);
    condition_init(&budget->changed);
}

void budget_done(Budget *budget)
{
    condition_done(&budget->changed);
    mutex_done(&budget->mutex);
}

/* A new window. What is under way may be counted in it. */
static void renew(Budget *budget, int64_t now_us)
{
    if (budget->reset_us > 0 && now_us >= budget->reset_us) {
        budget->reset_us = 0;
        budget->left = budget->limit;
        budget->is_answered = budget->limit >= 0;
    }
}

/* When this thread may look again: `now_us` or before means that it may send. */
static int64_t next_chance(const Budget *budget, size_t max_concurrent, int64_t now_us)
{
    if (budget->under_way >= max_concurrent || (!budget->is_answered && budget->under_way > 0)) {
        return INT64_MAX; /* until one is given back */
    }
    int64_t when =
        budget->blocked_until_us > budget->next_us ? budget->blocked_until_us : budget->next_us;
    if (budget->left >= 0 && budget->left <= (int64_t)budget->under_way) {
        if (budget->under_way > 0) {
            return INT64_MAX; /* its answer may leave more */
        }
        when = budget->reset_us > when ? budget->reset_us : when;
    }
    return when > now_us ? when : now_us;
}

static Error *check_wait(int64_t wait_us, bool *is_told)
{
    if (wait_us > (int64_t)LIMIT_HTTP_WAIT_S * SECOND_US) {
        return error_hint(error_new(ERR_RATE_LIMIT,
                                    "Too many requests: the budget is filled again in %lld s only",
                                    (long long)(wait_us / SECOND_US)),
                          "sync later, or ask the service for a larger limit");
    }
    if (wait_us > LONG_WAIT_US && !*is_told) {
        *is_told = true;
        log_warning("the budget of requests is used up; waiting seconds=%lld",
                    (long long)(wait_us / SECOND_US + 1));
    }
    return NULL;
}

Error *budget_take(Budget *budget, size_t max_concurrent, int64_t delay_us, const Cancel *cancel)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&budget->mutex);
    for (bool is_told = false;;) {
        TRY(cancel_check(cancel));
        int64_t now_us = clock_monotonic_us();
        renew(budget, now_us);
        int64_t when_us = next_chance(budget, max_concurrent, now_us);
        if (when_us <= now_us) {
            break;
        }
        if (when_us != INT64_MAX) {
            TRY(check_wait(when_us - now_us, &is_told));
        }
        int64_t look_us = now_us + LOOK_US;
        (void)condition_wait_until(&budget->changed, &budget->mutex,
                                   when_us < look_us ? when_us : look_us);
    }
    budget->under_way++;
    budget->next_us = clock_monotonic_us() + delay_us;
    return NULL;
}

/* Answers may overtake each other, so of one window the least that was left counts. */
static void learn(Budget *budget, const BudgetNews *news, int64_t now_us)
{
    budget->limit = news->limit >= 0 ? news->limit : budget->limit;
    if (news->left < 0) { /* it says nothing, but it may have been counted */
        budget->left -= budget->left > 0;
        return;
    }
    if (news->reset_after_us < 0) {
        budget->left = news->left;
        return;
    }
    int64_t reset_us = now_us + news->reset_after_us;
    bool same_window = budget->left >= 0 && reset_us < budget->reset_us + TWO_SECONDS_US;
    budget->left = same_window && budget->left < news->left ? budget->left : news->left;
    budget->reset_us = same_window && budget->reset_us < reset_us ? budget->reset_us : reset_us;
}

void budget_give_back(Budget *budget, const HttpHeaderVec *headers)
{
    BudgetNews news = {-1, -1, -1};
    if (headers != NULL) {
        budget_read(headers, clock_now_us(), &news);
    }
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&budget->mutex);
    budget->under_way--;
    budget->is_answered = budget->is_answered || headers != NULL;
    learn(budget, &news, clock_monotonic_us());
    condition_wake_all(&budget->changed);
}

void budget_block(Budget *budget, int64_t wait_us)
{
    AUTO_DONE(mutex_guard) MutexGuard guard = mutex_guard(&budget->mutex);
    int64_t until_us = clock_monotonic_us() + wait_us;
    if (until_us > budget->blocked_until_us) {
        budget->blocked_until_us = until_us;
    }
}
