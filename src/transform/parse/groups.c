#include "base/clock.h"
#include "base/limits.h"
#include "transform/parse/internal.h"

/* Groups, who may refer to what, and what is out of date. */

/* ---- Groups ---- */

/* dbt configures groups by the tree of models. */
static Error *configure_group(Parser *parser, Group *group)
{
    Arena *arena = parser->arena;
    StrVec fqn = {0};
    VEC_PUSH(arena, &fqn, group->package);
    Str piece;
    bool nested = str_find_char(group->path, '/') != SIZE_MAX;
    for (Str rest = fs_directory_name(group->path); nested && str_next_piece(&rest, '/', &piece);) {
        VEC_PUSH(arena, &fqn, piece);
    }
    VEC_PUSH(arena, &fqn, group->name);
    const Value *tree = project_file_tree(parser->project, STR("models"));
    const Value *config = config_of_tree(arena, tree, &fqn, config_merge);
    const Value *level = NULL;
    TRY(config_normalize(arena, value_find(group->entry, STR("config")), &level));
    group->config = config_merge(arena, config, level);
    return NULL;
}

Error *parse_group(Parser *parser, const ProjectFile *file, const Value *entry)
{
    Manifest *manifest = parser->session->manifest;
    Group *group = ARENA_NEW(parser->arena, Group);
    Str name = value_text_or(value_find(entry, STR("name")), (Str){0});
    const Value *owner = value_find(entry, STR("owner"));
    *group = (Group){.unique_id = parse_unique_id(parser, "group", name),
                     .name = name,
                     .package = parser->project->name,
                     .path = file->path,
                     .original_path = file->relative,
                     .entry = entry};
    TRY(configure_group(parser, group));
    if (value_is_null(value_find(owner, STR("name"))) &&
        value_is_null(value_find(owner, STR("email")))) {
        return error_as(value_error(ERR_CONFIG, entry,
                                    "Invalid groups config given in " STR_FMT " @ groups: '" STR_FMT
                                    "' - Group owner must have at least one of 'name' or 'email'.",
                                    STR_ARG(file->relative), STR_ARG(name)),
                        "ParsingError");
    }
    for (VEC_EACH(const GroupPtr, it, &manifest->groups)) {
        if (str_eq((*it)->unique_id, group->unique_id)) {
            return error_new(ERR_TEMPLATE,
                             "dbt found two groups with the name \"" STR_FMT "\".\n\n"
                             "Since these resources have the same name, dbt will be unable to find "
                             "the correct resource\nwhen looking for " STR_FMT ".\n\n"
                             "To fix this, change the name of one of these resources:\n"
                             "- " STR_FMT " (" STR_FMT ")\n- " STR_FMT " (" STR_FMT ")",
                             STR_ARG(name), STR_ARG(name), STR_ARG(group->unique_id),
                             STR_ARG((*it)->original_path), STR_ARG(group->unique_id),
                             STR_ARG(group->original_path));
        }
    }
    VEC_PUSH(parser->arena, &manifest->groups, group);
    return NULL;
}

static Error *check_group(const Manifest *manifest, const Node *node)
{
    Str wanted = node_group(node);
    AUTO_FREE(arena) Arena *arena = arena_new("groups");
    StrBuf known = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    bool found = wanted.len == 0;
    for (VEC_EACH(const GroupPtr, it, &manifest->groups)) {
        found = found || str_eq((*it)->name, wanted);
        strbuf_printf(&known, "%s'" STR_FMT "'", known.len > 0 ? ", " : "", STR_ARG((*it)->name));
    }
    if (found) {
        return NULL;
    }
    Error *err =
        error_new(ERR_CONFIG,
                  "Parsing Error in " STR_FMT "\n  Invalid group '" STR_FMT
                  "', expected one of [" STR_FMT "]",
                  STR_ARG(node_label(node, arena)), STR_ARG(wanted), STR_ARG(strbuf_str(&known)));
    return error_as(err, "dbt");
}

/* ---- Access ---- */

static Str node_access(const Node *node)
{
    return value_text_or(value_find(node->config, STR("access")), (Str){0});
}

Error *parse_check_access(const Node *node)
{
    static const char *const known[] = {"private", "protected", "public"};
    Str access = node_access(node);
    bool valid = false;
    for (size_t i = 0; i < ARRAY_LEN(known); i++) {
        valid = valid || str_is(access, known[i]);
    }
    bool hidden = node_is_ephemeral(node) && str_is(access, "public");
    if (valid && !hidden) {
        return NULL;
    }
    return error_as(error_new(ERR_CONFIG,
                              "Node " STR_FMT "%s has an invalid value (" STR_FMT
                              ") for the access field",
                              STR_ARG(node->unique_id),
                              hidden ? " with 'ephemeral' materialization" : "", STR_ARG(access)),
                    "ParsingError");
}

/* `restrict-access` of a package: only what is public may be read by others. */
static bool restricts_access(const Session *session, Str package)
{
    for (VEC_EACH(const ProjectFileDef, project, &session->projects)) {
        if (str_eq(project->name, package)) {
            const Value *on = value_find(project->file, STR("restrict-access"));
            return value_is(on, VALUE_BOOL) && on->as.boolean;
        }
    }
    return false;
}

static Error *refused_reference(const Node *node, const Node *parent, Str owner, const char *kind)
{
    return error_as(error_new(ERR_CONFIG,
                              "Node " STR_FMT " attempted to reference node " STR_FMT
                              ", which is not allowed because the referenced node is " STR_FMT
                              " to the '" STR_FMT "' %s.",
                              STR_ARG(node->unique_id), STR_ARG(parent->unique_id),
                              STR_ARG(node_access(parent)), STR_ARG(owner), kind),
                    "ParsingError");
}

static Error *check_references(const Session *session, const Node *node)
{
    for (VEC_EACH(const Str, id, &node->depends_on)) {
        const Node *parent = manifest_find(session->manifest, *id);
        if (parent == NULL || parent->type != RESOURCE_MODEL || node->type == RESOURCE_INLINE) {
            continue;
        }
        Str group = node_group(node);
        bool stranger = group.len == 0 || !str_eq(group, node_group(parent));
        if (stranger && str_is(node_access(parent), "private")) {
            return refused_reference(node, parent, node_group(parent), "group");
        }
        if (str_is(node_access(parent), "protected") && !str_eq(node->package, parent->package) &&
            restricts_access(session, parent->package)) {
            return refused_reference(node, parent, parent->package, "package");
        }
    }
    return NULL;
}

/* ---- Deprecation ---- */

Str parse_deprecation_date(Arena *arena, const Value *date)
{
    if (value_is(date, VALUE_STRING)) {
        return date->as.text;
    }
    if (!value_is(date, VALUE_DATE) && !value_is(date, VALUE_DATETIME)) {
        return (Str){0};
    }
    const DateTime *t = date->as.time;
    bool day = value_is(date, VALUE_DATE);
    return str_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d+00:00", t->year, t->month, t->day,
                      day ? 0 : t->hour, day ? 0 : t->minute, day ? 0 : t->second);
}

/* "orders", "orders.v2" */
static Str versioned_name(Arena *arena, const Node *node)
{
    return node_is_versioned(node) ? node_reference_name(arena, node) : node->name;
}

static Str now_text(Arena *arena)
{
    ClockParts t = clock_parts_utc(clock_now_us());
    return str_printf(arena, "%04d-%02d-%02dT%02d:%02d:%02d", t.year, t.month, t.day, t.hour,
                      t.minute, t.second);
}

static void warn_of_reference(const Session *session, Arena *arena, const Node *node,
                              const Node *parent, bool past)
{
    StrBuf text = strbuf_init(arena, LIMIT_CONFIG_BYTES);
    strbuf_printf(&text,
                  "While compiling '" STR_FMT "': Found a reference to " STR_FMT
                  ", which %s '" STR_FMT "'. ",
                  STR_ARG(node->name), STR_ARG(versioned_name(arena, parent)),
                  past ? "was deprecated on" : "is slated for deprecation on",
                  STR_ARG(parent->model->deprecation_date));
    if (node_is_versioned(parent) && !node_is_latest(parent)) {
        strbuf_printf(&text,
                      "A new version of '" STR_FMT "' is available. %s: {{ ref('" STR_FMT
                      "', '" STR_FMT "', v='" STR_FMT "') }}.",
                      STR_ARG(parent->name), past ? "Migrate now" : "Try it out",
                      STR_ARG(parent->package), STR_ARG(parent->name),
                      STR_ARG(node_version_text(arena, &parent->model->latest_version)));
    }
    report_text(session, LOG_WARNING, past ? "DeprecatedReference" : "UpcomingReferenceDeprecation",
                strbuf_str(&text));
}

static void warn_deprecated(const Session *session, const Node *node, Str now)
{
    AUTO_FREE(arena) Arena *arena = arena_new("deprecations");
    if (node->type != RESOURCE_MODEL) {
        return;
    }
    Str own = node->model != NULL ? node->model->deprecation_date : (Str){0};
    if (own.len > 0 && str_compare(own, now) < 0) {
        Str text = str_printf(arena,
                              "Model " STR_FMT " has passed its deprecation date of " STR_FMT
                              ". This model should be disabled or removed.",
                              STR_ARG(versioned_name(arena, node)), STR_ARG(own));
        report_text(session, LOG_WARNING, "DeprecatedModel", text);
    }
    for (VEC_EACH(const Str, id, &node->depends_on)) {
        const Node *parent = manifest_find(session->manifest, *id);
        if (parent != NULL && parent->model != NULL && parent->model->deprecation_date.len > 0) {
            warn_of_reference(session, arena, node, parent,
                              str_compare(parent->model->deprecation_date, now) < 0);
        }
    }
}

Error *parse_check_references(Session *session)
{
    const Manifest *manifest = session->manifest;
    AUTO_FREE(arena) Arena *arena = arena_new("references");
    Str now = now_text(arena);
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        TRY(check_references(session, *it));
    }
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        TRY(check_group(manifest, *it));
    }
    for (VEC_EACH(const NodePtr, it, &manifest->nodes)) {
        warn_deprecated(session, *it, now);
    }
    return NULL;
}
