#include "base/fs.h"
#include "base/limits.h"
#include "base/process.h"
#include "transform/package/fetch.h"

/* Everything that comes over a wire: by git, curl and tar, with the user's own settings for
 * proxies, certificates and keys. */

static Str new_place(PackageStore *store, const char *what)
{
    Str name = str_printf(store->arena, "%s%zu", what, store->next++);
    return fs_join(store->arena, store->work, name);
}

/* Runs a program; `out_failed` holds what it printed when it did not succeed. */
static Error *run_tool(PackageStore *store, const char *const argv[], Str *out_text,
                       bool *out_failed)
{
    ProcessResult result;
    Error *err =
        process_capture_both(store->arena, argv, NULL, LIMIT_TOOL_OUTPUT_BYTES, out_text, &result);
    if (err != NULL) {
        return error_hint(err, "packages need the programs git, curl and tar; install '%s'",
                          argv[0]);
    }
    *out_failed = result.signal != 0 || result.exit_code != 0;
    return NULL;
}

/* ---- Repositories ---- */

static Error *checkout_error(const PackageSpec *spec, Str revision, Str said)
{
    Error *err = error_new(ERR_NETWORK,
                           "Internal Error\n  Error checking out spec='" STR_FMT
                           "' for repo " STR_FMT "\n  " STR_FMT,
                           STR_ARG(revision.len > 0 ? revision : STR("None")),
                           STR_ARG(spec->source), STR_ARG(str_trim(said)));
    return error_as(err, "dbt");
}

/* A branch or tag came with the clone; any other commit has to be asked for. */
static Error *checkout(PackageStore *store, const PackageSpec *spec, const char *directory)
{
    Str said;
    bool failed = false;
    const char *revision = str_to_c(store->arena, spec->revision);
    if (*revision == '-') {
        return checkout_error(spec, spec->revision, STR("a revision does not begin with '-'"));
    }
    const char *const at_hand[] = {"git",     "-C",     directory, "checkout",
                                   "--quiet", revision, "--",      NULL};
    const char *const fetch[] = {"git",     "-C",     directory, "fetch",
                                 "--quiet", "origin", revision,  NULL};
    const char *const fetched[] = {"git",     "-C",         directory, "checkout",
                                   "--quiet", "FETCH_HEAD", "--",      NULL};
    TRY(run_tool(store, at_hand, &said, &failed));
    if (!failed) {
        return NULL;
    }
    TRY(run_tool(store, fetch, &said, &failed));
    if (!failed) {
        TRY(run_tool(store, fetched, &said, &failed));
    }
    return failed ? checkout_error(spec, spec->revision, said) : NULL;
}

Error *package_clone(PackageStore *store, const PackageSpec *spec, Str *out_directory,
                     Str *out_commit)
{
    Str said, place = new_place(store, "git");
    bool failed = false;
    bool whole = spec->revision.len > 0;
    const char *const argv[] = {"git",      "clone",
                                "--quiet",  whole ? "--no-single-branch" : "--depth=1",
                                "--",       str_to_c(store->arena, spec->source),
                                place.data, NULL};
    TRY(run_tool(store, argv, &said, &failed));
    if (failed) {
        return checkout_error(spec, (Str){0}, said);
    }
    if (whole) {
        TRY(checkout(store, spec, place.data));
    }
    const char *const ask[] = {"git", "-C", place.data, "rev-parse", "HEAD", NULL};
    TRY(run_tool(store, ask, &said, &failed));
    if (failed) {
        return checkout_error(spec, spec->revision, said);
    }
    *out_commit = str_trim(said);
    *out_directory = fs_join(store->arena, place, spec->subdirectory);
    return NULL;
}

/* ---- Files ---- */

static Error *download_to(PackageStore *store, Str url, Str path)
{
    Str said;
    bool failed = false;
    const char *const argv[] = {"curl",
                                "--fail",
                                "--silent",
                                "--show-error",
                                "--location",
                                "--proto",
                                "=http,https,file",
                                "--max-time",
                                "300",
                                "--output",
                                path.data,
                                "--url",
                                str_to_c(store->arena, url),
                                NULL};
    TRY(run_tool(store, argv, &said, &failed));
    if (!failed) {
        return NULL;
    }
    return error_hint(error_new(ERR_NETWORK, "cannot download " STR_FMT ": " STR_FMT, STR_ARG(url),
                                STR_ARG(str_trim(said))),
                      "where the package index cannot be reached, name a copy of it in "
                      "DBT_PACKAGE_HUB_URL: an address, or a directory as file:///path/");
}

Error *package_download(PackageStore *store, Str url, size_t limit, Str *out_content)
{
    Str path = new_place(store, "file");
    TRY(download_to(store, url, path));
    return fs_read_file(store->arena, path.data, limit, out_content);
}

Error *package_unpack(PackageStore *store, Str url, Str *out_directory)
{
    Str said, path = new_place(store, "archive"), place = new_place(store, "unpacked");
    bool failed = false;
    TRY(download_to(store, url, path));
    TRY(fs_make_directory(place.data));
    const char *const argv[] = {"tar", "-xzf", path.data, "-C", place.data, NULL};
    TRY(run_tool(store, argv, &said, &failed));
    if (failed) {
        return error_new(ERR_INPUT, STR_FMT " is no archive of a package: " STR_FMT, STR_ARG(url),
                         STR_ARG(str_trim(said)));
    }
    FsEntryVec entries = {0};
    TRY(fs_walk(store->arena, place.data, FS_WALK_DIRECTORIES, &entries));
    for (VEC_EACH(FsEntry, entry, &entries)) {
        if (fs_is_file(fs_join(store->arena, entry->path, STR("dbt_project.yml")).data)) {
            *out_directory = entry->path;
            return NULL;
        }
    }
    return error_new(ERR_INPUT, STR_FMT " holds no dbt_project.yml", STR_ARG(url));
}
