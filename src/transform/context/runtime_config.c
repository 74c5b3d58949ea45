#include "transform/context/runtime_config.h"

#include "transform/context/context.h"
#include "transform/context/convert.h"

/* ---- Variables ---- */

static const ProjectFileDef *root_of(const Context *ctx)
{
    return session_project(ctx->session, ctx->session->manifest->root_package);
}

static JValue vars_dict(JinjaState *s)
{
    const ProjectFileDef *root = root_of(context_of(s));
    bool has_vars = root != NULL && root->vars != NULL;
    return has_vars ? convert_to_jinja(jinja_heap(s), root->vars)
                    : jdict_value(jdict_new(jinja_heap(s)));
}

static Error *vars_to_dict(JinjaState *s, const JCall *call, JValue *out)
{
    (void)call;
    *out = vars_dict(s);
    return NULL;
}

static const JBuiltin vars_methods[] = {
    {"to_dict", vars_to_dict, 1, 1, "self", JB_CONTEXT, NULL},
    {0},
};

static Error *vars_find(JinjaState *s, JStr *name, JValue *out)
{
    if (str_is(jstr_str(name), "vars")) {
        *out = vars_dict(s);
    }
    return NULL;
}

static const ObjectClass vars_class = {
    .name = "VarProvider", .methods = vars_methods, .find = vars_find};

/* ---- Projects ---- */

static void add_paths(JHeap *heap, JDict *dict, const ProjectFileDef *project)
{
    const struct {
        const char *name;
        const StrVec *paths;
    } all[] = {
        {"model_paths", &project->model_paths},       {"seed_paths", &project->seed_paths},
        {"test_paths", &project->test_paths},         {"macro_paths", &project->macro_paths},
        {"snapshot_paths", &project->snapshot_paths}, {"analysis_paths", &project->analysis_paths}};
    for (size_t i = 0; i < ARRAY_LEN(all); i++) {
        JList *list = jlist_new(heap, all[i].paths->len);
        for (VEC_EACH(const Str, path, all[i].paths)) {
            jlist_append(list, jstr_value(heap, *path));
        }
        jdict_set_text(heap, dict, str_from(all[i].name), jlist_value(list));
    }
}

/* The keys of dbt_project.yml as attributes: "model-paths" is model_paths. */
static JDict *project_dict(JinjaState *s, const ProjectFileDef *project)
{
    JHeap *heap = jinja_heap(s);
    JDict *dict = jdict_new(heap);
    for (VALUE_EACH_ENTRY(it, project->file)) {
        Str key =
            str_replace(jinja_scratch(s), value_text_or(&it->key, STR("")), STR("-"), STR("_"));
        jdict_set_text(heap, dict, key, convert_to_jinja(heap, &it->value));
    }
    add_paths(heap, dict, project);
    jdict_set_text(heap, dict, STR("project_name"), jstr_value(heap, project->name));
    jdict_set_text(heap, dict, STR("project_root"), jstr_value(heap, project->root));
    return dict;
}

/* By name, the project itself among them. */
static JValue dependencies(JinjaState *s, const Context *ctx)
{
    JDict *dict = jdict_new(jinja_heap(s));
    for (VEC_EACH(const ProjectFileDef, project, &ctx->session->projects)) {
        jdict_set_text(jinja_heap(s), dict, project->name, jdict_value(project_dict(s, project)));
    }
    return jdict_value(dict);
}

static JValue of_value(JinjaState *s, const Value *value)
{
    return value == NULL ? JNONE : convert_to_jinja(jinja_heap(s), value);
}

static Error *config_of_invocation(JinjaState *s, const Context *ctx, Str name, JValue *out)
{
    const Session *session = ctx->session;
    const Profile *profile = session->profile;
    if (str_is(name, "args")) {
        *out = of_value(s, session->flag_values);
    } else if (str_is(name, "cli_vars")) {
        *out = of_value(s, session->cli_vars);
    } else if (str_is(name, "vars")) {
        *out = object_new(jinja_heap(s), &vars_class);
    } else if (str_is(name, "dependencies")) {
        *out = dependencies(s, ctx);
    } else if (profile != NULL && str_is(name, "credentials")) {
        *out = of_value(s, profile->target_dict);
    } else if (profile != NULL && str_is(name, "profile_name")) {
        *out = jstr_value(jinja_heap(s), profile->name);
    } else if (profile != NULL && str_is(name, "target_name")) {
        *out = jstr_value(jinja_heap(s), profile->target);
    } else if (profile != NULL && str_is(name, "threads")) {
        *out = jint(profile->threads);
    }
    return NULL;
}

static Error *config_find(JinjaState *s, JStr *name, JValue *out)
{
    const Context *ctx = context_of(s);
    const ProjectFileDef *root = root_of(ctx);
    TRY(config_of_invocation(s, ctx, jstr_str(name), out));
    if (jis_absent(*out) && root != NULL) {
        *out = jdict_get_str(project_dict(s, root), name);
    }
    return NULL;
}

static const ObjectClass config_class = {.name = "RuntimeConfig", .find = config_find};

Error *runtime_config_find(JinjaState *s, JStr *name, JValue *out)
{
    if (str_is(jstr_str(name), "config")) {
        *out = object_new(jinja_heap(s), &config_class);
    }
    return NULL;
}
