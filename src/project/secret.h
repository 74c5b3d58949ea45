/* project/secret.h - settings that may be credentials: where each comes from, and how to keep it
 * out of everything that is shown. They are looked up in this order: .dlt/secrets.toml, .env, the
 * environment (dango.md 3.5); config.toml comes last, for what is no secret. Thread-safe. */
#ifndef PROJECT_SECRET_H
#define PROJECT_SECRET_H

#include "project/project.h"

/* A text that must not be shown. No formatter takes it: whoever hands it to a library asks for its
 * text by name, which is easy to find and to review. */
typedef struct Secret {
    Str hidden;
    Str origin; /* where it was found, for messages: ".env:3:9", "the environment" */
} Secret;

static inline Str secret_reveal(const Secret *secret)
{
    return secret->hidden;
}

/* The variable `name` from .env or the environment. False when neither has it. */
bool project_find_variable(const Project *project, Arena *arena, Str name, Secret *out);
/* A text of a source from secrets.toml: [sources.<name>], then the sections of its function and
 * module, then [sources.<type>]. */
bool project_find_secret(const Project *project, const SourceConfig *source, Arena *arena, Str key,
                         Secret *out);
/* The same, whatever it is: a text or a table such as [sources.x.credentials]; or NULL. */
const Value *project_find_secret_value(const Project *project, const SourceConfig *source, Str key);

/* The options of a source as its driver needs them. What the entry says comes first, then
 * secrets.toml, then config.toml's [sources.<name>]. A key that ends in `_env` is replaced by the
 * variable it names, unless secrets.toml has the key without; `${VAR}` in texts, and `env:VAR`
 * within function_kwargs, by the variable's value. SOURCES__<NAME>__<KEY> in .env or the
 * environment goes over everything. ERR_AUTH when a variable is missing: which, who asks for it,
 * where it was looked for. */
MUST_CHECK Error *project_resolve_options(const Project *project, const SourceConfig *source,
                                          Arena *arena, const Value **out_options);
/* Where an option of that source came from, for a message about a refused credential:
 * ".dlt/secrets.toml:4:11", "'API_KEY' in .env:2:9"; empty when the entry itself says it. */
Str project_option_origin(const Project *project, const SourceConfig *source, Str key,
                          Arena *arena);

/* Texts that are masked wherever something is shown. Lives in its arena; thread-safe. */
typedef struct Redactor Redactor;
Redactor *redactor_new(Arena *arena);
/* Texts shorter than four bytes are too common to be masked. */
void redactor_add(Redactor *redactor, Str secret);
/* All texts of secrets.toml, what .env has under a name like API_KEY, and every variable that a
 * source asks for. */
void redactor_add_project(Redactor *redactor, const Project *project);
/* `text` with each secret replaced by "*****"; the same slice when there is none. Fits
 * LogSettings.redact with the redactor as context. Thread-safe. */
Str redactor_apply(Arena *arena, Str text, const void *redactor);

#endif
