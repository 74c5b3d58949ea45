/* ingest/normalise/timestamp_text.h - texts that are moments or days, as dlt's `iso_timestamp`
 * detector and its conversions see them (pendulum's parser). Stricter and wider than ISO 8601 at
 * once:
 *
 *     2024-01-02T03:04:05.123+02:00   20240102 0304   2024-W01-2T03   2024/01/02 3:04
 *
 * Nothing may stand around them; fractions count to six digits. Thread-safe. */
#ifndef INGEST_NORMALISE_TIMESTAMP_TEXT_H
#define INGEST_NORMALISE_TIMESTAMP_TEXT_H

#include "base/datetime.h"

/* A day with a time of day; what only looks like one, such as a thirteenth month, is none. */
bool timestamp_text_parse(Str text, DateTime *out);
/* A day alone: a month or a week stands for its first day, a year for its first of January. */
bool day_text_parse(Str text, DateTime *out);
/* A time of day alone: "10:20", "10:20:30.5". */
bool time_text_parse(Str text, DateTime *out);

#endif
