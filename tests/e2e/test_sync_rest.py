"""Sources that are APIs, against a server of our own (mock_api.py): every row exactly once whatever the server does,
limits kept and used, credentials where they belong, and old data whole when an API is not what it should be."""
import time
from urllib.parse import parse_qs, urlsplit

import pytest
from mock_api import MockApi

PAGERS = {
    "single": {},
    "jsonlink": {"paginator": {"type": "json_link", "next_url_path": "paging.next"}, "data_selector": "items"},
    "headerlink": {"paginator": "header_link"},
    "headercursor": {"paginator": {"type": "header_cursor", "cursor_key": "X-Next"}},
    "cursor": {"paginator": {"type": "cursor", "cursor_param": "after", "cursor_path": "cursors.next"}},
    "bodycursor": {"method": "POST", "json": {"page": {"size": 20}},
                   "paginator": {"type": "cursor", "cursor_path": "next", "cursor_body_path": "page.after"}},
    "offset": {"paginator": {"type": "offset", "limit": 20, "total_path": "total"}},
    "pagenumber": {"paginator": {"type": "page_number", "total_path": "total"}},
    "autopages": {},
}
SETTINGS = "[runtime]\nrequest_max_attempts = {attempts}\nrequest_backoff_factor = 0\nworkers = 4\n"


def use(project, api, endpoints, attempts=4, **block):
    project.write(".dlt/config.toml", SETTINGS.format(attempts=attempts))
    project.sources({"name": "api", "type": "rest_api",
                     "rest_api": {"base_url": api.url, "timeout": 5, "endpoints": endpoints, **block}})


def all_pagers(**more):
    return [{"path": f"{name}/items", "name": name, **endpoint, **more} for name, endpoint in PAGERS.items()]


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_every_row_comes_exactly_once_from_an_api_that_fails(project, seed):
    with MockApi(rows=330, seed=seed, faults=0.3) as api:
        use(project, api, all_pagers(write_disposition="append"))
        project.ok("sync", "--no-dbt")
    for name in PAGERS:
        assert project.rows(f"select count(*), count(distinct id), min(id), max(id) from raw_api.{name}") == [
            (330, 330, 0, 329)], name
        assert project.rows(f"select count(*) from raw_api.{name}__tags") == [(660,)], name
    assert len(api.requests) > 330 / 20 * 7


def test_rows_of_children_come_once(project):
    with MockApi(rows=60, seed=4, faults=0.2) as api:
        use(project, api, [
            {"path": "parents/items", "name": "parents", **PAGERS["jsonlink"]},
            {"path": "parents/of/{resources.parents.id}/children", "name": "children", "include_from_parent": ["id"],
             "write_disposition": "append",
             "processing_steps": [{"filter": "id != 10"}, {"map": {"double": "id", "_parents_id": None, "p": "_parents_id"}}]}])
        project.ok("sync", "--no-dbt")
    assert project.rows("select count(*), count(distinct id) from raw_api.children") == [(89, 89)]
    assert project.rows("select id from raw_api.children where id < 40 order by id") == [
        (20,), (21,), (30,), (31,), (32,)]
    assert project.rows("select count(*) from raw_api.children where id // 10 <> p or id <> double") == [(0,)]


def test_a_limit_is_never_exceeded_and_used(project):
    with MockApi(rows=20 * 80, limit=20, window=1.0) as api:
        use(project, api, [{"path": "offset/items", "name": "offset", **PAGERS["offset"]}])
        begin = time.time()
        project.ok("sync", "--no-dbt")
        assert api.exceeded == 0
        used = api.windows[1:]  # those that have ended
        assert len(used) >= 3 and sum(used) >= 0.9 * 20 * len(used), api.windows
        assert time.time() - begin < 10


AUTHS = {
    "bearer": {"type": "bearer", "token": "s3cret-token"},
    "apikey": {"type": "api_key", "name": "X-Key", "api_key": "s3cret-key", "location": "header"},
    "querykey": {"type": "api_key", "name": "key", "api_key": "s3cret&key", "location": "query"},
    "basic": {"type": "http_basic", "username": "ü", "password": "p:w"},
}


def test_every_kind_of_authentication(project):
    with MockApi(rows=100, token_life=0.5, seed=5, faults=0.1) as api:
        auths = {**AUTHS, "oauth": {"type": "oauth2_client_credentials", "access_token_url": f"{api.url}/token",
                                    "client_id": "me", "client_secret": "p w"}}
        endpoints = [{"path": f"{name}/me", "name": name, "auth": auth, "data_selector": "items",
                      "paginator": PAGERS["jsonlink"]["paginator"] if name == "oauth" else "single_page"}
                     for name, auth in auths.items()]
        use(project, api, endpoints)
        project.ok("sync", "--no-dbt")
        for name in AUTHS:
            assert project.rows(f"select id from raw_api.{name}") == [(1,)], name
        assert project.rows("select count(*) from raw_api.oauth") == [(100,)]


def test_a_refused_credential_is_told_without_it(project):
    with MockApi() as api:
        use(project, api, [{"path": "querykey/me", "name": "k"}], auth_type="api_key", auth_token_env="K",
            api_key_name="key", api_key_location="query")
        project.write(".env", "K=wrong-s3cret\n")
        result = project.run("sync", "--no-dbt", "--log-level", "debug")
        assert result.code == 1
        text = result.out + result.err
        assert "AuthenticationError: " in text and "Invalid API key" in text and "'K' in .env:1:3" in text
        assert "wrong-s3cret" not in text and "key=*****" in text
        assert len(api.requests) == 1


def test_credentials_stay_at_home(project):
    with MockApi() as api:
        use(project, api, [{"path": "redirect/me", "name": "r", "paginator": "single_page"}], auth_token="s3cret-token",
            headers={"X-Key": "s3cret-key"})
        project.ok("sync", "--no-dbt")
        assert project.rows("select id from raw_api.r") == [(1,)]
        columns = [name for (name,) in project.rows("select column_name from duckdb_columns() where table_name = 'r'")]
        assert "auth" not in columns and "key" not in columns  # both were null


HOSTILE = [
    ("html", {}, "is no JSON"),
    ("badjson", {}, "is no JSON"),
    ("loop", {"paginator": {"type": "cursor", "cursor_param": "after", "cursor_path": "cursors.next"}}, "read before"),
    ("same", {"paginator": {"type": "offset", "limit": 20, "total_path": None}}, "the same page came"),
    ("huge", {}, "beyond the limit"),
    ("headers", {}, ""),
    ("nothing", {}, "HTTP 404"),
]


def test_an_api_that_is_not_what_it_should_be_leaves_old_data_whole(project):
    with MockApi(rows=40) as api:
        use(project, api, [{"path": "jsonlink/items", "name": "t", **PAGERS["jsonlink"]}])
        project.ok("sync", "--no-dbt")
        before = project.rows("select * from raw_api.t order by all")
        for path, endpoint, message in HOSTILE:
            use(project, api, [{"path": f"{path}/items", "name": "t", **endpoint}], attempts=2)
            result = project.run("sync", "--no-dbt")
            assert result.code == 1, (path, result)
            assert message in result.out + result.err, (path, result)
            assert len((result.out + result.err).splitlines()) < 30, (path, result)
            assert project.rows("select * from raw_api.t order by all") == before, path


def test_a_server_that_is_not_there(project):
    with MockApi() as api:
        pass
    use(project, api, ["items"], attempts=2)
    result = project.run("sync", "--no-dbt")
    assert result.code == 1 and "ConnectionError" in result.out + result.err, result


class Routes(MockApi):
    """Answers from a table: path -> function of the query, or a document."""

    def __init__(self, routes):
        super().__init__()
        self.routes, self.asked = routes, []

    def answer(self, h):
        parts = urlsplit(h.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query).items()}
        self.asked.append((parts.path, query, h.headers.get("Authorization")))
        found = self.routes.get(parts.path)
        if found is None:
            return self.send(h, 404, {"error": "no such route"})
        body, headers = found(self, query) if callable(found) else (found, {})
        return self.send(h, 200, body, headers)


def test_stripe_by_its_connector(project):
    charges = [{"id": f"ch_{n}", "created": 1704067200 + n, "refunds": {"object": "list", "data": [{"id": f"re_{n}"}]}}
               for n in range(5)]

    def list_charges(_, query):
        found = [row for row in reversed(charges) if row["created"] >= int(query.get("created[gte]", 0))]
        ids = [row["id"] for row in found]
        first = ids.index(query["starting_after"]) + 1 if "starting_after" in query else 0
        return {"object": "list", "data": found[first:first + 2], "has_more": first + 2 < len(found)}, {}

    with Routes({"/v1/charges": list_charges, "/v1/customers": {"data": [{"id": "cus_1"}], "has_more": False}}) as api:
        project.write(".env", "STRIPE_API_KEY=sk_test_1\n")
        project.sources({"name": "stripe_payments", "type": "stripe",
                         "stripe": {"base_url": f"{api.url}/v1", "endpoints": ["Charge", "customers"],
                                    "start_date": "2024-01-01"}})
        project.ok("sync", "--no-dbt")
        assert project.rows("select count(*), count(distinct id) from raw_stripe.charges") == [(5, 5)]
        assert project.rows("select count(*) from raw_stripe.charges__refunds") == [(5,)]
        assert api.asked[0][2] == "Bearer sk_test_1"
        charges.append({"id": "ch_new", "created": 1704067300})
        project.ok("sync", "--no-dbt")
        assert project.rows("select count(*), count(distinct id) from raw_stripe.charges") == [(6, 6)]
        assert [query["created[gte]"] for path, query, _ in api.asked if path == "/v1/charges"][0] == "1704067200"
        assert api.asked[-1][1].get("created[gte]", "1704067204") == "1704067204"
    project.sources({"name": "stripe_payments", "type": "stripe", "stripe": {"endpoints": ["charge"]}})
    result = project.run("sync", "--no-dbt")
    assert result.code == 1 and "did you mean 'charges'" in result.out + result.err, result


def test_github_by_its_connector_and_one_of_the_project(project):
    def issues(api, query):
        page = int(query.get("page", 1))
        link = {"Link": f'<{api.url}/repos/o/r/issues?page={page + 1}>; rel="next"'} if page < 3 else {}
        return [{"id": page, "number": page, "reactions": {"+1": page}}, {"id": page * 10, "pull_request": {}}], link

    with Routes({"/repos/o/r/issues": issues, "/repos/o/r/pulls": [{"id": 10}], "/things": [{"id": 1}]}) as api:
        project.write(".env", "GITHUB_ACCESS_TOKEN=ghp_1\n")
        project.write("connectors/mine.yml",
                      "title: Mine\noptions: {base_url: {required: true}}\nclient: {base_url: '{option.base_url}'}\n"
                      "resources: [things]\n")
        project.sources({"name": "github", "type": "github", "github": {"base_url": api.url, "owner": "o", "name": "r"}},
                        {"name": "mine", "type": "mine", "mine": {"base_url": api.url}})
        project.ok("sync", "--no-dbt")
    assert project.rows("select id, reactions__x1 from raw_github.issues order by id") == [(1, 1), (2, 2), (3, 3)]
    assert project.rows("select id from raw_github.pull_requests") == [(10,)]
    assert project.rows("select id from raw_mine.things") == [(1,)]
    result = project.run("source", "add", "stripe", "--name", "s", "--set", "stripe_secret_key_env=K", "--skip-test")
    assert result.code == 0, result
