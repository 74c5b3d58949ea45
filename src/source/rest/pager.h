/* source/rest/pager.h - from page to page: what the next request of a series is, and whether there
 * is one. A PagerSpec is what `paginator:` says, immutable and shared; a Pager is where one series
 * stands. The kinds and their parameters are dlt's:
 *
 *     single_page    json_link {next_url_path}    header_link {links_next_key}
 *     header_cursor {cursor_key, cursor_param}    cursor {cursor_path, cursor_param, ...}
 *     offset {limit, offset, ...}    page_number {base_page, page, ...}    auto
 *
 * `auto` looks at the first answer (pager_detect.c). A series that comes back to where it has been
 * is an error, as is one without an end. */
#ifndef SOURCE_REST_PAGER_H
#define SOURCE_REST_PAGER_H

#include <yyjson.h>

#include "http/http.h"
#include "value/value.h"

typedef enum PagerKind {
    PAGER_AUTO,
    PAGER_SINGLE,
    PAGER_JSON_LINK,
    PAGER_HEADER_LINK,
    PAGER_HEADER_CURSOR,
    PAGER_CURSOR,
    PAGER_OFFSET,
    PAGER_PAGE_NUMBER,
} PagerKind;

typedef struct PagerSpec {
    PagerKind kind;
    Str source;      /* path or name of what is read from an answer; empty: nothing */
    Str param;       /* query parameter that is sent; empty: none */
    Str body_path;   /* or the place in the body, dots between keys */
    Str limit_param; /* of offsets */
    Str limit_body_path;
    Str total_path;    /* empty: no total is asked for */
    Str has_more_path; /* empty: none */
    bool stop_after_empty_page;
    int64_t first;   /* offset or page that is asked for first */
    int64_t base;    /* number of the first page there is */
    int64_t limit;   /* of a page */
    int64_t maximum; /* -1 = none */
} PagerSpec;

/* NULL config: auto. Lives in `arena`. ERR_CONFIG. */
MUST_CHECK Error *pager_spec_read(Arena *arena, const Value *config, const PagerSpec **out);

/* One series of requests. Its texts live in `arena`, which is the series'. */
typedef struct Pager {
    Arena *arena;
    PagerSpec spec;
    int64_t at;       /* offset or page number */
    Str link;         /* of the next page; empty = the resource's own address */
    Value cursor;     /* of the next page; null = none */
    int64_t pages;    /* answered so far */
    int64_t total;    /* requests there are in all, when known for sure; -1 = not known */
    uint64_t been_at; /* hash of a place, of each power of two in turn: finds any circle */
    uint64_t last_body;
    int64_t repeats; /* how often the last body came again */
    bool is_done;
} Pager;

void pager_begin(Pager *pager, Arena *arena, const PagerSpec *spec);

/* A request in the making. */
typedef struct RequestDraft {
    Str url;      /* without `params` */
    Value params; /* a map */
    Value json;   /* the body; null = none */
} RequestDraft;
/* Changes the draft of the resource's own request to that of the next page. */
MUST_CHECK Error *pager_prepare(const Pager *pager, Arena *arena, RequestDraft *draft);

typedef struct PageAnswer {
    const HttpRequest *request; /* that was sent */
    const HttpResponse *response;
    yyjson_val *root;
    size_t rows;  /* that were found in it */
    bool is_list; /* what was found */
} PageAnswer;
/* Goes on to the next page, or is done. ERR_INPUT for an answer that lacks what it must have, or
 * leads in a circle; ERR_LIMIT without an end. */
MUST_CHECK Error *pager_advance(Pager *pager, const PageAnswer *answer);

/* Requests that follow and do not depend on each other's answers; 0 when that is not known. The
 * i-th of them is what pager_jump(pager, i) asks for, from 0. */
int64_t pager_known_ahead(const Pager *pager);
void pager_jump(Pager *pager, int64_t ahead);

/* What an answer says about how its API goes on: *spec, an `auto`, becomes what was found, which
 * begins at the same page. Texts live in `arena`. */
void pager_detect(Arena *arena, const PageAnswer *answer, PagerSpec *spec);
/* The address of the relation `key` in a Link header, RFC 8288; false without it. */
bool pager_find_link(Str header, Str key, Str *out);

#endif
