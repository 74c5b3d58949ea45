/* transform/package/package_file.h - which packages a project asks for: packages.yml,
 * dependencies.yml or `packages` of dbt_project.yml; and package-lock.yml, which says what they
 * were resolved to. All lives in the arena it is read into. */
#ifndef TRANSFORM_PACKAGE_PACKAGE_FILE_H
#define TRANSFORM_PACKAGE_PACKAGE_FILE_H

#include "transform/package/version.h"
#include "transform/parse/project_file.h"

#define PACKAGE_LOCK_FILE "package-lock.yml"
#define PACKAGE_FILE "packages.yml"

/* Where a package comes from, and the key that says so. */
#define PACKAGE_KINDS(X) \
    X(LOCAL, "local") \
    X(GIT, "git") \
    X(HUB, "package") \
    X(TARBALL, "tarball")

typedef enum PackageKind {
#define X(name, key) PACKAGE_##name,
    PACKAGE_KINDS(X)
#undef X
} PackageKind;

typedef struct PackageSpec {
    PackageKind kind;
    Str source;   /* a path, a URL, "namespace/name" */
    Str revision; /* GIT; empty: the default branch */
    Str subdirectory;
    bool quiet_unpinned; /* warn-unpinned: false */
    bool prereleases;    /* HUB: may be installed */
    PackageVersionVec versions;
    StrVec version_texts;    /* as written */
    Str name;                /* of the project; from the lock, and of tarballs */
    const Value *entry;      /* of the list, rendered */
    const Value *unrendered; /* as written */
} PackageSpec;
typedef VEC(PackageSpec) PackageSpecVec;

const char *package_kind_key(PackageKind kind);
/* Errors as dbt tells them, ERR_CONFIG. */
MUST_CHECK Error *package_file_read(Arena *arena, const ProjectFileDef *project,
                                    YamlRenderer *renderer, PackageSpecVec *out);
/* The entries of a list of packages; `project` is told in errors. */
MUST_CHECK Error *package_list_read(Arena *arena, const ProjectFileDef *project, const Value *list,
                                    PackageSpecVec *out);
/* The lock; *out_found false when there is none. */
MUST_CHECK Error *package_lock_read(Arena *arena, Str root, bool *out_found, Str *out_hash,
                                    PackageSpecVec *out);
/* What stands in the lock for these requests, to see whether they have changed. */
Str package_specs_hash(Arena *arena, const PackageSpecVec *specs);
/* An entry of a list of packages in YAML, its keys as they come. */
void package_entry_write(StrBuf *out, const Value *entry);

/* Whether as many packages are installed (`roots`) as the project asks for. */
MUST_CHECK Error *packages_check_installed(Arena *arena, const ProjectFileDef *project,
                                           YamlRenderer *renderer, size_t installed);
/* require-dbt-version of a project. */
MUST_CHECK Error *project_check_version(Arena *arena, const ProjectFileDef *project);

#endif
