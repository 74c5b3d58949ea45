/* transform/package/fetch.h - packages from where they come from: a directory, a git repository, an
 * archive, the package index. git, curl and tar are the user's own programs. What is brought lies
 * in a directory of its own until it is installed. */
#ifndef TRANSFORM_PACKAGE_FETCH_H
#define TRANSFORM_PACKAGE_FETCH_H

#include "transform/package/package_file.h"
#include "transform/session.h"

/* A package that was decided on. */
typedef struct PackagePin {
    PackageKind kind;
    Str source;
    Str subdirectory;
    Str revision;            /* GIT: a commit; HUB: the version */
    Str latest;              /* HUB: the newest version there is */
    Str name;                /* of its project */
    Str directory;           /* where it lies until it is installed; empty: not brought yet */
    PackageSpecVec requires; /* what it needs itself */
} PackagePin;
typedef VEC(PackagePin) PackagePinVec;

typedef struct PackageStore {
    Session *session;
    Arena *arena;
    YamlRenderer *renderer;
    Str root;        /* of the project */
    Str install;     /* where packages are put */
    Str work;        /* where they lie before */
    size_t next;     /* number of the next directory there */
    StrVec outdated; /* names in the index of what there are newer versions of */
} PackageStore;

/* Decides on the version of a package and reads what it needs. `specs` are all requests for it, the
 * last one first of all in what is not about versions. */
MUST_CHECK Error *package_pin(PackageStore *store, const PackageSpec *spec, PackagePin *out);
/* Puts a package of the lock in place and tells where it came from. */
MUST_CHECK Error *package_install(PackageStore *store, const PackageSpec *locked);

/* ---- download.c ---- */

/* The content at a URL; ERR_NETWORK when it cannot be had. */
MUST_CHECK Error *package_download(PackageStore *store, Str url, size_t limit, Str *out_content);
/* Unpacks the archive at a URL; *out_directory is the directory in it that all files lie in. */
MUST_CHECK Error *package_unpack(PackageStore *store, Str url, Str *out_directory);
/* Clones a repository at a revision (empty: its default branch); *out_commit is what it is at. */
MUST_CHECK Error *package_clone(PackageStore *store, const PackageSpec *spec, Str *out_directory,
                                Str *out_commit);

/* ---- hub.c ---- */

/* Decides on a version by the package index. */
MUST_CHECK Error *package_hub_pin(PackageStore *store, const PackageSpec *spec, PackagePin *out);
/* The newest version of a package and the URL of the archive of the one asked for. */
MUST_CHECK Error *package_hub_archive(PackageStore *store, Str package, Str version,
                                      Str *out_latest, Str *out_url);

#endif
