/* project/secret.h - settings that may be credentials: where each comes from, and how to keep it
 * out of everything that is shown. They are looked up in this order: .dlt/secrets.toml, .env, the
 * environment (dango.md 3.5); config.toml and the entry itself come after, for what is no secret.
 * Every value found this way is remembered by the project's redactor and masked in all output from
 * then on. */
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
bool project_find_variable(const Project *project, Str name, Secret *out);
/* The key of a source from secrets.toml: [sources.<name>], then [sources.<type>]. A table is found
 * with project_find_secret_value(). */
bool project_find_secret(const Project *project, const SourceConfig *source, Str key, Secret *out);
/* The same, whatever it is: a text or a table such as [sources.x.credentials]; or NULL. */
const Value *project_find_secret_value(const Project *project, const SourceConfig *source, Str key);

/* The options of a source as its driver needs them. Merged from the entry's block, config.toml's
 * [sources.<name>] and secrets.toml; SOURCES__<NAME>__<KEY> of the environment comes before all;
 * keys that end in `_env` are replaced by the variable they name, `${VAR}` in texts and `env:VAR`
 * by its value. ERR_AUTH when a variable is missing: which, who asks for it, and where it was
 * looked for. */
MUST_CHECK Error *project_resolve_options(const Project *project, const SourceConfig *source,
                                          Arena *arena, const Value **out_options);
/* Where an option of that source came from, for a message about a refused credential: "'api_key'
 * from .dlt/secrets.toml:4:11"; empty when it stands in the entry itself. */
Str project_option_origin(const Project *project, const SourceConfig *source, Str key,
                          Arena *arena);

/* Every secret the project's files hold, and every variable that was used, as a list to mask. */
typedef struct Redactor Redactor;
Redactor *redactor_new(Arena *arena);
/* Texts shorter than four bytes are too common to be masked. Thread-safe. */
void redactor_add(Redactor *redactor, Str secret);
/* All that secrets.toml and .env hold. */
void redactor_add_project(Redactor *redactor, const Project *project);
/* `text` with each secret replaced by "*****"; the same slice when there is none. Fits
 * LogSettings.redact with the redactor as context. Thread-safe. */
Str redactor_apply(Arena *arena, Str text, const void *redactor);

#endif
