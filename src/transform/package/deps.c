#include "transform/package/deps.h"

#include "base/fs.h"
#include "base/limits.h"
#include "transform/console/console.h"
#include "transform/context/context.h"
#include "transform/package/fetch.h"
#include "transform/parse/yaml_render.h"
#include "transform/python/text.h"
#include "transform/session_open.h"
#include "value/yaml_writer.h"

/* Warnings, too: dbt writes them as plain lines here. */
static void say(const PackageStore *store, const char *event, Str text)
{
    report_text(store->session, LOG_INFO, event, text);
}

/* ---- Deciding ---- */

/* Requests for one package, put together. */
typedef struct Request {
    PackageSpec spec;
    size_t pin; /* index of what was decided last; SIZE_MAX */
} Request;
typedef VEC(Request) RequestVec;

static bool same_package(const PackageSpec *a, const PackageSpec *b)
{
    return a->kind == b->kind && str_eq(a->source, b->source) &&
           str_eq(a->subdirectory, b->subdirectory);
}

static bool asks_for(const PackageSpec *spec, const PackageVersion *wanted)
{
    for (VEC_EACH(const PackageVersion, version, &spec->versions)) {
        if (version->matcher == wanted->matcher && package_version_compare(version, wanted) == 0) {
            return true;
        }
    }
    return false;
}

/* *out_new false when nothing is asked for that was not before. */
static Error *merge_request(Arena *arena, const PackageSpec *spec, PackageSpec *into, bool *out_new)
{
    if (spec->kind == PACKAGE_GIT && !str_eq(spec->revision, into->revision)) {
        return error_new(ERR_CONFIG,
                         "git dependencies should contain exactly one version. " STR_FMT
                         " contains: ['" STR_FMT "', '" STR_FMT "']",
                         STR_ARG(spec->source), STR_ARG(into->revision), STR_ARG(spec->revision));
    }
    *out_new = spec->prereleases && !into->prereleases;
    for (VEC_EACH(const PackageVersion, version, &spec->versions)) {
        if (!asks_for(into, version)) {
            VEC_PUSH(arena, &into->versions, *version);
            *out_new = true;
        }
    }
    into->prereleases = into->prereleases || spec->prereleases;
    return NULL;
}

/* Adds a request; *out_index is that of its package. */
static Error *add_request(Arena *arena, const PackageSpec *spec, RequestVec *requests,
                          size_t *out_index, bool *out_new)
{
    for (size_t i = 0; i < requests->len; i++) {
        if (same_package(&requests->data[i].spec, spec)) {
            *out_index = i;
            return merge_request(arena, spec, &requests->data[i].spec, out_new);
        }
    }
    if (requests->len >= LIMIT_PACKAGES) {
        return error_new(ERR_LIMIT, "the project needs more than %d packages", LIMIT_PACKAGES);
    }
    Request request = {.spec = *spec, .pin = SIZE_MAX};
    *out_index = requests->len;
    *out_new = true;
    VEC_PUSH(arena, requests, request);
    return NULL;
}

static Error *pin_request(PackageStore *store, Request *request, PackagePinVec *pins,
                          PackageSpecVec *out_next)
{
    PackagePin pin;
    TRY(package_pin(store, &request->spec, &pin));
    for (VEC_EACH(const PackageSpec, needed, &pin.requires)) {
        VEC_PUSH(store->arena, out_next, *needed);
    }
    if (request->pin == SIZE_MAX) {
        request->pin = pins->len;
        VEC_PUSH(store->arena, pins, pin);
    } else {
        pins->data[request->pin] = pin;
    }
    return NULL;
}

/* First all requests of a round, then what they come to. */
static Error *decide(PackageStore *store, const PackageSpecVec *wanted, RequestVec *requests,
                     PackagePinVec *pins, PackageSpecVec *out_next)
{
    VEC(size_t) changed = {0};
    for (VEC_EACH(const PackageSpec, spec, wanted)) {
        size_t at = 0;
        bool is_new = false;
        TRY(add_request(store->arena, spec, requests, &at, &is_new));
        if (is_new) {
            VEC_PUSH(store->arena, &changed, at);
        }
    }
    for (VEC_EACH(const size_t, at, &changed)) {
        TRY(pin_request(store, &requests->data[*at], pins, out_next));
    }
    return NULL;
}

static Error *check_names(const PackageStore *store, const PackagePinVec *pins)
{
    Str root = store->session->projects.data[0].name;
    for (size_t i = 0; i < pins->len; i++) {
        bool twice = str_eq(pins->data[i].name, root);
        for (size_t j = 0; j < i; j++) {
            twice = twice || str_eq(pins->data[i].name, pins->data[j].name);
        }
        if (twice) {
            return error_new(ERR_CONFIG,
                             "Found duplicate project \"" STR_FMT "\". This occurs when a "
                             "dependency has the same project name as some other dependency.",
                             STR_ARG(pins->data[i].name));
        }
    }
    return NULL;
}

static Error *resolve(PackageStore *store, const PackageSpecVec *specs, PackagePinVec *out)
{
    RequestVec requests = {0};
    for (PackageSpecVec wanted = *specs; wanted.len > 0;) {
        PackageSpecVec next = {0};
        TRY(decide(store, &wanted, &requests, out, &next));
        wanted = next;
    }
    return check_names(store, out);
}

/* ---- package-lock.yml ---- */

static void put_text(ValueMapBuilder *map, const char *key, Str text)
{
    if (text.len > 0) {
        value_map_set(map, str_from(key), value_string(text));
    }
}

/* Keys in their order. */
static Value lock_entry(Arena *arena, const PackagePin *pin)
{
    const char *kind = package_kind_key(pin->kind);
    ValueMapBuilder map = value_map_begin(arena);
    bool name_first = strcmp("name", kind) < 0;
    put_text(&map, name_first ? "name" : kind, name_first ? pin->name : pin->source);
    put_text(&map, name_first ? kind : "name", name_first ? pin->source : pin->name);
    if (pin->kind == PACKAGE_GIT) {
        put_text(&map, "revision", pin->revision);
        put_text(&map, "subdirectory", pin->subdirectory);
    }
    put_text(&map, "version", pin->kind == PACKAGE_HUB ? pin->revision : (Str){0});
    return value_map_end(&map);
}

static Error *write_lock(PackageStore *store, const PackagePinVec *pins, Str hash)
{
    StrBuf text = strbuf_init(store->arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&text, "packages:\n");
    for (VEC_EACH(const PackagePin, pin, pins)) {
        Value entry = lock_entry(store->arena, pin);
        package_entry_write(&text, &entry);
    }
    strbuf_printf(&text, "sha1_hash: " STR_FMT "\n", STR_ARG(hash));
    Str path = fs_join(store->arena, store->root, STR(PACKAGE_LOCK_FILE));
    say(store, "DepsLockUpdating",
        str_printf(store->arena, "Updating lock file in file path: " STR_FMT, STR_ARG(path)));
    return fs_write_file(path.data, strbuf_str(&text), 0644);
}

static void warn_none(const PackageStore *store)
{
    say(store, "DepsNoPackagesFound", STR("Warning: No packages were found in packages.yml"));
}

static Error *lock(PackageStore *store, const PackageSpecVec *specs, Str hash)
{
    if (specs->len == 0) {
        warn_none(store);
        return NULL;
    }
    PackagePinVec pins = {0};
    TRY(resolve(store, specs, &pins));
    return write_lock(store, &pins, hash);
}

/* ---- --add-package ---- */

/* What the words of --add-package ask for, as an entry of packages.yml. */
static Error *new_entry(Arena *arena, const DepsOptions *deps, Value *out_entry, Str *out_name,
                        Str *out_version)
{
    Str word = str_from(deps->add_package);
    Str source = deps->source != NULL ? str_from(deps->source) : STR("hub");
    size_t at = str_find_last(word, STR("@"));
    bool split = at != SIZE_MAX && at > 0;
    *out_name = split ? str_slice(word, 0, at) : word;
    *out_version = split ? str_from_offset(word, at + 1) : (Str){0};
    ValueMapBuilder map = value_map_begin(arena);
    if (str_is(source, "hub") && out_version->len == 0) {
        return error_new(ERR_USAGE,
                         "Version is required in --add-package when a package when source is hub");
    }
    put_text(&map, str_is(source, "hub") ? "package" : source.data, *out_name);
    if (str_is(source, "git")) {
        put_text(&map, "revision", *out_version);
    } else if (str_is(source, "hub") && str_find_char(*out_version, ',') != SIZE_MAX) {
        ValueVec conditions = {0};
        Str piece;
        for (Str rest = *out_version; str_next_piece(&rest, ',', &piece);) {
            VEC_PUSH(arena, &conditions, value_string(str_trim(piece)));
        }
        value_map_set(&map, STR("version"), value_list_of(&conditions));
    } else if (str_is(source, "hub")) {
        put_text(&map, "version", *out_version);
    }
    *out_entry = value_map_end(&map);
    return NULL;
}

/* The entries of the file, without those the new one takes the place of. */
static Error *kept_entries(PackageStore *store, Str path, Str name, StrBuf *out)
{
    const Value *document = NULL;
    if (!fs_is_file(path.data)) {
        say(store, "DepsCreatingPackagesFile", STR("Created " PACKAGE_FILE));
        return NULL;
    }
    TRY(yaml_load(store->arena, path, STR(PACKAGE_FILE), &document));
    const Value *list = value_find(document, STR("packages"));
    for (VALUE_EACH(entry, list)) {
        bool replaced = false;
        for (VALUE_EACH_ENTRY(it, entry)) {
            replaced = replaced || str_eq(value_text_or(&it->value, (Str){0}), name);
        }
        if (!replaced) {
            package_entry_write(out, entry);
            continue;
        }
        StrBuf text = strbuf_init(store->arena, LIMIT_ERROR_BYTES);
        strbuf_add_c(&text, "Found duplicate package in " PACKAGE_FILE ", removing: ");
        python_repr(entry, &text);
        say(store, "DepsFoundDuplicatePackage", strbuf_str(&text));
    }
    return NULL;
}

static Error *add_package(PackageStore *store, const DepsOptions *deps)
{
    Arena *arena = store->arena;
    Value entry;
    Str name, version, path = fs_join(arena, store->root, STR(PACKAGE_FILE));
    TRY(new_entry(arena, deps, &entry, &name, &version));
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&text, "packages:\n");
    TRY(kept_entries(store, path, name, &text));
    package_entry_write(&text, &entry);
    TRY(fs_write_file(path.data, strbuf_str(&text), 0644));
    say(store, "DepsAddPackage",
        str_printf(arena, "Added new package " STR_FMT "@" STR_FMT " to " STR_FMT, STR_ARG(name),
                   STR_ARG(version), STR_ARG(path)));
    return NULL;
}

/* ---- Installing ---- */

static void tell_outdated(PackageStore *store)
{
    if (store->outdated.len == 0) {
        return;
    }
    ValueVec names = {0};
    for (VEC_EACH(const Str, name, &store->outdated)) {
        VEC_PUSH(store->arena, &names, value_string(*name));
    }
    Value list = value_list_of(&names);
    StrBuf text = strbuf_init(store->arena, LIMIT_CONFIG_BYTES);
    strbuf_add_c(&text, "\nUpdates available for packages: ");
    python_repr(&list, &text);
    strbuf_add_c(&text, "                 \n"
                        "Update your versions in packages.yml, then run dbt deps");
    say(store, "DepsNotifyUpdatesAvailable", strbuf_str(&text));
}

static Error *install(PackageStore *store)
{
    bool found = false;
    Str hash;
    PackageSpecVec locked = {0};
    TRY(package_lock_read(store->arena, store->root, &found, &hash, &locked));
    if (locked.len == 0) {
        warn_none(store);
        return NULL;
    }
    TRY(fs_remove_tree(store->install.data));
    TRY(fs_make_directory(store->install.data));
    for (VEC_EACH(const PackageSpec, spec, &locked)) {
        TRY(package_install(store, spec));
    }
    tell_outdated(store);
    return NULL;
}

/* ---- The command ---- */

static Error *run_deps(PackageStore *store, const DepsOptions *deps)
{
    if (deps->add_package != NULL) {
        TRY(add_package(store, deps));
    }
    PackageSpecVec specs = {0}, locked = {0};
    TRY(package_file_read(store->arena, &store->session->projects.data[0], store->renderer,
                          &specs));
    Str before, hash = package_specs_hash(store->arena, &specs);
    bool found = false;
    TRY(package_lock_read(store->arena, store->root, &found, &before, &locked));
    if (!found || deps->upgrade || !str_eq(before, hash)) {
        TRY(lock(store, &specs, hash));
    }
    return deps->lock_only ? NULL : install(store);
}

/* The work lies beside the packages, so that what is brought can be moved into place. */
static Error *deps_in_work(Session *session, const DepsOptions *deps)
{
    const ProjectFileDef *root = &session->projects.data[0];
    AUTO_FREE(jinja_state) JinjaState *state = jinja_state_new(session->env, session->shared);
    Context ctx = {.session = session, .phase = PHASE_YAML, .arena = session->arena};
    YamlRenderer renderer = {.state = state, .context = &ctx};
    Str target = fs_join(session->arena, root->root, session->target_path);
    PackageStore store = {.session = session,
                          .arena = session->arena,
                          .renderer = &renderer,
                          .root = root->root,
                          .install = fs_join(session->arena, root->root, root->packages_path),
                          .work = fs_join(session->arena, target, STR("deps"))};
    TRY(fs_remove_tree(store.work.data));
    TRY(fs_make_directory(store.work.data));
    Error *err = run_deps(&store, deps);
    return error_first(err, fs_remove_tree(store.work.data));
}

Error *transform_deps(const TransformOptions *options, const DepsOptions *deps, Reporter *reporter)
{
    AUTO_FREE(session) Session *session = NULL;
    TRY(session_open(options, reporter, "deps", &session));
    console_version(session);
    return deps_in_work(session, deps);
}
