#include "base/limits.h"
#include "base/thread.h"
#include "project/secret.h"
#include "value/env_reader.h"

enum { LEAST_BYTES = 4 };

/* The secrets, longest first, so that one which contains another is masked whole. */
struct Redactor {
    Arena *arena;
    Mutex *mutex;   /* the one thing of a const Redactor that changes */
    StrVec secrets; /* guarded by mutex */
};

static void release_mutex(void *mutex)
{
    mutex_done(mutex);
}

Redactor *redactor_new(Arena *arena)
{
    Redactor *redactor = ARENA_NEW(arena, Redactor);
    redactor->arena = arena;
    redactor->mutex = ARENA_NEW(arena, Mutex);
    mutex_init(redactor->mutex);
    arena_on_free(arena, release_mutex, redactor->mutex);
    return redactor;
}

static void insert(Redactor *redactor, Str secret)
{
    StrVec *secrets = &redactor->secrets;
    size_t at = 0;
    while (at < secrets->len && secrets->data[at].len >= secret.len) {
        if (str_eq(secrets->data[at], secret)) {
            return;
        }
        at++;
    }
    VEC_PUSH(redactor->arena, secrets, STR(""));
    memmove(&secrets->data[at + 1], &secrets->data[at], (secrets->len - 1 - at) * sizeof(Str));
    secrets->data[at] = str_dup(redactor->arena, secret);
}

void redactor_add(Redactor *redactor, Str secret)
{
    if (secret.len >= LEAST_BYTES) {
        mutex_lock(redactor->mutex);
        insert(redactor, secret);
        mutex_unlock(redactor->mutex);
    }
}

/* Every text below `value`. */
static void add_texts(Redactor *redactor, const Value *value)
{
    if (value_is(value, VALUE_STRING)) {
        redactor_add(redactor, value->as.text);
    }
    for (VALUE_EACH(it, value)) {
        add_texts(redactor, it);
    }
    for (VALUE_EACH_ENTRY(it, value)) {
        add_texts(redactor, &it->value);
    }
}

/* A variable that is a credential by its name: masking LOG_LEVEL=INFO would help nobody. */
static bool names_a_secret(Str name)
{
    static const Str parts[] = {STR_INIT("KEY"),     STR_INIT("TOKEN"), STR_INIT("SECRET"),
                                STR_INIT("PASS"),    STR_INIT("PWD"),   STR_INIT("AUTH"),
                                STR_INIT("PRIVATE"), STR_INIT("DSN"),   STR_INIT("CREDENTIAL"),
                                STR_INIT("CONN")};
    for (size_t i = 0; i < ARRAY_LEN(parts); i++) {
        if (str_contains(name, parts[i])) {
            return true;
        }
    }
    return false;
}

static void add_variable(Redactor *redactor, const Project *project, Str name)
{
    Secret secret;
    if (env_is_name(name) && project_find_variable(project, redactor->arena, name, &secret)) {
        redactor_add(redactor, secret_reveal(&secret));
    }
}

/* The variables that a source asks for: `<key>_env: NAME`, ${NAME} and env:NAME. */
static void add_variables_of(Redactor *redactor, const Project *project, const Value *value)
{
    if (value_is(value, VALUE_STRING)) {
        Str text = value->as.text;
        if (str_starts_with(text, STR("env:"))) {
            add_variable(redactor, project, str_from_offset(text, 4));
        }
        for (size_t at = 0; (at = str_find(text, STR("${"), at)) != SIZE_MAX; at += 2) {
            size_t end = str_find(text, STR("}"), at);
            add_variable(redactor, project,
                         end != SIZE_MAX ? str_slice(text, at + 2, end) : STR(""));
        }
    }
    for (VALUE_EACH(it, value)) {
        add_variables_of(redactor, project, it);
    }
    for (VALUE_EACH_ENTRY(it, value)) {
        if (str_ends_with(value_text_or(&it->key, STR("")), STR("_env"))) {
            add_variable(redactor, project, value_text_or(&it->value, STR("")));
        }
        add_variables_of(redactor, project, &it->value);
    }
}

void redactor_add_project(Redactor *redactor, const Project *project)
{
    add_texts(redactor, value_find(project->secrets, STR("sources")));
    add_texts(redactor, value_find(project->secrets, STR("destination")));
    for (VALUE_EACH_ENTRY(it, project->env)) {
        if (names_a_secret(str_upper_ascii(redactor->arena, it->key.as.text))) {
            redactor_add(redactor, it->value.as.text);
        }
    }
    for (VEC_EACH(const SourceConfig, source, &project->sources)) {
        add_variables_of(redactor, project, source->block);
    }
}

Str redactor_apply(Arena *arena, Str text, const void *redactor)
{
    const Redactor *masks = redactor;
    mutex_lock(masks->mutex);
    for (VEC_EACH(const Str, secret, &masks->secrets)) {
        if (str_contains(text, *secret)) {
            text = str_replace(arena, text, *secret, STR("*****"));
        }
    }
    mutex_unlock(masks->mutex);
    return text;
}
