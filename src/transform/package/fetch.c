#include "transform/package/fetch.h"

#include <errno.h>
#include <unistd.h>

#include "base/fs.h"
#include "base/limits.h"
#include "transform/parse/yaml_render.h"

/* ---- What a package in a directory says of itself ---- */

static Error *read_directory(PackageStore *store, Str directory, PackagePin *out)
{
    if (!fs_is_file(fs_join(store->arena, directory, STR("dbt_project.yml")).data)) {
        return error_new(ERR_NOT_FOUND,
                         "No dbt_project.yml found at expected path " STR_FMT "/dbt_project.yml\n"
                         "Verify that each entry within packages.yml (and their transitive "
                         "dependencies) contains a file named dbt_project.yml\n",
                         STR_ARG(directory));
    }
    ProjectFileDef project;
    TRY(project_file_raw(store->arena, directory, &project));
    out->name = project.name;
    out->directory = directory;
    return package_file_read(store->arena, &project, store->renderer, &out->requires);
}

static Error *local_directory(PackageStore *store, Str path, Str *out)
{
    Str joined = fs_join(store->arena, store->root, path);
    return fs_resolve(store->arena, joined.data, out);
}

static void warn_unpinned(PackageStore *store, const PackageSpec *spec)
{
    Str text = str_printf(
        store->arena,
        "WARNING: The git package \"" STR_FMT "\" \n\tis not pinned, using HEAD (default branch).\n"
        "\tThis can introduce breaking changes into your project without warning!\n\n"
        "See https://docs.getdbt.com/docs/package-management#section-specifying-package-versions",
        STR_ARG(spec->source));
    for (int i = 0; i < 2; i++) { /* as dbt does */
        report_text(store->session, LOG_INFO, "DepsUnpinned", text);
    }
}

static Error *pin_git(PackageStore *store, const PackageSpec *spec, PackagePin *out)
{
    static const char *const branches[] = {"HEAD", "main", "master"};
    bool pinned = spec->revision.len > 0;
    for (size_t i = 0; i < ARRAY_LEN(branches); i++) {
        pinned = pinned && !str_is(spec->revision, branches[i]);
    }
    if (!pinned && !spec->quiet_unpinned) {
        warn_unpinned(store, spec);
    }
    Str directory;
    TRY(package_clone(store, spec, &directory, &out->revision));
    return read_directory(store, directory, out);
}

Error *package_pin(PackageStore *store, const PackageSpec *spec, PackagePin *out)
{
    *out = (PackagePin){
        .kind = spec->kind, .source = spec->source, .subdirectory = spec->subdirectory};
    Str directory;
    switch (spec->kind) {
    case PACKAGE_LOCAL:
        TRY(local_directory(store, spec->source, &directory));
        return read_directory(store, directory, out);
    case PACKAGE_GIT:
        return pin_git(store, spec, out);
    case PACKAGE_HUB:
        return package_hub_pin(store, spec, out);
    case PACKAGE_TARBALL:
        TRY(package_unpack(store, spec->source, &directory));
        TRY(read_directory(store, directory, out));
        out->name = spec->name.len > 0 ? spec->name : out->name;
        return NULL;
    }
    return NULL;
}

/* ---- Installing ---- */

static void say(PackageStore *store, const char *event, Str text)
{
    report_text(store->session, LOG_INFO, event, text);
}

static Error *link_directory(Str target, Str place)
{
    if (symlink(target.data, place.data) != 0) {
        return error_from_errno("link to", target.data, errno);
    }
    return NULL;
}

/* Brings the package; *out_from is what the line about it says. */
static Error *bring(PackageStore *store, const PackageSpec *locked, Str place, Str *out_from,
                    Str *out_latest)
{
    Arena *arena = store->arena;
    Str directory, commit, url;
    switch (locked->kind) {
    case PACKAGE_LOCAL:
        TRY(local_directory(store, locked->source, &directory));
        *out_from = str_printf(arena, "<local @ " STR_FMT ">", STR_ARG(locked->source));
        return link_directory(directory, place);
    case PACKAGE_GIT:
        TRY(package_clone(store, locked, &directory, &commit));
        *out_from = str_printf(arena, "revision " STR_FMT, STR_ARG(commit));
        return fs_rename(directory.data, place.data);
    case PACKAGE_HUB:
        if (locked->version_texts.len != 1) {
            return error_new(ERR_CONFIG, PACKAGE_LOCK_FILE ": '" STR_FMT "' has no version",
                             STR_ARG(locked->source));
        }
        TRY(package_hub_archive(store, locked->source, locked->version_texts.data[0], out_latest,
                                &url));
        TRY(package_unpack(store, url, &directory));
        *out_from = str_printf(arena, "version " STR_FMT, STR_ARG(locked->version_texts.data[0]));
        return fs_rename(directory.data, place.data);
    case PACKAGE_TARBALL:
        TRY(package_unpack(store, locked->source, &directory));
        *out_from = str_printf(arena, "tarball (url: " STR_FMT ")", STR_ARG(locked->source));
        return fs_rename(directory.data, place.data);
    }
    return NULL;
}

/* The name becomes a directory beside the others, nowhere else. */
static Error *check_place(Str name)
{
    bool fine = name.len > 0 && name.len <= LIMIT_NAME_BYTES && name.data[0] != '.' &&
                str_find_char(name, '/') == SIZE_MAX;
    return fine ? NULL
                : error_new(ERR_CONFIG, PACKAGE_LOCK_FILE ": '" STR_FMT "' is no name of a package",
                            STR_ARG(name));
}

Error *package_install(PackageStore *store, const PackageSpec *locked)
{
    Arena *arena = store->arena;
    Str from = {0}, latest = {0};
    bool git_part = locked->kind == PACKAGE_GIT && locked->subdirectory.len > 0;
    TRY(check_place(locked->name));
    Str shown = locked->kind == PACKAGE_TARBALL ? locked->name
                : git_part ? fs_join(arena, locked->source, locked->subdirectory)
                           : locked->source;
    say(store, "DepsStartPackageInstall", str_printf(arena, "Installing " STR_FMT, STR_ARG(shown)));
    TRY(bring(store, locked, fs_join(arena, store->install, locked->name), &from, &latest));
    say(store, "DepsInstallInfo", str_printf(arena, "Installed from " STR_FMT, STR_ARG(from)));
    if (git_part) {
        say(store, "DepsListSubdirectory",
            str_printf(arena, "and subdirectory " STR_FMT, STR_ARG(locked->subdirectory)));
    }
    if (locked->kind == PACKAGE_HUB) {
        bool current = str_eq(latest, locked->version_texts.data[0]);
        say(store, current ? "DepsUpToDate" : "DepsUpdateAvailable",
            current ? STR("Up to date!")
                    : str_printf(arena, "Updated version available: " STR_FMT, STR_ARG(latest)));
        if (!current) {
            VEC_PUSH(arena, &store->outdated, locked->source);
        }
    }
    return NULL;
}
