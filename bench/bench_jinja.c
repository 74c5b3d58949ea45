/* bench/bench_jinja.c - times a template in our engine: compiles it once, renders it a few times
 * and prints one JSON object as bench/jinja/jinja2_bench.py does, so that the two can be compared.
 *
 *     bench_jinja FILE [--n TURNS] [--best RENDERS] [--text] */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/fs.h"
#include "base/limits.h"
#include "base/number.h"
#include "jinja/jinja.h"

typedef struct BenchOptions {
    const char *path;
    int64_t turns;
    int64_t renders;
    bool text; /* print it instead of the time */
} BenchOptions;

static double now_seconds(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static bool read_options(int argc, char **argv, BenchOptions *out)
{
    *out = (BenchOptions){.turns = 20000, .renders = 5};
    for (int i = 1; i < argc; i++) {
        Str arg = str_from(argv[i]);
        int64_t *number = str_is(arg, "--n")      ? &out->turns
                          : str_is(arg, "--best") ? &out->renders
                                                  : NULL;
        if (number != NULL) {
            if (++i == argc || !number_parse_int64(str_from(argv[i]), number)) {
                return false;
            }
        } else if (str_is(arg, "--text")) {
            out->text = true;
        } else {
            out->path = argv[i];
        }
    }
    return out->path != NULL && out->renders > 0;
}

static Error *bench(const BenchOptions *options, Arena *arena)
{
    Str source = {0}, text = {0};
    TRY(fs_read_file(arena, options->path, LIMIT_TEMPLATE_BYTES, &source));
    AUTO_FREE(jinja_env) JinjaEnv *env = jinja_env_new(&(JinjaOptions){.tags = NULL});
    AUTO_FREE(jinja_template) JinjaTemplate *tpl = NULL;
    TRY(jinja_compile(env, str_from(options->path), source, &tpl));
    AUTO_FREE(jinja_state) JinjaState *s = jinja_state_new(env, NULL);
    double best = 1e9;
    for (int64_t i = 0; i < options->renders; i++) {
        AUTO_FREE(arena) Arena *once = arena_new("render");
        double start = now_seconds();
        JDict *vars = jdict_new(jinja_heap(s));
        jdict_set_text(jinja_heap(s), vars, STR("n"), jint(options->turns));
        JinjaScope scope = {.vars = vars};
        TRY(jinja_render(s, tpl, &scope, once, &text));
        jinja_reset(s);
        double seconds = now_seconds() - start;
        best = seconds < best ? seconds : best;
        if (options->text && i == 0) {
            fwrite(text.data, 1, text.len, stdout);
            return NULL;
        }
    }
    printf("{\"n\": %" PRId64 ", \"seconds\": %.6f, \"bytes\": %zu}\n", options->turns, best,
           text.len);
    return NULL;
}

int main(int argc, char **argv)
{
    BenchOptions options;
    if (!read_options(argc, argv, &options)) {
        fprintf(stderr, "usage: bench_jinja FILE [--n TURNS] [--best RENDERS] [--text]\n");
        return 2;
    }
    AUTO_FREE(arena) Arena *arena = arena_new("bench");
    AUTO_FREE(error) Error *err = bench(&options, arena);
    if (err != NULL) {
        error_print(err, stderr, false);
    }
    return error_exit_code(err);
}
