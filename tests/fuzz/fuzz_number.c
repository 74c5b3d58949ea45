/* Any text as a number: what is read can be written, and is then read as the same number. */
#include <math.h>

#include "base/datetime.h"
#include "base/error.h"
#include "base/number.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

static void try_doubles(Str text)
{
    double value = 0, again = 0;
    char written[NUMBER_TEXT_BYTES];
    if (!number_parse_double(text, &value)) {
        return;
    }
    size_t len = number_format_double(value, written);
    CHECK(len < NUMBER_TEXT_BYTES && written[len] == '\0');
    CHECK(number_parse_double((Str){written, len}, &again));
    CHECK(isnan(value) ? isnan(again)
                       : value == again && signbit(value) == signbit(again)); /* -0.0 is not 0.0 */
}

static void try_integers(Str text)
{
    int64_t value = 0, again = 0;
    uint64_t magnitude = 0;
    char written[NUMBER_TEXT_BYTES];
    if (number_parse_int64(text, &value)) {
        size_t len = number_format_int64(value, written);
        CHECK(number_parse_int64((Str){written, len}, &again) && again == value);
    }
    if (number_parse_uint64(text, &magnitude) && magnitude <= INT64_MAX) {
        CHECK(number_parse_int64(text, &value) && (uint64_t)value == magnitude);
        CHECK(number_parse_bytes(text, &magnitude) && (uint64_t)value == magnitude);
    }
}

static void try_times(Str text)
{
    DateTime when, again;
    char written[DATETIME_TEXT_BYTES];
    if (datetime_parse_iso(text, &when)) {
        size_t len = datetime_format(&when, 'T', written);
        CHECK(len < DATETIME_TEXT_BYTES && written[len] == '\0');
        CHECK(datetime_parse_iso((Str){written, len}, &again));
        CHECK(datetime_to_us(&when) == datetime_to_us(&again));
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    Str text = {(const char *)data, size};
    uint64_t bytes = 0;
    try_doubles(text);
    try_integers(text);
    try_times(text);
    if (number_parse_bytes(text, &bytes)) {
        CHECK(bytes <= INT64_MAX);
        CHECK(number_human_bytes(arena, bytes).len > 0);
        CHECK(number_with_commas(arena, (int64_t)bytes).len > 0);
    }
    return 0;
}
