#include "project/init.h"

#include <stdlib.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/embed.h"
#include "base/fs.h"
#include "base/limits.h"
#include "value/yaml_reader.h"

extern const EmbedFile dango_templates_files[];
extern const size_t dango_templates_count;

typedef enum Presence {
    FOR_ALL = 1 << INIT_ANALYTICS | 1 << INIT_ETL | 1 << INIT_MINIMAL,
    FOR_PEOPLE = 1 << INIT_ANALYTICS | 1 << INIT_ETL,
    FOR_MODELS = 1 << INIT_ANALYTICS | 1 << INIT_MINIMAL,
    FOR_ANALYTICS = 1 << INIT_ANALYTICS,
} Presence;

typedef struct InitFile {
    const char *path;     /* from the project's root; ends with / for an empty directory */
    const char *template; /* NULL for a directory */
    unsigned mode;
    Presence presence;
    bool renewed; /* by --force, after a backup */
} InitFile;

static const InitFile files[] = {
    {".dango/project.yml", "project.yml", 0644, FOR_ALL, true},
    {".dango/sources.yml", "sources.yml", 0644, FOR_ALL, false},
    {".dango/profiles.yml", "profiles.yml", 0644, FOR_ALL, false},
    {".dlt/config.toml", "config.toml", 0644, FOR_ALL, false},
    {".dlt/secrets.toml", "secrets.toml", 0600, FOR_ALL, false},
    {".env.example", "env.example", 0644, FOR_PEOPLE, false},
    {"data/uploads/", NULL, 0, FOR_ALL, false},
    {"dbt/dbt_project.yml", "dbt_project.yml", 0644, FOR_ALL, true},
    {"dbt/profiles.yml", "profiles.yml", 0644, FOR_ALL, false},
    {"dbt/packages.yml", "packages.yml", 0644, FOR_ALL, false},
    {"dbt/macros/get_custom_schema.sql", "get_custom_schema.sql", 0644, FOR_ALL, false},
    {"dbt/models/staging/", NULL, 0, FOR_ALL, false},
    {"dbt/models/intermediate/", NULL, 0, FOR_MODELS, false},
    {"dbt/models/marts/", NULL, 0, FOR_MODELS, false},
    {"dbt/models/marts/README.md", "marts_readme.md", 0644, FOR_ANALYTICS, false},
    {"dbt/seeds/", NULL, 0, FOR_PEOPLE, false},
    {"dbt/tests/", NULL, 0, FOR_PEOPLE, false},
    {"dbt/analyses/", NULL, 0, FOR_PEOPLE, false},
    {"custom_sources/__init__.py", "custom_sources.py", 0644, FOR_PEOPLE, false},
    {"custom_sources/README.md", "custom_sources.md", 0644, FOR_PEOPLE, false},
    {"README.md", "readme.md", 0644, FOR_PEOPLE, false},
    {"AGENTS.md", "agents.md", 0644, FOR_PEOPLE, false},
    {"CLAUDE.md", "agents.md", 0644, FOR_PEOPLE, false},
    {".pre-commit-config.yaml", "pre_commit.yaml", 0644, FOR_PEOPLE, false},
};

/* A file as it was before. */
typedef struct OldFile {
    Str path; /* absolute */
    bool existed;
    Str text;
    unsigned mode;
} OldFile;

/* One run of init: what to write, and what to put back if it fails. */
typedef struct Init {
    Arena *arena;
    const InitOptions *options;
    Str root;
    Str name;
    Str id;
    StrVec *created;         /* paths for the user */
    VEC(OldFile) old_files;  /* in the order written */
    StrVec made_directories; /* absolute, in the order made */
} Init;

Str init_name_of(Arena *arena, Str directory)
{
    char *name = str_to_c(arena, fs_base_name(directory));
    bool begins = true;
    for (char *at = name; *at != '\0'; at++) {
        *at = *at == '-' || *at == '_' ? ' ' : *at;
        if (begins && *at >= 'a' && *at <= 'z') {
            *at = (char)(*at - 'a' + 'A');
        }
        begins = *at == ' ';
    }
    return str_trim(str_from(name));
}

/* Lower case, everything that no identifier may hold to _. */
static Str dbt_name(Arena *arena, Str name)
{
    char *text = str_to_c(arena, str_lower_ascii(arena, name));
    for (char *at = text; *at != '\0'; at++) {
        bool plain = (*at >= 'a' && *at <= 'z') || (*at >= '0' && *at <= '9');
        *at = plain ? *at : '_';
    }
    return str_from(text);
}

/* dbt's own packages are called so; a project may not be. */
static bool is_reserved(Str dbt_name)
{
    return str_is(dbt_name, "dbt") || str_is(dbt_name, "dbt_duckdb");
}

Error *init_check_name(Str name)
{
    if (name.len == 0 || name.len > 100) {
        return error_new(ERR_USAGE, "a project's name has 1 to 100 characters");
    }
    if (name.data[0] >= '0' && name.data[0] <= '9') {
        return error_hint(
            error_new(ERR_USAGE, "the name '" STR_FMT "' begins with a digit", STR_ARG(name)),
            "dbt does not allow it; put a word first");
    }
    for (size_t i = 0; i < name.len; i++) {
        unsigned char c = (unsigned char)name.data[i];
        if (c < 0x20 || c == '"' || c == '\'' || c == '\\' || c == '/') {
            return error_new(
                ERR_USAGE, "the name '" STR_FMT "' has the character '%c', which no name may have",
                STR_ARG(name), c < 0x20 ? '?' : c);
        }
    }
    AUTO_FREE(arena) Arena *arena = arena_new("name");
    if (is_reserved(dbt_name(arena, name))) {
        return error_hint(error_new(ERR_USAGE,
                                    "the name '" STR_FMT "' is that of a package of dbt's own",
                                    STR_ARG(name)),
                          "add a word, or give another one with --name");
    }
    return NULL;
}

/* The id of the project that is there, which never changes; empty without one, or when --force is
 * to replace a file that nobody can read. */
static Str id_before(Arena *arena, Str root)
{
    Str path = fs_join(arena, root, STR(".dango/project.yml"));
    Str text;
    const Value *before = NULL;
    Error *err = fs_read_file(arena, path.data, LIMIT_CONFIG_BYTES, &text);
    if (err == NULL) {
        err = yaml_read(arena, text, NULL, &before);
    }
    error_discard(err, "the file is written anew");
    return value_text_or(value_find_path(before, STR("project.id")), STR(""));
}

static Str random_id(Arena *arena)
{
    unsigned char bytes[16] = {0};
    StrBuf text = strbuf_init(arena, 64);
    CHECK(getrandom(bytes, sizeof(bytes), 0) == (ssize_t)sizeof(bytes));
    for (size_t i = 0; i < sizeof(bytes); i++) {
        strbuf_printf(&text, "%02x", bytes[i]);
    }
    return strbuf_str(&text);
}

/* As YAML text: quoted, so that any name reads back as it is. */
static Str yaml_quoted(Arena *arena, Str text)
{
    return str_printf(arena, "'" STR_FMT "'",
                      STR_ARG(str_replace(arena, text, STR("'"), STR("''"))));
}

static Str fill_in(const Init *init, Str text)
{
    Arena *arena = init->arena;
    Str organization = init->options->organization;
    ClockParts now = clock_parts_utc(clock_now_us());
    const struct {
        Str mark;
        Str value;
    } marks[] = {
        {STR("name: @name@"),
         str_printf(arena, "name: " STR_FMT, STR_ARG(yaml_quoted(arena, init->name)))},
        {STR("@name@"), init->name},
        {STR("@dbt_name@"), dbt_name(arena, init->name)},
        {STR("@organization@"), yaml_quoted(arena, organization)},
        {STR("@organization_line@"),
         organization.len > 0 ? str_printf(arena, "By " STR_FMT ". ", STR_ARG(organization))
                              : STR("")},
        {STR("@id@"), init->id},
        {STR("@version@"), STR(DANGO_VERSION)},
        {STR("@created@"), str_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d", now.year, now.month,
                                      now.day, now.hour, now.minute, now.second)},
    };
    for (size_t i = 0; i < ARRAY_LEN(marks); i++) {
        text = str_replace(arena, text, marks[i].mark, marks[i].value);
    }
    return text;
}

static Str template_text(const char *name)
{
    for (size_t i = 0; i < dango_templates_count; i++) {
        if (str_is(str_from(name), dango_templates_files[i].path)) {
            return (Str){dango_templates_files[i].data, dango_templates_files[i].size};
        }
    }
    check_failed(__FILE__, __LINE__, "the template exists");
}

/* Makes a directory and remembers each part that was not there before. */
static Error *make_directory(Init *init, Str path)
{
    if (fs_is_directory(path.data)) {
        return NULL;
    }
    Str above = fs_directory_name(path);
    if (above.len < path.len) {
        TRY(make_directory(init, str_dup(init->arena, above)));
    }
    TRY(fs_make_directory(path.data));
    VEC_PUSH(init->arena, &init->made_directories, path);
    return NULL;
}

/* Writes a file and remembers what was there. */
static Error *write_file(Init *init, Str path, Str text, unsigned mode)
{
    FsInfo info;
    TRY(fs_info(path.data, &info));
    OldFile old = {.path = path, .existed = info.kind == FS_FILE, .mode = info.mode};
    if (old.existed) {
        TRY(fs_read_file(init->arena, path.data, LIMIT_CONFIG_BYTES, &old.text));
    }
    TRY(fs_write_file(path.data, text, mode));
    VEC_PUSH(init->arena, &init->old_files, old);
    return NULL;
}

static Error *back_up(Init *init, Str path)
{
    Str text;
    TRY(fs_read_file(init->arena, path.data, LIMIT_CONFIG_BYTES, &text));
    return write_file(init, str_printf(init->arena, STR_FMT ".bak", STR_ARG(path)), text, 0644);
}

static Error *write_one(Init *init, const InitFile *file)
{
    Str path = fs_join(init->arena, init->root, str_from(file->path));
    if (file->template == NULL) {
        return make_directory(init, str_dup(init->arena, str_slice(path, 0, path.len - 1)));
    }
    TRY(make_directory(init, str_dup(init->arena, fs_directory_name(path))));
    bool exists = fs_is_file(path.data);
    if (exists && !(file->renewed && init->options->force)) {
        return NULL;
    }
    if (exists) {
        TRY(back_up(init, path));
    }
    TRY(write_file(init, path, fill_in(init, template_text(file->template)), file->mode));
    VEC_PUSH(init->arena, init->created, str_from(file->path));
    return NULL;
}

/* The section is appended to what people have; a second run finds it there. */
static Error *write_gitignore(Init *init)
{
    Str path = fs_join(init->arena, init->root, STR(".gitignore"));
    Str section = template_text("gitignore"), before = STR("");
    bool exists = fs_is_file(path.data);
    if (exists) {
        TRY(fs_read_file(init->arena, path.data, LIMIT_CONFIG_BYTES, &before));
    }
    if (str_contains(before, STR("# Dango\n"))) {
        return NULL;
    }
    const char *between = before.len == 0 ? "" : str_ends_with(before, STR("\n")) ? "\n" : "\n\n";
    Str whole =
        str_printf(init->arena, STR_FMT "%s" STR_FMT, STR_ARG(before), between, STR_ARG(section));
    TRY(write_file(init, path, whole, 0644));
    VEC_PUSH(init->arena, init->created, STR(".gitignore"));
    return NULL;
}

static Error *write_all(Init *init)
{
    TRY(make_directory(init, init->root));
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        if ((files[i].presence & 1U << init->options->template) != 0) {
            TRY(write_one(init, &files[i]));
        }
    }
    TRY(write_gitignore(init));
    return init->options->finish != NULL ? init->options->finish(init->options->context) : NULL;
}

/* Latest first; a directory that meanwhile holds something else stays. */
static void undo(const Init *init)
{
    for (size_t i = init->old_files.len; i-- > 0;) {
        const OldFile *old = &init->old_files.data[i];
        Error *err = old->existed ? fs_write_file(old->path.data, old->text, old->mode)
                                  : fs_remove_file(old->path.data);
        error_discard(err, "the failure that led here is what the user needs to see");
    }
    for (size_t i = init->made_directories.len; i-- > 0;) {
        (void)rmdir(init->made_directories.data[i].data);
    }
}

Error *init_project(Arena *arena, const InitOptions *options, StrVec *out_created)
{
    Init init = {.arena = arena, .options = options, .created = out_created};
    TRY(fs_resolve(arena, options->directory, &init.root));
    init.name = options->name.len > 0 ? options->name : init_name_of(arena, init.root);
    TRY(init_check_name(init.name));
    init.id = id_before(arena, init.root);
    init.id = init.id.len > 0 ? init.id : random_id(arena);
    Str marker = fs_join(arena, init.root, STR(".dango/project.yml"));
    if (fs_is_file(marker.data) && !options->force) {
        return error_hint(
            error_new(ERR_CONFIG, "there is a project already at '" STR_FMT "'",
                      STR_ARG(init.root)),
            "--force writes its project.yml and dbt_project.yml anew, after a backup");
    }
    Error *err = write_all(&init);
    if (err != NULL) {
        undo(&init);
        out_created->len = 0;
    }
    return err;
}
