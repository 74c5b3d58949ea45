/* base/limits.h - every ceiling on a size that comes from outside. Memory for what stays below them
 * is taken without a check for NULL (see arena.h), which is honest only because nothing can pass
 * them: whoever reads foreign input names the limit and returns ERR_LIMIT beyond it. Bytes unless
 * said. */
#ifndef BASE_LIMITS_H
#define BASE_LIMITS_H

#define KIB ((size_t)1024)
#define MIB (1024 * KIB)
#define GIB (1024 * MIB)

/* Documents: configuration, property files, artifacts. */
#define LIMIT_CONFIG_BYTES (16 * MIB)
#define LIMIT_JSON_BYTES (1 * GIB)
#define LIMIT_DOCUMENT_DEPTH 200     /* nesting levels */
#define LIMIT_DOCUMENT_NODES 5000000 /* values in one document, aliases counted each time */
#define LIMIT_ENV_FILE_BYTES (1 * MIB)

/* Templates. */
#define LIMIT_TEMPLATE_BYTES (64 * MIB)
#define LIMIT_TEMPLATE_NESTING 200        /* blocks and expressions inside each other */
#define LIMIT_TEMPLATE_CHAIN 1000         /* operators of one expression behind each other */
#define LIMIT_RENDER_BYTES (256 * MIB)    /* text of one render */
#define LIMIT_RENDER_HEAP_BYTES (2 * GIB) /* values of one render */
#define LIMIT_RENDER_STEPS 1000000000     /* VM instructions of one render: seconds */
#define LIMIT_CALL_DEPTH 1000    /* macro calls inside each other, as Python's recursion limit */
#define LIMIT_RANGE_ITEMS 100000 /* as Jinja2's sandbox */
#define LIMIT_STRING_BYTES (256 * MIB) /* one string made by a template */
#define LIMIT_LIST_ITEMS 67108864      /* one list made by a template */
#define LIMIT_INTEGER_BITS 1048576     /* one integer made by a template */

/* Names and paths. */
#define LIMIT_NAME_BYTES 255
#define LIMIT_PATH_BYTES 4096
#define LIMIT_DIRECTORY_DEPTH 64
#define LIMIT_DIRECTORY_FILES 1000000

/* Processes and messages. */
#define LIMIT_CHILD_LINE_BYTES (1 * MIB)
#define LIMIT_ERROR_BYTES 4000 /* one message; longer ones are cut with a mark */
#define LIMIT_THREADS 256
#define LIMIT_SELECTOR_PARTS 5000 /* of one named selector, with those of the ones it names */
#define LIMIT_BATCHES 1000000     /* of one model: hours of a century */

/* The books that dlt and we keep in a warehouse. */
#define LIMIT_STATE_BYTES (256 * MIB)  /* state of one pipeline, unpacked */
#define LIMIT_SCHEMA_BYTES (256 * MIB) /* schema document of one source, unpacked */

/* Data files. */
#define LIMIT_SEED_HASH_BYTES (1 * MIB) /* larger seeds are not hashed, as dbt has it */
#define LIMIT_SEED_BYTES (1 * GIB)
#define LIMIT_CSV_LINE_BYTES (16 * MIB)    /* one line, quoted line breaks included */
#define LIMIT_JSON_RECORD_BYTES (64 * MIB) /* one record of a JSON file */

/* Rows that a schema contract refuses. */
#define LIMIT_REJECTED_ROWS 10000       /* kept of one load */
#define LIMIT_REJECTED_BYTES (16 * MIB) /* of their texts */
#define LIMIT_REJECTED_LOADS 10         /* of one source that have any, the newest */

/* Answers over HTTP. */
#define LIMIT_URL_BYTES (1 * MIB)
#define LIMIT_HTTP_BODY_BYTES LIMIT_JSON_RECORD_BYTES /* decoded */
#define LIMIT_HTTP_HEADERS 1000
#define LIMIT_HTTP_HEADER_BYTES (256 * KIB) /* all of one answer */
#define LIMIT_HTTP_REDIRECTS 10
#define LIMIT_HTTP_WAIT_S 3600   /* for a budget to be filled again */
#define LIMIT_RETRY_WAIT_S 300   /* before a request is sent again, as dlt has it */
#define LIMIT_REST_PAGES 1000000 /* of one series of requests */
#define LIMIT_REST_ROW_BYTES (64 * MIB)

/* Databases as sources. */
#define LIMIT_DATABASE_ROW_BYTES (256 * MIB)

/* Packages. */
#define LIMIT_PACKAGES 1000               /* of a project, with those that they need */
#define LIMIT_INDEX_BYTES (64 * MIB)      /* an answer of the package index */
#define LIMIT_TOOL_OUTPUT_BYTES (1 * MIB) /* what git, curl or tar print */

/* SQL and results. */
#define LIMIT_SHOW_ROWS 100000 /* that `show` keeps to align them */
#define LIMIT_SQL_BYTES (64 * MIB)
#define LIMIT_EPHEMERAL_DEPTH \
    1000 /* ephemeral models one behind the other; DuckDB takes no more \
          */
#define LIMIT_LOGGED_SQL_BYTES (1 * MIB) /* of one statement in dbt.log */

#endif
