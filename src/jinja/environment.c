#include "jinja/environment.h"

#include "base/map.h"

/* The engine's own tables; those of the embedder follow. */
static const JBuiltin *const own_filters[] = {
    jinja_filters_text,  jinja_filters_lines, jinja_filters_list,   jinja_filters_select,
    jinja_filters_group, jinja_filters_value, jinja_filters_native, NULL};
static const JBuiltin *const own_tests[] = {jinja_tests, NULL};
static const JBuiltin *const own_globals[] = {jinja_globals, NULL};

static const struct {
    JType type;
    const JBuiltin *methods;
} method_tables[] = {
    {J_STR, jinja_str_methods},       {J_STR, jinja_str_searches},
    {J_STR, jinja_str_pieces},        {J_STR, jinja_str_formats},
    {J_STR, jinja_str_predicates},    {J_LIST, jinja_list_methods},
    {J_TUPLE, jinja_tuple_methods},   {J_RANGE, jinja_range_methods},
    {J_DICT, jinja_dict_methods},     {J_SET, jinja_set_methods},
    {J_VIEW, jinja_view_methods},     {J_INT, jinja_int_methods},
    {J_BOOL, jinja_int_methods},      {J_BIGINT, jinja_int_methods},
    {J_FLOAT, jinja_float_methods},   {J_LOOP, jinja_loop_methods},
    {J_CYCLER, jinja_cycler_methods},
};

/* A method by type and name; `row` NULL = free. */
typedef struct MethodSlot {
    const JBuiltin *row;
    Str name;
    uint32_t hash;
    JType type;
} MethodSlot;

enum { METHOD_SLOTS = 2048 }; /* a power of two, several times the number of methods */

struct JinjaEnv {
    Arena *arena;
    JHeap *heap; /* of the globals' values */
    JinjaOptions options;
    StrMap filters, tests;            /* const JBuiltin * */
    StrMap globals;                   /* JFunction * */
    MethodSlot methods[METHOD_SLOTS]; /* a hash table */
};

/* The map's values are not const; nobody writes through them. */
static void add(StrMap *map, const JBuiltin *builtin)
{
    union {
        const JBuiltin *row;
        void *value;
    } entry = {.row = builtin};
    strmap_set(map, str_from(builtin->name), entry.value);
}

static void add_table(StrMap *map, const JBuiltin *table)
{
    for (const JBuiltin *row = table; row->name != NULL; row++) {
        add(map, row);
    }
}

static void add_tables(StrMap *map, const JBuiltin *const *tables)
{
    for (; tables != NULL && *tables != NULL; tables++) {
        add_table(map, *tables);
    }
}

static void add_globals(JinjaEnv *env, const JBuiltin *const *tables)
{
    for (; tables != NULL && *tables != NULL; tables++) {
        for (const JBuiltin *row = *tables; row->name != NULL; row++) {
            JValue function = jfunction_new(env->heap, row, JMISSING);
            strmap_set(&env->globals, str_from(row->name), function.obj);
        }
    }
}

/* The slot of a method, or the free one where it would stand. */
static const MethodSlot *method_slot(const JinjaEnv *env, JType type, Str name, uint32_t hash)
{
    for (uint32_t at = hash + (uint32_t)type;; at++) {
        const MethodSlot *slot = &env->methods[at % METHOD_SLOTS];
        if (slot->row == NULL ||
            (slot->hash == hash && slot->type == type && str_eq(slot->name, name))) {
            return slot;
        }
    }
}

static void add_methods(JinjaEnv *env, JType type, const JBuiltin *table)
{
    for (const JBuiltin *row = table; row->name != NULL; row++) {
        Str name = str_from(row->name);
        uint32_t hash = jtext_hash(name);
        ptrdiff_t at = method_slot(env, type, name, hash) - env->methods;
        env->methods[at] = (MethodSlot){.row = row, .name = name, .hash = hash, .type = type};
    }
}

JinjaEnv *jinja_env_new(const JinjaOptions *options)
{
    Arena *arena = arena_new("jinja environment");
    JinjaEnv *env = ARENA_NEW(arena, JinjaEnv);
    *env = (JinjaEnv){.arena = arena,
                      .heap = jheap_new(JHEAP_IMMORTAL, NULL),
                      .options = *options,
                      .filters = strmap_init(arena),
                      .tests = strmap_init(arena),
                      .globals = strmap_init(arena)};
    add_tables(&env->filters, own_filters);
    add_tables(&env->filters, options->filters);
    add_tables(&env->tests, own_tests);
    add_tables(&env->tests, options->tests);
    add_globals(env, own_globals);
    add_globals(env, options->globals);
    for (size_t i = 0; i < ARRAY_LEN(method_tables); i++) {
        add_methods(env, method_tables[i].type, method_tables[i].methods);
    }
    return env;
}

void jinja_env_free(JinjaEnv *env)
{
    if (env != NULL) {
        jheap_free(env->heap);
        arena_free(env->arena);
    }
}

const JinjaOptions *jinja_env_options(const JinjaEnv *env)
{
    return &env->options;
}

const JBuiltin *jinja_env_filter(const JinjaEnv *env, Str name)
{
    return strmap_find(&env->filters, name);
}

const JBuiltin *jinja_env_test(const JinjaEnv *env, Str name)
{
    return strmap_find(&env->tests, name);
}

const JBuiltin *jinja_env_method(const JinjaEnv *env, JType type, JStr *name)
{
    return method_slot(env, type, jstr_str(name), jstr_hash(name))->row;
}

JValue jinja_env_global(const JinjaEnv *env, Str name)
{
    JObj *function = strmap_find(&env->globals, name);
    return function != NULL ? jobj(function) : JMISSING;
}
