#include "base/log.h"

#include <string.h>

#include "base/clock.h"
#include "base/limits.h"
#include "base/unicode.h"

static const char *const level_names[] = {"debug", "info", "warning", "error", "off"};

/* Written once by log_setup before threads start, read-only afterwards. */
static LogSettings settings = {.level = LOG_WARNING};

void log_setup(const LogSettings *wanted)
{
    settings = *wanted;
}

bool log_enabled(LogLevel level)
{
    return level >= settings.level && settings.level != LOG_OFF;
}

bool log_level_parse(Str text, LogLevel *out_level)
{
    for (size_t i = 0; i < ARRAY_LEN(level_names); i++) {
        if (str_eq_nocase(text, str_from(level_names[i]))) {
            *out_level = (LogLevel)i;
            return true;
        }
    }
    if (str_eq_nocase(text, STR("critical"))) {
        *out_level = LOG_ERROR;
        return true;
    }
    return false;
}

/* JSON must be valid UTF-8, which a path in a message need not be. */
static void add_json_text(StrBuf *line, Str text)
{
    for (size_t at = 0; at < text.len;) {
        uint32_t c = utf8_next(text, &at);
        if (c == '"' || c == '\\') {
            strbuf_add_char(line, '\\');
        }
        if (c < 0x20) {
            strbuf_printf(line, "\\u%04x", c);
        } else {
            utf8_add(line, c);
        }
    }
}

static void add_line(StrBuf *line, LogLevel level, Str message)
{
    Str time = clock_iso_utc(line->arena, clock_now_us());
    if (settings.json) {
        strbuf_printf(line, "{\"time\":\"" STR_FMT "\",\"level\":\"%s\",\"message\":\"",
                      STR_ARG(time), level_names[level]);
        add_json_text(line, message);
        strbuf_add_c(line, "\"}\n");
        return;
    }
    strbuf_printf(line, STR_FMT " %s ", STR_ARG(time), level_names[level]);
    for (size_t i = 0; i < message.len; i++) {
        unsigned char c = (unsigned char)message.data[i];
        strbuf_add_char(line, c < 0x20 || c == 0x7F ? ' ' : (char)c); /* one line, no escapes */
    }
    strbuf_add_char(line, '\n');
}

/* The message, or its beginning and a mark: never nothing because it is long. */
PRINTF_LIKE(2, 0) static Str format_message(Arena *arena, const char *format, va_list args)
{
    enum { LONGEST = 16 * LIMIT_ERROR_BYTES };
    char *text = arena_alloc_raw(arena, LONGEST + sizeof(" ..."));
    int needed = vsnprintf(text, LONGEST, format, args);
    if (needed < 0) {
        return str_from(format);
    }
    if (needed >= LONGEST) {
        memcpy(text + LONGEST - 1, " ...", sizeof(" ..."));
    }
    return str_from(text);
}

void log_message(LogLevel level, const char *format, ...)
{
    if (!log_enabled(level)) {
        return;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("log line");
    va_list args;
    va_start(args, format);
    Str text = format_message(arena, format, args);
    va_end(args);
    if (settings.redact != NULL) {
        text = settings.redact(arena, text, settings.redact_context);
    }
    StrBuf line =
        strbuf_init(arena, 6 * text.len + LIMIT_ERROR_BYTES); /* a control character takes six */
    add_line(&line, level, text);
    FILE *out = settings.out != NULL ? settings.out : stderr;
    (void)fwrite(line.data, 1, line.len, out); /* one call, so that lines of threads do not mix */
    (void)fflush(out);
}
