/* bench/plain DATABASE SQL... - runs statements with DuckDB and nothing around it, and
 * prints as JSON what each took and the peak memory of the process: the measure for what Dango
 * adds. */
#include <duckdb.h>
#include <stdio.h>
#include <sys/resource.h>
#include <time.h>

static double now_s(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + (double)now.tv_nsec / 1e9;
}

static int run(duckdb_connection connection, const char *sql)
{
    duckdb_result result;
    duckdb_state state = duckdb_query(connection, sql, &result);
    if (state == DuckDBError) {
        fprintf(stderr, "plain: %s\n", duckdb_result_error(&result));
    }
    duckdb_destroy_result(&result);
    return state == DuckDBError;
}

int main(int argc, char *argv[])
{
    duckdb_database database = NULL;
    duckdb_connection connection = NULL;
    double start = now_s();
    if (argc < 3 || duckdb_open(argv[1], &database) == DuckDBError ||
        duckdb_connect(database, &connection) == DuckDBError) {
        fprintf(stderr, "usage: plain DATABASE SQL...\n");
        return 2;
    }
    int failed = 0;
    for (int i = 2; i < argc && failed == 0; i++) {
        failed = run(connection, argv[i]);
    }
    duckdb_disconnect(&connection);
    duckdb_close(&database);
    struct rusage usage;
    getrusage(RUSAGE_SELF, &usage);
    printf("{\"seconds\": %.4f, \"peak_mb\": %.1f}\n", now_s() - start,
           (double)usage.ru_maxrss / 1024);
    return failed;
}
