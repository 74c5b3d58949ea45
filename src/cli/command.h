/* cli/command.h - the command line as data. Each command is one file in cli/command/ that exports a
 * const CommandDef; commands.c lists them. The parser, --help, shell completion, suggestions and
 * docs/cli.md are all made from these tables. Everything here is constant and lives as long as the
 * program. */
#ifndef CLI_COMMAND_H
#define CLI_COMMAND_H

#include <stdbool.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/str.h"
#include "base/vec.h"

typedef struct App App;
typedef struct Invocation Invocation;

typedef enum FlagKind {
    FLAG_SWITCH,   /* --yes; --no-yes turns it off where `negatable` */
    FLAG_TEXT,     /* --since D; the last one counts */
    FLAG_LIST,     /* --source NAME, repeatable, each a comma list */
    FLAG_REPEATED, /* --set key=value, repeatable, taken as they are */
    FLAG_WORDS,    /* --select A B C: all words up to the next option; repeatable */
    FLAG_INT,      /* --limit N: a whole number from `min` on */
    FLAG_OPTIONAL, /* --wait [SECONDS]: the value may be left out */
} FlagKind;

typedef struct FlagDef {
    const char *name; /* without the dashes */
    char letter;      /* 'f' for -f; 0 = none */
    FlagKind kind;
    const char *value; /* how help shows the value: "NAME" */
    const char *help;
    const char *const *choices; /* allowed values, ends with NULL; NULL = any */
    const char *alias; /* other spellings of the same option, with blanks between; or NULL */
    char alias_letter; /* another letter; 0 = none */
    int64_t min;       /* FLAG_INT: the smallest value allowed */
    bool negatable;
    bool hidden; /* accepted for compatibility, not shown */
} FlagDef;

/* What a command wants before it runs. */
typedef enum CommandNeeds {
    NEEDS_PROJECT = 1 << 0, /* as dango, fails outside a project of ours; dbt's need none */
    NEEDS_ENGINE = 1 << 1,  /* as dango, it is done by the engine that the project has chosen */
} CommandNeeds;

typedef enum Program {
    PROGRAM_DANGO = 1 << 0,
    PROGRAM_DBT = 1 << 1, /* also reached as "dango dbt ..." */
    PROGRAM_DLT = 1 << 2, /* also reached as "dango dlt ..." */
} Program;

typedef enum ArgsKind {
    ARGS_NONE,
    ARGS_OPTIONAL_ONE,
    ARGS_ONE,
    ARGS_ANY,
    ARGS_SOME,
    ARGS_SELECTORS, /* any as dango; none as dbt, which takes selectors by --select only */
} ArgsKind;

/* What may be completed in place of a positional argument or a value named likewise. */
typedef struct CommandDef {
    const char *path;  /* "sync", "source list" */
    const char *alias; /* another name for it, which help does not show, or NULL */
    unsigned programs; /* Program flags */
    unsigned needs;    /* CommandNeeds flags */
    ArgsKind args_kind;
    const char *args;        /* how help shows the arguments: "[NAME ...]" */
    const char *summary;     /* one line, lower case, no full stop */
    const char *description; /* paragraphs, or NULL */
    const char *examples;    /* one per line: command, two blanks or more, what it does; the first
                              * word is shown as the program it was asked as */
    const FlagDef *flags;    /* ends with a NULL name */
    const FlagDef *shared;   /* further ones, which other commands have, too; or NULL */
    bool hidden;             /* not in help and completion */
    MUST_CHECK Error *(*run)(App *app, const Invocation *invocation);
} CommandDef;

/* All commands in the order help shows them; ends with NULL. */
extern const CommandDef *const commands[];
/* Options that every command takes, before or after its name; ends with a NULL name. */
extern const FlagDef global_flags[];

/* The command of that full path in that program, or NULL. */
const CommandDef *command_find(Program program, Str path);
/* True when commands of the program begin with `path` and a blank: "source". */
bool command_is_group(Program program, Str path);
/* The arguments as help of the program shows them; NULL for none. */
const char *command_args(Program program, const CommandDef *command);
const FlagDef *flag_find(const CommandDef *command, Str name);
/* That of any command of the program, for options in front of the command: dbt takes those that
 * many commands share there. */
const FlagDef *flag_find_early(Program program, Str name);
const FlagDef *flag_find_early_letter(Program program, char letter);
const FlagDef *flag_find_letter(const CommandDef *command, char letter);

/* What the user typed, after parsing. Made by invocation_parse, valid as long as its arena and
 * argv. */
typedef struct FlagValue {
    const FlagDef *flag;
    Str text;
    Str spelled; /* the word it was given by */
    bool on;     /* FLAG_SWITCH: not negated; FLAG_OPTIONAL: always true */
    bool early;  /* it stood in front of the command */
} FlagValue;

struct Invocation {
    Arena *arena;
    Program program;
    const CommandDef *command; /* NULL when only a group or nothing was named */
    Str group;                 /* the words of a group without a command */
    StrVec args;
    VEC(FlagValue) values;
};

/* Parses argv[1..] for `program`. ERR_USAGE with the nearest name as a hint; the invocation is then
 * filled as far as it was understood, so that --help and --json still count. */
MUST_CHECK Error *invocation_parse(Program program, int argc, const char *const argv[],
                                   Arena *arena, Invocation *out);

/* Asking for an option that the command does not declare is a bug in the caller. */
bool invocation_has(const Invocation *invocation, const char *flag);
bool invocation_switch(const Invocation *invocation, const char *flag);
/* The value or an empty Str with NULL data. */
Str invocation_text(const Invocation *invocation, const char *flag);
int64_t invocation_int(const Invocation *invocation, const char *flag, int64_t otherwise);
/* All values in order; FLAG_LIST values are split at commas and trimmed. */
StrVec invocation_list(const Invocation *invocation, const char *name, Arena *arena);

#endif
