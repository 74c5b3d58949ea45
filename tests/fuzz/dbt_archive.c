#include "fuzz/dbt_archive.h"

#include <unistd.h>

#include "base/clock.h"
#include "base/fs.h"

enum { MAX_FILES = 24, SECONDS = 3 };

static bool is_inside(Str name)
{
    return name.len > 0 && name.len < 100 && name.data[0] != '/' &&
           !str_contains(name, STR("..")) && !str_contains(name, STR("//")) &&
           memchr(name.data, '\0', name.len) == NULL;
}

/* A project may read any directory; one that we test with must not. */
static bool reads_elsewhere(Str name, Str text)
{
    bool names_directories = str_contains(text, STR("-path")) || str_contains(text, STR("local"));
    return str_ends_with(name, STR(".yml")) && names_directories &&
           (str_contains(text, STR("..")) || str_contains(text, STR("/")) ||
            str_contains(text, STR("\\")));
}

static void add_file(Arena *arena, Archive *archive, Str name, Str text)
{
    VEC_PUSH(arena, &archive->names, name);
    VEC_PUSH(arena, &archive->texts, text);
}

static void split(Arena *arena, Str text, Archive *archive)
{
    Str line, name = {0};
    const char *begin = text.data;
    for (Str rest = text; archive->names.len < MAX_FILES && rest.len > 0;) {
        const char *before = rest.data;
        str_next_line(&rest, &line);
        if (str_starts_with(line, STR("=== "))) {
            if (name.len > 0) {
                add_file(arena, archive, name, (Str){begin, (size_t)(before - begin)});
            }
            name = str_from_offset(line, 4);
            begin = rest.len > 0 ? rest.data : line.data + line.len;
        }
    }
    if (name.len > 0 && begin < text.data + text.len) {
        add_file(arena, archive, name, (Str){begin, (size_t)(text.data + text.len - begin)});
    }
}

bool archive_unpack(Arena *arena, Str text, Archive *out)
{
    static const char *const roots[] = {"/dev/shm", "/tmp"};
    *out = (Archive){.directory =
                         str_printf(arena, "%s/dango_fuzz_%ld",
                                    roots[access(roots[0], W_OK) == 0 ? 0 : 1], (long)getpid())};
    split(arena, text, out);
    for (size_t i = 0; i < out->names.len; i++) {
        if (reads_elsewhere(out->names.data[i], out->texts.data[i])) {
            return false;
        }
    }
    archive_remove(out);
    for (size_t i = 0; i < out->names.len; i++) {
        if (is_inside(out->names.data[i])) {
            Str path = fs_join(arena, out->directory, out->names.data[i]);
            error_discard(fs_put_file_deep(str_to_c(arena, path), out->texts.data[i], 0644),
                          "a file where another one needs a directory");
        }
    }
    return true;
}

void archive_remove(const Archive *archive)
{
    error_discard(fs_remove_tree(archive->directory.data), "what is left is overwritten");
}

Str archive_text(const Archive *archive, const char *name)
{
    for (size_t i = 0; i < archive->names.len; i++) {
        if (str_is(archive->names.data[i], name)) {
            return archive->texts.data[i];
        }
    }
    return (Str){0};
}

static void add_words(Arena *arena, Str text, StrVec *out)
{
    Str word;
    while (str_next_line(&text, &word)) {
        VEC_PUSH(arena, out, word);
    }
}

TransformOptions archive_options(Arena *arena, const Archive *archive, Cancel *cancel)
{
    atomic_store(&cancel->deadline_us, clock_monotonic_us() + SECONDS * INT64_C(1000000));
    const char *directory = archive->directory.data;
    TransformOptions options = {.project_dir = directory,
                                .profiles_dir = directory,
                                .target_path = "target",
                                .log_path = "logs",
                                .threads = 1,
                                .no_introspect = true,
                                .cancel = cancel};
    add_words(arena, archive_text(archive, "select"), &options.selection.select);
    add_words(arena, archive_text(archive, "exclude"), &options.selection.exclude);
    if (archive_text(archive, "manifest.json").len > 0) {
        options.state = directory;
    }
    return options;
}

static void ignore_event(void *context, const ReportEvent *event, Str line)
{
    (void)context, (void)event, (void)line;
}

static void ignore_text(void *context, Str text)
{
    (void)context, (void)text;
}

Reporter archive_reporter(void)
{
    return (Reporter){.style = REPORT_DBT, .event = ignore_event, .print = ignore_text};
}
