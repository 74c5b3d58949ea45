/* cli/app.h - what every command gets besides its words: where to print, how, and the project when
 * it asked for one. Made once in cli.c; used by the main thread only. */
#ifndef CLI_APP_H
#define CLI_APP_H

#include <stdbool.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/error.h"
#include "base/thread.h"
#include "cli/command.h"
#include "cli/term.h"
#include "project/project.h"
#include "value/value.h"
#include "warehouse/warehouse.h"

struct App {
    Arena *arena; /* lives as long as the command */
    Term out;     /* results */
    Term err;     /* errors, prompts without a terminal on stdout, progress */
    bool json;
    bool quiet;
    bool verbose;
    bool debug;
    const char *project_dir; /* --project-dir, or NULL */
    Project *project;        /* loaded for NEEDS_PROJECT; else NULL */
    int exit_status;         /* 0 = as the command's error has it */
    Cancel *cancel;          /* set by SIGINT and SIGTERM */
};

/* Prints `value` as JSON with a final newline: indented on a terminal, compact in a pipe. */
MUST_CHECK Error *app_print_json(App *app, const Value *value);
/* "Proceed? (y/N): " - reads the answer also when stdin is no terminal; end of file is no. */
bool app_confirm(App *app, const char *question);
/* "(name): " with a default; the Str is in the app's arena. */
Str app_ask(App *app, const char *question, Str otherwise);
/* For commands that do without a project where there is none. */
MUST_CHECK Error *app_load_project(App *app);

typedef enum AppAccess { APP_READ, APP_WRITE } AppAccess;
/* Opens the project's warehouse; ERR_NOT_FOUND with what to do when nothing was loaded yet. */
MUST_CHECK Error *app_open_warehouse(App *app, AppAccess access, Warehouse **out_warehouse);

#endif
