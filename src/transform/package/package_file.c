#include "transform/package/package_file.h"

#include <stdlib.h>

#include "base/digest.h"
#include "base/fs.h"
#include "base/limits.h"
#include "transform/parse/yaml_render.h"
#include "transform/python/text.h"
#include "transform/session.h"
#include "value/json_writer.h"
#include "value/yaml_writer.h"

static const char *const kind_keys[] = {
#define X(name, key) [PACKAGE_##name] = (key),
    PACKAGE_KINDS(X)
#undef X
};

const char *package_kind_key(PackageKind kind)
{
    return kind_keys[kind];
}

/* ---- One entry ---- */

/* The file that is named goes behind the indented text, so it is put together here. */
static Error *malformed(Arena *arena, const ProjectFileDef *project, Str reason)
{
    Str file = fs_join(arena, project->root, STR("dbt_project.yml"));
    Error *err =
        error_new(ERR_CONFIG,
                  "Runtime Error\n"
                  "  The packages.yml file in this project is malformed. Please double check\n"
                  "  the contents of this file and fix any errors before retrying.\n  \n"
                  "  You can find more information on the syntax for this file here:\n"
                  "  https://docs.getdbt.com/docs/package-management\n  \n"
                  "  Validator Error:\n  " STR_FMT "\n  \n\nError encountered in " STR_FMT,
                  STR_ARG(reason), STR_ARG(file));
    return error_as(err, "dbt");
}

/* "{'foo': 1, 'unrendered': {'foo': 1}} is not valid under any of the given schemas" */
static Error *not_valid(Arena *arena, const ProjectFileDef *project, const Value *entry)
{
    ValueMapBuilder shown = value_map_begin(arena);
    value_map_put_all(&shown, entry);
    value_map_set(&shown, STR("unrendered"), *entry);
    Value whole = value_map_end(&shown);
    StrBuf text = strbuf_init(arena, LIMIT_ERROR_BYTES);
    python_repr(&whole, &text);
    strbuf_add_c(&text, " is not valid under any of the given schemas");
    return malformed(arena, project, strbuf_str(&text));
}

static bool kind_of(const Value *entry, PackageKind *out)
{
    for (size_t i = 0; i < ARRAY_LEN(kind_keys); i++) {
        if (value_is(value_find(entry, str_from(kind_keys[i])), VALUE_STRING)) {
            *out = (PackageKind)i;
            return true;
        }
    }
    return false;
}

static bool has_only_known_keys(const Value *entry, PackageKind kind)
{
    static const char *const known[][6] = {
        [PACKAGE_LOCAL] = {"local", "name"},
        [PACKAGE_GIT] = {"git", "revision", "subdirectory", "warn-unpinned", "warn_unpinned",
                         "name"},
        [PACKAGE_HUB] = {"package", "version", "install-prerelease", "install_prerelease", "name"},
        [PACKAGE_TARBALL] = {"tarball", "name", "subdirectory"},
    };
    for (VALUE_EACH_ENTRY(it, entry)) {
        bool found = false;
        for (size_t i = 0; i < ARRAY_LEN(known[kind]); i++) {
            found = found || (known[kind][i] != NULL &&
                              str_is(value_text_or(&it->key, (Str){0}), known[kind][i]));
        }
        if (!found) {
            return false;
        }
    }
    return true;
}

static bool switch_of(const Value *entry, const char *key, const char *other, bool fallback)
{
    const Value *found = value_find(entry, str_from(key));
    found = found != NULL ? found : value_find(entry, str_from(other));
    return value_is(found, VALUE_BOOL) ? found->as.boolean : fallback;
}

/* "1.0.0", [">=1.0.0", "<2.0.0"] or ">=1.0.0,<2.0.0". */
static Error *read_versions(Arena *arena, const Value *version, PackageSpec *out)
{
    if (value_is(version, VALUE_LIST)) {
        for (VALUE_EACH(item, version)) {
            VEC_PUSH(arena, &out->version_texts, python_str(item, arena));
        }
    } else if (!value_is_null(version)) {
        Str piece;
        for (Str rest = python_str(version, arena); str_next_piece(&rest, ',', &piece);) {
            VEC_PUSH(arena, &out->version_texts, str_trim(piece));
        }
    }
    for (VEC_EACH(const Str, text, &out->version_texts)) {
        PackageVersion parsed;
        TRY(package_version_parse(*text, &parsed));
        VEC_PUSH(arena, &out->versions, parsed);
    }
    return NULL;
}

static Error *read_entry(Arena *arena, const ProjectFileDef *project, const Value *entry,
                         PackageSpec *out)
{
    PackageSpec spec = {.entry = entry};
    if (!kind_of(entry, &spec.kind) || !has_only_known_keys(entry, spec.kind)) {
        return not_valid(arena, project, entry);
    }
    spec.source = value_text_or(value_find(entry, str_from(kind_keys[spec.kind])), (Str){0});
    const Value *revision = value_find(entry, STR("revision"));
    if (!value_is_null(revision)) {
        spec.revision = python_str(revision, arena);
    }
    spec.subdirectory = value_text_or(value_find(entry, STR("subdirectory")), (Str){0});
    spec.quiet_unpinned = !switch_of(entry, "warn-unpinned", "warn_unpinned", true);
    spec.prereleases = switch_of(entry, "install-prerelease", "install_prerelease", false);
    spec.name = value_text_or(value_find(entry, STR("name")), (Str){0});
    TRY(read_versions(arena, value_find(entry, STR("version")), &spec));
    if (spec.kind == PACKAGE_HUB && str_find_char(spec.source, '/') == SIZE_MAX) {
        return malformed(
            arena, project,
            str_printf(arena,
                       STR_FMT " was not found in the package index. Packages on the index require "
                               "a namespace, e.g dbt-labs/dbt_utils",
                       STR_ARG(spec.source)));
    }
    *out = spec;
    return NULL;
}

static Error *read_list(Arena *arena, const ProjectFileDef *project, const Value *list,
                        const Value *unrendered, PackageSpecVec *out)
{
    for (size_t i = 0; value_at(list, i) != NULL; i++) {
        PackageSpec spec;
        TRY(read_entry(arena, project, value_at(list, i), &spec));
        spec.unrendered = value_at(unrendered, i);
        VEC_PUSH(arena, out, spec);
    }
    return NULL;
}

Error *package_list_read(Arena *arena, const ProjectFileDef *project, const Value *list,
                         PackageSpecVec *out)
{
    return read_list(arena, project, list, list, out);
}

/* ---- Files ---- */

/* packages.yml is rendered, dependencies.yml is not: it is for programs other than dbt, too. */
Error *package_file_read(Arena *arena, const ProjectFileDef *project, YamlRenderer *renderer,
                         PackageSpecVec *out)
{
    static const struct {
        const char *name;
        bool rendered;
    } files[] = {{PACKAGE_FILE, true}, {"dependencies.yml", false}};
    for (size_t i = 0; i < ARRAY_LEN(files); i++) {
        Str path = fs_join(arena, project->root, str_from(files[i].name));
        const Value *raw = NULL;
        if (!fs_is_file(path.data)) {
            continue;
        }
        TRY(yaml_load(arena, path, str_from(files[i].name), &raw));
        Value *document = ARENA_NEW(arena, Value);
        *document = raw != NULL ? *raw : value_null();
        if (files[i].rendered && raw != NULL) {
            TRY(yaml_render(renderer, raw, NULL, document));
        }
        const Value *list = value_find(document, STR("packages"));
        if (files[i].rendered || list != NULL) {
            const Value *unrendered = value_find(raw, STR("packages"));
            return read_list(arena, project, list, unrendered, out);
        }
    }
    return package_list_read(arena, project, value_find(project->file, STR("packages")), out);
}

Error *package_lock_read(Arena *arena, Str root, bool *out_found, Str *out_hash,
                         PackageSpecVec *out)
{
    Str path = fs_join(arena, root, STR(PACKAGE_LOCK_FILE));
    const Value *document = NULL;
    *out_found = fs_is_file(path.data);
    *out_hash = (Str){0};
    if (!*out_found) {
        return NULL;
    }
    TRY(yaml_load(arena, path, STR(PACKAGE_LOCK_FILE), &document));
    *out_hash = value_text_or(value_find(document, STR("sha1_hash")), (Str){0});
    ProjectFileDef project = {.root = root};
    return package_list_read(arena, &project, value_find(document, STR("packages")), out);
}

/* ---- The hash of what is asked for ---- */

/* An entry with the defaults that dbt puts beside what is written. */
static Value with_defaults(Arena *arena, const PackageSpec *spec)
{
    ValueMapBuilder map = value_map_begin(arena);
    value_map_set(&map, STR("unrendered"), *spec->unrendered);
    if (spec->kind == PACKAGE_GIT) {
        static const char *const optional[] = {"revision", "subdirectory", "warn-unpinned"};
        for (size_t i = 0; i < ARRAY_LEN(optional); i++) {
            value_map_set(&map, str_from(optional[i]), value_null());
        }
    } else if (spec->kind == PACKAGE_HUB) {
        value_map_set(&map, STR("install_prerelease"), value_bool(spec->prereleases));
    }
    value_map_put_all(&map, spec->entry);
    return value_map_end(&map);
}

static int compare_texts(const void *a, const void *b)
{
    return str_compare(*(const Str *)a, *(const Str *)b);
}

Str package_specs_hash(Arena *arena, const PackageSpecVec *specs)
{
    JsonStyle style = json_style_python;
    style.sort_keys = true;
    StrVec texts = {0};
    for (VEC_EACH(const PackageSpec, spec, specs)) {
        Value whole = with_defaults(arena, spec);
        VEC_PUSH(arena, &texts, json_text(arena, &whole, &style));
    }
    if (texts.len > 0) {
        qsort(texts.data, texts.len, sizeof(Str), compare_texts);
    }
    return digest_sha1(arena, str_join(arena, texts.data, texts.len, STR("\n")));
}

/* ---- Writing ---- */

void package_entry_write(StrBuf *out, const Value *entry)
{
    const char *lead = "  - ";
    for (VALUE_EACH_ENTRY(it, entry)) {
        strbuf_add_c(out, lead);
        strbuf_add(out, value_text_or(&it->key, (Str){0}));
        strbuf_add_c(out, ":");
        lead = "    ";
        if (!value_is(&it->value, VALUE_LIST)) {
            Str text = yaml_scalar_text(out->arena, &it->value);
            strbuf_printf(out, " " STR_FMT "\n", STR_ARG(text));
            continue;
        }
        strbuf_add_char(out, '\n');
        for (VALUE_EACH(item, &it->value)) {
            Str text = yaml_scalar_text(out->arena, item);
            strbuf_printf(out, "      - " STR_FMT "\n", STR_ARG(text));
        }
    }
}

/* ---- Checks ---- */

Error *packages_check_installed(Arena *arena, const ProjectFileDef *project, YamlRenderer *renderer,
                                size_t installed)
{
    PackageSpecVec specs = {0};
    TRY(package_file_read(arena, project, renderer, &specs));
    if (specs.len <= installed) {
        return NULL;
    }
    Error *err = error_new(ERR_TEMPLATE,
                           "dbt found %zu package(s) specified in packages.yml, but only %zu "
                           "package(s) installed in " STR_FMT
                           ". Run \"dbt deps\" to install package dependencies.",
                           specs.len, installed, STR_ARG(project->packages_path));
    return error_as(err, "CompilationError");
}

Error *project_check_version(Arena *arena, const ProjectFileDef *project)
{
    const Value *required = value_find(project->file, STR("require-dbt-version"));
    PackageSpec wanted = {0};
    PackageVersion ours;
    TRY(read_versions(arena, required, &wanted));
    TRY(package_version_parse(STR(TRANSFORM_DBT_VERSION), &ours));
    if (package_version_fits(&ours, &wanted.versions)) {
        return NULL;
    }
    StrBuf list = strbuf_init(arena, LIMIT_ERROR_BYTES);
    ValueVec texts = {0};
    for (VEC_EACH(const PackageVersion, it, &wanted.versions)) {
        VEC_PUSH(arena, &texts, value_string(package_version_text(arena, it)));
    }
    Value shown = value_list_of(&texts);
    python_repr(&shown, &list);
    Str name = project->name;
    return error_new(ERR_CONFIG,
                     "This version of dbt is not supported with the '" STR_FMT "' package.\n"
                     "  Installed version of dbt: =" TRANSFORM_DBT_VERSION "\n"
                     "  Required version of dbt for '" STR_FMT "': " STR_FMT "\n"
                     "Check for a different version of the '" STR_FMT
                     "' package, or run dbt again with --no-version-check",
                     STR_ARG(name), STR_ARG(name), STR_ARG(strbuf_str(&list)), STR_ARG(name));
}
