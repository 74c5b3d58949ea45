#include "ingest/load_id.h"

#include <math.h>

#include "base/clock.h"
#include "base/number.h"

enum { WHOLE_DIGITS = 10, MICROS = 1000000 };

bool load_id_is_valid(Str text)
{
    if (text.len <= WHOLE_DIGITS + 1 || text.len >= NUMBER_TEXT_BYTES ||
        text.data[WHOLE_DIGITS] != '.' || text.data[0] == '0') {
        return false;
    }
    for (size_t i = 0; i < text.len; i++) {
        if (i != WHOLE_DIGITS && (text.data[i] < '0' || text.data[i] > '9')) {
            return false;
        }
    }
    return true;
}

void load_id_seen(LoadIdClock *clock, Str load_id)
{
    double seconds = 0;
    if (load_id_is_valid(load_id) && number_parse_double(load_id, &seconds) &&
        ceil(seconds * MICROS) > (double)clock->latest_us) {
        clock->latest_us = (int64_t)ceil(seconds * MICROS);
    }
}

Str load_id_next(LoadIdClock *clock, Arena *arena)
{
    int64_t now_us = clock_now_us();
    if (now_us <= clock->latest_us) {
        now_us = clock->latest_us + 1;
    }
    clock->latest_us = now_us;
    char text[NUMBER_TEXT_BYTES];
    size_t len = number_format_double((double)now_us / MICROS, text);
    return str_dup(arena, (Str){text, len});
}

int64_t load_id_time_us(Str load_id)
{
    double seconds = 0;
    if (!load_id_is_valid(load_id) || !number_parse_double(load_id, &seconds)) {
        return 0;
    }
    return llround(seconds * MICROS);
}
