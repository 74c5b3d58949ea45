#include <stdlib.h>

#include "base/limits.h"
#include "transform/package/fetch.h"
#include "transform/python/text.h"
#include "value/json_reader.h"

/* The package index: api/v1/index.json lists packages, api/v1/<namespace>/<name>.json their
 * versions. */

#define HUB_URL "https://hub.getdbt.com/"

static Error *ask(PackageStore *store, Str path, const Value **out)
{
    const char *given = getenv("DBT_PACKAGE_HUB_URL");
    Str base = str_from(given != NULL && *given != 0 ? given : HUB_URL);
    bool slash = str_ends_with(base, STR("/"));
    Str url = str_printf(store->arena, STR_FMT "%sapi/v1/" STR_FMT ".json", STR_ARG(base),
                         slash ? "" : "/", STR_ARG(path));
    Str content;
    TRY(package_download(store, url, LIMIT_INDEX_BYTES, &content));
    ReadOptions options = {.path = url};
    return json_read(store->arena, content, &options, out);
}

static Error *check_listed(PackageStore *store, Str package)
{
    const Value *index = NULL;
    TRY(ask(store, STR("index"), &index));
    for (VALUE_EACH(name, index)) {
        if (str_eq(value_text_or(name, (Str){0}), package)) {
            return NULL;
        }
    }
    return error_new(ERR_NOT_FOUND, "Package " STR_FMT " was not found in the package index",
                     STR_ARG(package));
}

/* The names of the conditions, or of the versions, as Python lists them. */
static Str listed(Arena *arena, const PackageVersionVec *versions, size_t skip)
{
    ValueVec texts = {0};
    for (VEC_EACH(const PackageVersion, version, versions)) {
        Str text = package_version_text(arena, version);
        VEC_PUSH(arena, &texts, value_string(str_from_offset(text, skip)));
    }
    Value list = value_list_of(&texts);
    StrBuf out = strbuf_init(arena, LIMIT_ERROR_BYTES);
    python_repr(&list, &out);
    return strbuf_str(&out);
}

static int compare_versions(const void *a, const void *b)
{
    return package_version_compare(a, b);
}

/* Versions that may be installed, the oldest first. */
static PackageVersionVec installable(Arena *arena, const Value *versions, const PackageSpec *spec)
{
    bool prereleases = spec->prereleases;
    for (VEC_EACH(const PackageVersion, wanted, &spec->versions)) {
        prereleases = prereleases || wanted->prerelease.len > 0;
    }
    PackageVersionVec found = {0};
    for (VALUE_EACH_ENTRY(entry, versions)) {
        PackageVersion version;
        Error *err = package_version_parse(value_text_or(&entry->key, (Str){0}), &version);
        if (err != NULL) {
            error_discard(err, "a version that is none cannot be asked for");
        } else if (prereleases || version.prerelease.len == 0) {
            VEC_PUSH(arena, &found, version);
        }
    }
    if (found.len > 0) {
        qsort(found.data, found.len, sizeof(PackageVersion), compare_versions);
    }
    return found;
}

static Error *no_version(Arena *arena, const PackageSpec *spec, const PackageVersionVec *found)
{
    StrBuf range = strbuf_init(arena, LIMIT_ERROR_BYTES);
    const PackageVersionVec *wanted = &spec->versions;
    for (VEC_EACH(const PackageVersion, version, wanted)) {
        Str text = package_version_text(arena, version);
        strbuf_printf(&range, "%s" STR_FMT, version == wanted->data ? "" : ", ", STR_ARG(text));
    }
    if (wanted->len == 1 && wanted->data[0].matcher == VERSION_EQUAL) { /* from it and up to it */
        Str text = package_version_text(arena, &wanted->data[0]);
        strbuf_printf(&range, ", " STR_FMT, STR_ARG(text));
    }
    Str versions = listed(arena, found, 1);
    return error_new(ERR_NOT_FOUND,
                     "Could not find a matching compatible version for package " STR_FMT "\n"
                     "  Requested range: " STR_FMT "\n"
                     "  Compatible versions: " STR_FMT "\n\n"
                     "  Not shown: package versions incompatible with installed version of "
                     "dbt-core\n"
                     "  To include them, run 'dbt --no-version-check deps'",
                     STR_ARG(spec->source), STR_ARG(strbuf_str(&range)), STR_ARG(versions));
}

Error *package_hub_pin(PackageStore *store, const PackageSpec *spec, PackagePin *out)
{
    Arena *arena = store->arena;
    const Value *package = NULL;
    TRY(check_listed(store, spec->source));
    if (!package_versions_possible(&spec->versions)) {
        Str options = listed(arena, &spec->versions, 0);
        return error_new(ERR_CONFIG,
                         "Version error for package " STR_FMT
                         ": Could not find a satisfactory version from options: " STR_FMT,
                         STR_ARG(spec->source), STR_ARG(options));
    }
    TRY(ask(store, spec->source, &package));
    const Value *versions = value_find(package, STR("versions"));
    PackageVersionVec found = installable(arena, versions, spec);
    const PackageVersion *chosen = NULL;
    for (VEC_EACH(const PackageVersion, version, &found)) {
        chosen = package_version_fits(version, &spec->versions) ? version : chosen;
    }
    if (chosen == NULL) {
        return no_version(arena, spec, &found);
    }
    out->revision = str_from_offset(package_version_text(arena, chosen), 1);
    const Value *version = value_find(versions, out->revision);
    out->name = value_text_or(value_find(version, STR("name")),
                              value_text_or(value_find(package, STR("name")), (Str){0}));
    const ProjectFileDef *project = &store->session->projects.data[0];
    return package_list_read(arena, project, value_find(version, STR("packages")), &out->requires);
}

Error *package_hub_archive(PackageStore *store, Str package, Str version, Str *out_latest,
                           Str *out_url)
{
    const Value *found = NULL;
    TRY(ask(store, package, &found));
    PackageSpec any = {0};
    PackageVersionVec versions =
        installable(store->arena, value_find(found, STR("versions")), &any);
    *out_latest = versions.len > 0
                      ? str_from_offset(
                            package_version_text(store->arena, &versions.data[versions.len - 1]), 1)
                      : version;
    const Value *entry = value_find(value_find(found, STR("versions")), version);
    const Value *downloads = value_find(entry, STR("downloads"));
    *out_url = value_text_or(value_find(downloads, STR("tarball")), (Str){0});
    if (out_url->len == 0) {
        return error_new(ERR_NOT_FOUND, "the package index has no archive of " STR_FMT " " STR_FMT,
                         STR_ARG(package), STR_ARG(version));
    }
    return NULL;
}
