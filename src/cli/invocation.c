/* The parser of cli/command.h: words to a command, its arguments and options. */
#include "cli/command.h"

#include "base/number.h"
#include "cli/usage.h"

typedef struct Parser {
    Invocation *out;
    int argc;
    const char *const *argv;
    int at;
    Str spelled;     /* the option being read, as it was written */
    bool words_only; /* after "--" */
} Parser;

/* The allowed value meant, whatever the case of its letters; NULL for none. */
static const char *find_choice(const FlagDef *flag, Str value)
{
    for (const char *const *choice = flag->choices; choice != NULL && *choice != NULL; choice++) {
        if (str_eq_nocase(value, str_from(*choice))) {
            return *choice;
        }
    }
    return NULL;
}

static Error *add_value(Parser *parser, const FlagDef *flag, Str value)
{
    const char *choice = find_choice(flag, value);
    if (flag->choices != NULL && choice == NULL) {
        return usage_wrong_choice(parser->out, flag, value);
    }
    value = choice != NULL ? str_from(choice) : value;
    int64_t number = 0;
    if (flag->kind == FLAG_INT && (!number_parse_int64(value, &number) || number < flag->min)) {
        return usage_wrong_number(parser->out, flag, value);
    }
    VEC_PUSH(parser->out->arena, &parser->out->values,
             (FlagValue){.flag = flag,
                         .text = value,
                         .spelled = parser->spelled,
                         .on = true,
                         .early = parser->out->command == NULL});
    return NULL;
}

static bool next_is_word(const Parser *parser)
{
    if (parser->at >= parser->argc) {
        return false;
    }
    const char *next = parser->argv[parser->at];
    return next[0] != '-' || next[1] == '\0';
}

/* --wait [SECONDS]: the next word is its value only when it can be nothing else. */
static bool takes_next_as_optional(const Parser *parser, const FlagDef *flag)
{
    int64_t number = 0;
    Str next = next_is_word(parser) ? str_from(parser->argv[parser->at]) : STR("");
    return next.len > 0 && (flag->choices != NULL ? find_choice(flag, next) != NULL
                                                  : number_parse_int64(next, &number));
}

/* The words after the option, up to the next option. */
static Error *take_words(Parser *parser, const FlagDef *flag)
{
    if (!next_is_word(parser)) {
        return usage_no_value(parser->out, flag);
    }
    while (next_is_word(parser)) {
        TRY(add_value(parser, flag, str_from(parser->argv[parser->at++])));
    }
    return NULL;
}

static Error *take_value(Parser *parser, const FlagDef *flag)
{
    /* A negative number or a lone dash is a value; another option is not. */
    int64_t number = 0;
    bool there =
        parser->at < parser->argc &&
        (next_is_word(parser) || number_parse_int64(str_from(parser->argv[parser->at]), &number));
    if (!there) {
        return usage_no_value(parser->out, flag);
    }
    return add_value(parser, flag, str_from(parser->argv[parser->at++]));
}

static Error *take_flag(Parser *parser, const FlagDef *flag, const Str *attached, bool negated)
{
    Invocation *out = parser->out;
    switch (flag->kind) {
    case FLAG_SWITCH:
        if (attached != NULL) {
            return error_new(ERR_USAGE, "--%s takes no value", flag->name);
        }
        VEC_PUSH(out->arena, &out->values,
                 (FlagValue){.flag = flag, .on = !negated, .early = out->command == NULL});
        return NULL;
    case FLAG_OPTIONAL:
        if (attached == NULL && !takes_next_as_optional(parser, flag)) {
            VEC_PUSH(out->arena, &out->values,
                     (FlagValue){.flag = flag, .on = true, .early = out->command == NULL});
            return NULL;
        }
        break;
    case FLAG_WORDS:
        if (attached == NULL) {
            return take_words(parser, flag);
        }
        break;
    case FLAG_TEXT:
    case FLAG_LIST:
    case FLAG_REPEATED:
    case FLAG_INT:
        break;
    }
    return attached != NULL ? add_value(parser, flag, *attached) : take_value(parser, flag);
}

static const FlagDef *find_flag(const Invocation *out, Str name)
{
    const FlagDef *flag = flag_find(out->command, name);
    bool early = flag == NULL && out->command == NULL && out->group.len == 0;
    return early ? flag_find_early(out->program, name) : flag;
}

static Error *take_long(Parser *parser, Str word)
{
    parser->spelled = word;
    Str name = str_from_offset(word, 2), value = {NULL, 0};
    bool has_value = str_cut(name, '=', &name, &value);
    const FlagDef *flag = find_flag(parser->out, name);
    bool negated = false;
    if (flag == NULL && str_starts_with(name, STR("no-"))) {
        flag = find_flag(parser->out, str_from_offset(name, 3));
        negated = flag != NULL;
        flag = flag != NULL && flag->negatable ? flag : NULL;
    }
    if (flag == NULL) {
        return usage_unknown_flag(parser->out, has_value ? str_slice(word, 0, name.len + 2) : word);
    }
    return take_flag(parser, flag, has_value ? &value : NULL, negated);
}

/* What stood in front of the command was read as another command's: now it is this one's. */
static Error *settle_early_flags(Parser *parser)
{
    Invocation *out = parser->out;
    for (VEC_EACH(FlagValue, value, &out->values)) {
        const FlagDef *flag = flag_find(out->command, str_from(value->flag->name));
        if (flag == NULL) {
            return usage_unknown_flag(parser->out,
                                      str_printf(out->arena, "--%s", value->flag->name));
        }
        value->flag = flag;
    }
    return NULL;
}

static const FlagDef *find_letter(const Invocation *out, char letter)
{
    const FlagDef *flag = flag_find_letter(out->command, letter);
    bool early = flag == NULL && out->command == NULL && out->group.len == 0;
    return early ? flag_find_early_letter(out->program, letter) : flag;
}

/* -f, -fq, -sNAME, -s NAME. */
static Error *take_short(Parser *parser, Str word)
{
    parser->spelled = word;
    for (size_t i = 1; i < word.len; i++) {
        const FlagDef *flag = find_letter(parser->out, word.data[i]);
        if (flag == NULL) {
            return usage_unknown_flag(parser->out, word);
        }
        if (flag->kind == FLAG_SWITCH) {
            TRY(take_flag(parser, flag, NULL, false));
            continue;
        }
        Str rest = str_from_offset(word, i + 1);
        return take_flag(parser, flag, rest.len > 0 ? &rest : NULL, false);
    }
    return NULL;
}

/* Before the command is known: "dango dbt run" and "dango dlt pipeline" change the program. */
static bool switches_program(Invocation *out, Str word)
{
    if (out->program != PROGRAM_DANGO || out->group.len > 0) {
        return false;
    }
    if (str_is(word, "dbt") || str_is(word, "dlt")) {
        out->program = str_is(word, "dbt") ? PROGRAM_DBT : PROGRAM_DLT;
        return true;
    }
    return false;
}

static Error *take_word(Parser *parser, Str word)
{
    Invocation *out = parser->out;
    if (out->command != NULL) {
        VEC_PUSH(out->arena, &out->args, word);
        return NULL;
    }
    if (switches_program(out, word)) {
        return NULL;
    }
    Str path = out->group.len > 0
                   ? str_printf(out->arena, STR_FMT " " STR_FMT, STR_ARG(out->group), STR_ARG(word))
                   : word;
    out->command = command_find(out->program, path);
    if (out->command != NULL && !command_is_group(out->program, path)) {
        return NULL;
    }
    if (command_is_group(out->program, path)) {
        out->command = NULL;
        out->group = path;
        return NULL;
    }
    return usage_unknown_command(out, path);
}

static size_t most_args(const Invocation *out)
{
    switch (out->command->args_kind) {
    case ARGS_NONE:
        break;
    case ARGS_OPTIONAL_ONE:
    case ARGS_ONE:
        return 1;
    case ARGS_ANY:
    case ARGS_SOME:
        return SIZE_MAX;
    case ARGS_SELECTORS:
        return out->program == PROGRAM_DBT ? 0 : SIZE_MAX;
    }
    return 0;
}

static Error *check_args(const Invocation *out)
{
    const CommandDef *command = out->command;
    size_t count = out->args.len;
    size_t most = most_args(out);
    bool some = command->args_kind == ARGS_ONE || command->args_kind == ARGS_SOME;
    if (count > most) {
        return usage_extra_argument(out, out->args.data[most]);
    }
    if (some && count == 0) {
        return usage_missing_argument(out);
    }
    return NULL;
}

/* "dango source" is complete as a group; "dango snapshot" may be a command that is also a group. */
static void settle_group(Invocation *out)
{
    if (out->command == NULL && out->group.len > 0) {
        out->command = command_find(out->program, out->group);
    }
}

static Error *parse_all(Parser *parser)
{
    while (parser->at < parser->argc) {
        Str word = str_from(parser->argv[parser->at++]);
        bool dashed = !parser->words_only && word.len > 1 && word.data[0] == '-';
        if (dashed && str_is(word, "--")) {
            parser->words_only = true;
        } else if (dashed && word.data[1] == '-') {
            settle_group(parser->out);
            TRY(take_long(parser, word));
        } else if (dashed) {
            settle_group(parser->out);
            TRY(take_short(parser, word));
        } else {
            TRY(take_word(parser, word));
        }
    }
    settle_group(parser->out);
    return NULL;
}

Error *invocation_parse(Program program, int argc, const char *const argv[], Arena *arena,
                        Invocation *out)
{
    *out = (Invocation){.arena = arena, .program = program};
    Parser parser = {.out = out, .argc = argc, .argv = argv, .at = 1};
    TRY(parse_all(&parser));
    TRY(settle_early_flags(&parser));
    if (out->command != NULL && !invocation_switch(out, "help")) {
        TRY(check_args(out));
    }
    return NULL;
}

/* The last value given for the option, or NULL. */
static const FlagValue *last_value(const Invocation *invocation, const char *name)
{
    const FlagDef *flag = flag_find(invocation->command, str_from(name));
    CHECK(flag != NULL);
    for (size_t i = invocation->values.len; i-- > 0;) {
        if (invocation->values.data[i].flag == flag) {
            return &invocation->values.data[i];
        }
    }
    return NULL;
}

bool invocation_has(const Invocation *invocation, const char *flag)
{
    return last_value(invocation, flag) != NULL;
}

bool invocation_switch(const Invocation *invocation, const char *flag)
{
    const FlagValue *value = last_value(invocation, flag);
    return value != NULL && value->on;
}

Str invocation_text(const Invocation *invocation, const char *flag)
{
    const FlagValue *value = last_value(invocation, flag);
    return value != NULL ? value->text : (Str){NULL, 0};
}

int64_t invocation_int(const Invocation *invocation, const char *flag, int64_t otherwise)
{
    const FlagValue *value = last_value(invocation, flag);
    int64_t number = otherwise;
    if (value != NULL && !number_parse_int64(value->text, &number)) {
        return otherwise;
    }
    return number;
}

StrVec invocation_list(const Invocation *invocation, const char *name, Arena *arena)
{
    const FlagDef *flag = flag_find(invocation->command, str_from(name));
    CHECK(flag != NULL);
    StrVec list = {0};
    for (size_t i = 0; i < invocation->values.len; i++) {
        const FlagValue *value = &invocation->values.data[i];
        if (value->flag != flag) {
            continue;
        }
        Str rest = value->text, piece;
        if (flag->kind != FLAG_LIST) {
            VEC_PUSH(arena, &list, rest);
            continue;
        }
        while (str_next_piece(&rest, ',', &piece)) {
            if (str_trim(piece).len > 0) {
                VEC_PUSH(arena, &list, str_trim(piece));
            }
        }
    }
    return list;
}
