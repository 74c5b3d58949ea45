/* cli/cli.h - the program from its words to its exit status. */
#ifndef CLI_CLI_H
#define CLI_CLI_H

/* Runs the command line. The program's name in argv[0] decides whether it answers as dango, dbt or
 * dlt. Returns the exit status: 0 success, 1 failure, 2 wrong usage, 130 interrupted. */
int cli_main(int argc, char *argv[]);

#endif
