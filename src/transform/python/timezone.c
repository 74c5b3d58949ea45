#include "transform/python/timezone.h"

#include "base/fs.h"
#include "base/limits.h"

/* Files have an old part of 32 bits and behind it one of 64, which is the one that is read. */

typedef struct Reader {
    const uint8_t *at;
    size_t left;
} Reader;

typedef struct Header {
    uint32_t utc_flags, wall_flags, leaps, changes, types, text_bytes;
} Header;

enum { ZONE_HEADER_BYTES = 44, ZONE_TYPE_BYTES = 6 };

struct Timezone {
    Arena *arena;
    Str name;
    size_t change_count;
    const int64_t *changes;     /* moments, ascending */
    const uint8_t *change_type; /* what begins with each */
    size_t type_count;          /* at least one */
    const ZoneOffset *types;
};

static const uint8_t *take(Reader *reader, size_t bytes)
{
    if (reader->left < bytes) {
        return NULL;
    }
    const uint8_t *start = reader->at;
    reader->at += bytes;
    reader->left -= bytes;
    return start;
}

static uint64_t big_endian(const uint8_t *at, size_t bytes)
{
    uint64_t value = 0;
    for (size_t i = 0; i < bytes; i++) {
        value = value << 8 | at[i];
    }
    return value;
}

static bool read_header(Reader *reader, Header *out)
{
    const uint8_t *at = take(reader, ZONE_HEADER_BYTES);
    if (at == NULL || memcmp(at, "TZif", 4) != 0 || at[4] < '2') {
        return false;
    }
    uint32_t *const fields[] = {&out->utc_flags, &out->wall_flags, &out->leaps,
                                &out->changes,   &out->types,      &out->text_bytes};
    for (size_t i = 0; i < ARRAY_LEN(fields); i++) {
        *fields[i] = (uint32_t)big_endian(at + 20 + 4 * i, 4);
    }
    return true;
}

static bool skip_old_part(Reader *reader)
{
    Header h;
    if (!read_header(reader, &h)) {
        return false;
    }
    uint64_t bytes = (uint64_t)h.changes * 5 + (uint64_t)h.types * ZONE_TYPE_BYTES + h.text_bytes +
                     (uint64_t)h.leaps * 8 + h.wall_flags + h.utc_flags;
    return take(reader, (size_t)bytes) != NULL;
}

static bool read_types(Timezone *zone, Reader *reader, const Header *h)
{
    const uint8_t *entries = take(reader, (size_t)h->types * ZONE_TYPE_BYTES);
    const uint8_t *texts = take(reader, h->text_bytes);
    if (entries == NULL || texts == NULL || h->types == 0) {
        return false;
    }
    ZoneOffset *types = ARENA_ARRAY(zone->arena, ZoneOffset, h->types);
    for (size_t i = 0; i < h->types; i++) {
        const uint8_t *entry = entries + i * ZONE_TYPE_BYTES;
        size_t start = entry[5];
        const uint8_t *end =
            start < h->text_bytes ? memchr(texts + start, 0, h->text_bytes - start) : NULL;
        if (end == NULL) {
            return false;
        }
        Str text = {(const char *)texts + start, (size_t)(end - texts) - start};
        types[i] = (ZoneOffset){.seconds = (int32_t)(uint32_t)big_endian(entry, 4),
                                .is_dst = entry[4] != 0,
                                .abbreviation = str_dup(zone->arena, text)};
    }
    zone->types = types;
    zone->type_count = h->types;
    return true;
}

static bool read_changes(Timezone *zone, Reader *reader, const Header *h)
{
    const uint8_t *times = take(reader, (size_t)h->changes * 8);
    const uint8_t *kinds = take(reader, h->changes);
    if (times == NULL || kinds == NULL || !read_types(zone, reader, h)) {
        return false;
    }
    int64_t *changes = ARENA_ARRAY(zone->arena, int64_t, h->changes);
    uint8_t *change_type = ARENA_ARRAY(zone->arena, uint8_t, h->changes);
    for (size_t i = 0; i < h->changes; i++) {
        changes[i] = (int64_t)big_endian(times + 8 * i, 8);
        change_type[i] = kinds[i];
        if (kinds[i] >= h->types || (i > 0 && changes[i] <= changes[i - 1])) {
            return false;
        }
    }
    zone->changes = changes;
    zone->change_type = change_type;
    zone->change_count = h->changes;
    return true;
}

static Error *read_zone(Timezone *zone)
{
    Str content,
        path = str_printf(zone->arena, "/usr/share/zoneinfo/" STR_FMT, STR_ARG(zone->name));
    TRY(fs_read_file(zone->arena, path.data, LIMIT_CONFIG_BYTES, &content));
    Reader reader = {(const uint8_t *)content.data, content.len};
    Header header;
    if (!skip_old_part(&reader) || !read_header(&reader, &header) ||
        !read_changes(zone, &reader, &header)) {
        return error_new(ERR_INPUT, STR_FMT " is not a file of the time zone database",
                         STR_ARG(path));
    }
    return NULL;
}

/* "Europe/Berlin", not "../../etc/passwd". */
static bool is_zone_name(Str name)
{
    for (size_t i = 0; i < name.len; i++) {
        char c = name.data[i];
        bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        if (!letter && (c == 0 || strchr("/_+-", c) == NULL)) {
            return false;
        }
    }
    return name.len > 0 && name.len <= LIMIT_NAME_BYTES && name.data[0] != '/';
}

Error *timezone_read(Str name, Timezone **out)
{
    if (str_eq_nocase(name, STR("UTC"))) {
        *out = timezone_fixed(0);
        return NULL;
    }
    if (!is_zone_name(name)) {
        return error_new(ERR_NOT_FOUND, "there is no time zone '" STR_FMT "'", STR_ARG(name));
    }
    Arena *arena = arena_new("timezone");
    Timezone *zone = ARENA_NEW(arena, Timezone);
    *zone = (Timezone){.arena = arena, .name = str_dup(arena, name)};
    Error *err = read_zone(zone);
    if (err != NULL) {
        arena_free(arena);
        return err;
    }
    *out = zone;
    return NULL;
}

Timezone *timezone_fixed(int32_t seconds)
{
    Arena *arena = arena_new("timezone");
    Timezone *zone = ARENA_NEW(arena, Timezone);
    ZoneOffset *offset = ARENA_NEW(arena, ZoneOffset);
    int32_t distance = seconds < 0 ? -seconds : seconds;
    Str name = seconds == 0 ? STR("UTC")
                            : str_printf(arena, "UTC%c%02d:%02d", seconds < 0 ? '-' : '+',
                                         distance / 3600, distance / 60 % 60);
    *offset = (ZoneOffset){.seconds = seconds, .abbreviation = name};
    *zone = (Timezone){.arena = arena, .name = name, .types = offset, .type_count = 1};
    return zone;
}

void timezone_free(Timezone *zone)
{
    if (zone != NULL) {
        arena_free(zone->arena);
    }
}

Str timezone_name(const Timezone *zone)
{
    return zone->name;
}

static ZoneOffset first_offset(const Timezone *zone)
{
    return zone->types[0];
}

ZoneOffset timezone_first(const Timezone *zone)
{
    ZoneOffset first = first_offset(zone);
    int32_t half = first.seconds < 0 ? -30 : 30;
    first.seconds = (first.seconds + half) / 60 * 60;
    return first;
}

ZoneOffset timezone_at_utc(const Timezone *zone, int64_t utc_s)
{
    size_t low = 0, high = zone->change_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;
        if (zone->changes[middle] <= utc_s) {
            low = middle + 1;
        } else {
            high = middle;
        }
    }
    return low == 0 ? first_offset(zone) : zone->types[zone->change_type[low - 1]];
}

ZoneOffset timezone_at_local(const Timezone *zone, int64_t local_s, bool prefer_dst)
{
    enum { DAY_S = 24 * 60 * 60 };
    ZoneOffset before = timezone_at_utc(zone, local_s - DAY_S);
    ZoneOffset after = timezone_at_utc(zone, local_s + DAY_S);
    bool before_fits = timezone_at_utc(zone, local_s - before.seconds).seconds == before.seconds;
    bool after_fits = timezone_at_utc(zone, local_s - after.seconds).seconds == after.seconds;
    if (before_fits != after_fits) {
        return before_fits ? before : after;
    }
    return before.is_dst == prefer_dst ? before : after;
}
