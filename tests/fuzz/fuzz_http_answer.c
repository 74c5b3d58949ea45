/* What servers say and people write about them: Link headers, waits, limits, links, places in
 * answers, and answers from which the way to the next page is guessed. The first line is the
 * header, or path; the rest is the body. */
#include "base/limits.h"
#include "http/budget.h"
#include "http/url.h"
#include "source/rest/pager.h"
#include "source/rest/select.h"
#include "source/rest/template.h"
#include "value/json_page.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size); // NOLINT(*-naming): libFuzzer's

static void discard(Error *err)
{
    if (err != NULL) {
        error_discard(err, "any input may be wrong");
    }
}

static Error *see(void *context, Str name)
{
    (void)context;
    Str resource, field;
    CHECK(!template_parent_of(name, &resource, &field) || resource.len < name.len);
    return NULL;
}

static void read_header(Arena *arena, Str line)
{
    static const char *const names[] = {"RateLimit", "X-RateLimit-Remaining", "RateLimit-Reset"};
    Str link;
    int64_t wait_us = 0;
    HttpHeaderVec headers = {0};
    BudgetNews news;
    for (size_t i = 0; i < ARRAY_LEN(names); i++) {
        VEC_PUSH(arena, &headers, (HttpHeader){.name = str_from(names[i]), .value = line});
    }
    budget_read(&headers, INT64_C(1700000000000000), &news);
    CHECK(news.left >= -1 && news.limit >= -1 && news.reset_after_us >= -1);
    CHECK(!http_parse_wait(line, INT64_C(1700000000000000), &wait_us) || wait_us >= 0);
    CHECK(!pager_find_link(line, STR("next"), &link) || link.len <= line.len);
    Str joined = url_join(arena, STR("http://h/a/b?c"), line);
    Str quoted = url_quote(arena, joined);
    CHECK(str_eq(quoted, url_quote(arena, quoted)));
    (void)url_origin(arena, line);
    (void)url_without_query(line);
    discard(template_each(line, NULL, see, NULL));
}

static void read_body(Arena *arena, Str line, Str body)
{
    JsonPage page = {0};
    yyjson_val *root = NULL;
    Error *err = json_page_read(&page, body, &root);
    if (err == NULL) {
        const JsonPath *path = NULL;
        PageRows rows = {0};
        err = rest_detect_rows(arena, root, &path);
        CHECK(err == NULL); /* a path of our own making */
        rest_select(path, root, arena, &rows);
        HttpHeader header = {.name = STR("Link"), .value = line};
        const HttpRequest request = {.url = STR("http://h/a")};
        const HttpResponse response = {.body = body, .headers = {&header, 1, 1}};
        PageAnswer answer = {&request, &response, root, rows.rows.len, rows.is_list};
        PagerSpec spec = {.kind = PAGER_AUTO};
        Pager pager;
        pager_detect(arena, &answer, &spec);
        pager_begin(&pager, arena, &spec);
        discard(pager_advance(&pager, &answer));
        err = json_path_parse(arena, line, &path);
        if (err == NULL) {
            rest_select(path, root, arena, &rows);
        }
    }
    discard(err);
    json_page_done(&page);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    AUTO_FREE(arena) Arena *arena = arena_new("fuzz");
    Str rest = {(const char *)data, size < MIB ? size : MIB};
    Str line = STR("");
    (void)str_next_line(&rest, &line);
    read_header(arena, line);
    read_body(arena, line, rest.data == NULL ? STR("") : rest);
    return 0;
}
