/* transform/python/timezone.h - time zones by their names in the system's database
 * (/usr/share/zoneinfo, RFC 8536). A Timezone is immutable and lives until it is freed. */
#ifndef TRANSFORM_PYTHON_TIMEZONE_H
#define TRANSFORM_PYTHON_TIMEZONE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"

typedef struct Timezone Timezone;

/* What a zone's clocks show in a part of its history. */
typedef struct ZoneOffset {
    int32_t seconds; /* east of UTC */
    bool is_dst;
    Str abbreviation; /* "PST"; belongs to the zone */
} ZoneOffset;

void timezone_free(Timezone *zone);
/* ERR_NOT_FOUND when there is no such zone; ERR_INPUT when its file cannot be read. "UTC" needs no
 * file. */
MUST_CHECK Error *timezone_read(Str name, Timezone **out);
/* One that is always so many seconds east of UTC: "UTC+02:00". */
Timezone *timezone_fixed(int32_t seconds);
DEFINE_AUTO_FREE(timezone, Timezone)

Str timezone_name(const Timezone *zone);
/* At a moment: seconds since 1970 UTC. */
ZoneOffset timezone_at_utc(const Timezone *zone, int64_t utc_s);
/* At a local time, counted as if it were UTC. Where clocks showed it twice, or never, the offset
 * without summer time unless `prefer_dst`. */
ZoneOffset timezone_at_local(const Timezone *zone, int64_t local_s, bool prefer_dst);
/* Before its first change, in whole minutes. */
ZoneOffset timezone_first(const Timezone *zone);

#endif
