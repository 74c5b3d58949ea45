/* bench/start/spawn - how long programs take from fork to exit. Runs the given command lines in
 * turns, so that whatever the machine does meanwhile meets them all alike, and prints the median of
 * each as JSON.
 *
 *     spawn ROUNDS -- hello -- dango --version -- dango --help */
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { MAX_COMMANDS = 16, MAX_ROUNDS = 2000 };

extern char **environ;

static double now_ms(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec * 1e3 + (double)now.tv_nsec / 1e6;
}

static double run_once(char *argv[], const posix_spawn_file_actions_t *actions)
{
    double start = now_ms();
    pid_t pid = 0;
    int status = 0;
    if (posix_spawn(&pid, argv[0], actions, NULL, argv, environ) != 0 ||
        waitpid(pid, &status, 0) != pid || !WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        fprintf(stderr, "spawn: '%s' failed\n", argv[0]);
        exit(1);
    }
    return now_ms() - start;
}

static int compare_times(const void *a, const void *b)
{
    double x = *(const double *)a, y = *(const double *)b;
    return x < y ? -1 : x > y;
}

int main(int argc, char *argv[])
{
    static double times[MAX_COMMANDS][MAX_ROUNDS];
    char **commands[MAX_COMMANDS];
    int count = 0;
    long rounds = argc > 1 ? strtol(argv[1], NULL, 10) : 0;
    if (rounds < 1 || rounds > MAX_ROUNDS) {
        fprintf(stderr, "usage: spawn ROUNDS -- COMMAND [ARG...] -- COMMAND [ARG...]\n");
        return 2;
    }
    for (int i = 2; i + 1 < argc && count < MAX_COMMANDS; i++) {
        if (strcmp(argv[i], "--") == 0) {
            argv[i] = NULL; /* ends the command before */
            commands[count++] = &argv[i + 1];
        }
    }
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0);
    for (long round = 0; round < rounds; round++) {
        for (int i = 0; i < count; i++) {
            times[i][round] = run_once(commands[i], &actions);
        }
    }
    posix_spawn_file_actions_destroy(&actions);
    printf("[");
    for (int i = 0; i < count; i++) {
        qsort(times[i], (size_t)rounds, sizeof(double), compare_times);
        printf("%s{\"command\": \"", i > 0 ? ", " : "");
        for (char **word = commands[i]; *word != NULL; word++) {
            printf("%s%s", word == commands[i] ? "" : " ", *word);
        }
        printf("\", \"median_ms\": %.3f}", times[i][rounds / 2]);
    }
    printf("]\n");
    return 0;
}
