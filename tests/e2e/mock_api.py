"""An API on loopback that behaves badly on purpose, in a way that a seed decides.

    with MockApi(rows=1000, seed=1, faults=0.2) as api:
        api.url, api.requests, api.problems

/<paginator>/items has the same rows behind each of dlt's paginators, /<auth>/me answers only to whom it should.
`faults`: share of requests that fail first (429, 500, cut, wrong length, slow, nothing). A request is failed at most
`in_a_row` times, so that a client that tries again gets everything. `limit` requests are allowed per `window` seconds:
the headers say so, more are counted in `exceeded`."""
import base64
import json
import math
import random
import socket
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

PAGE = 20


class MockApi:
    def __init__(self, rows=100, seed=0, faults=0.0, in_a_row=2, limit=0, window=1.0, token_life=3600):
        self.rows, self.faults, self.in_a_row = rows, faults, in_a_row
        self.limit, self.window, self.token_life = limit, window, token_life
        self.random, self.lock = random.Random(seed), threading.Lock()
        self.requests, self.failed, self.tokens = [], {}, {}
        self.window_end, self.used, self.exceeded, self.windows = 0.0, 0, 0, []
        api = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            timeout = 20

            def answer(self):
                api.answer(self)

            do_GET = do_POST = answer

            def log_message(self, *args):
                pass

        class Server(ThreadingHTTPServer):
            daemon_threads = True
            request_queue_size = 64

            def handle_error(self, request, client_address):
                pass

        self.server = Server(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.server.shutdown()
        self.server.server_close()

    # -- answering

    def answer(self, h):
        body = h.rfile.read(int(h.headers.get("Content-Length") or 0))
        parts = urlsplit(h.path)
        query = {key: values[-1] for key, values in parse_qs(parts.query, keep_blank_values=True).items()}
        with self.lock:
            self.requests.append(h.path)
            headers = self.count_request()
            fault = self.pick_fault(h.path + body.decode())
        if headers is None:
            return self.send(h, 429, {"error": "slow down"}, {"Retry-After": "1"})
        if fault and self.fail(h, fault):
            return None
        route = parts.path.strip("/").split("/")
        make = getattr(self, "page_" + route[0], None)
        if make is None:
            return self.send(h, 404, {"error": "no such route"}, headers)
        return make(h, route, query, json.loads(body) if body[:1] == b"{" else body.decode(), headers)

    def send(self, h, status, document, headers=None, raw=None):
        data = raw if raw is not None else json.dumps(document).encode()
        h.send_response(status)
        for key, value in {"Content-Type": "application/json", **(headers or {})}.items():
            h.send_header(key, value)
        h.send_header("Content-Length", str(len(data)))
        h.end_headers()
        h.wfile.write(data)

    def count_request(self):
        """Headers about the budget; None when it is used up."""
        if not self.limit:
            return {}
        now = time.time()
        if now >= self.window_end:
            self.windows.append(self.used)
            self.window_end, self.used = now + self.window, 0
        self.used += 1
        if self.used > self.limit:
            self.exceeded += 1
            return None
        return {"X-RateLimit-Limit": str(self.limit), "X-RateLimit-Remaining": str(self.limit - self.used),
                "X-RateLimit-Reset": f"{self.window_end:.3f}"}

    def pick_fault(self, key):
        if self.random.random() >= self.faults or self.failed.get(key, 0) >= self.in_a_row:
            return None
        self.failed[key] = self.failed.get(key, 0) + 1
        return self.random.choice(["429", "429 date", "500", "503", "cut", "cut body", "long", "short", "slow", "nothing"])

    def fail(self, h, fault):
        data = json.dumps({"items": [{"id": -1}] * 50, "next": None}).encode()
        if fault.startswith("429"):
            after = time.strftime("%a, %d %b %Y %H:%M:%S GMT", time.gmtime()) if "date" in fault else "0"
            self.send(h, 429, {}, {"Retry-After": after})
            return True
        if fault in ("500", "503"):
            self.send(h, int(fault), None, raw=b"<html>down</html>")
            return True
        if fault == "slow":  # but right
            time.sleep(self.random.random() / 5)
            return False
        h.close_connection = True
        if fault in ("cut body", "long", "short"):
            length = {"cut body": len(data), "long": len(data) * 3, "short": len(data) // 2}[fault]
            h.send_response(200)
            h.send_header("Content-Type", "application/json")
            h.send_header("Content-Length", str(length))
            h.end_headers()
            h.wfile.write(data if fault != "cut body" else data[:100])
            h.wfile.flush()
        h.connection.shutdown(socket.SHUT_RDWR)
        return True

    # -- paginators

    def row(self, number):
        return {"id": number, "name": f"row {number}", "tags": [{"t": number % 7}, {"t": "x"}], "deep": {"a": {"b": number}}}

    def slice(self, first, size=PAGE):
        return [self.row(number) for number in range(first, min(first + size, self.rows))]

    def pages(self):
        return math.ceil(self.rows / PAGE)

    def page_single(self, h, _, __, ___, headers):
        self.send(h, 200, self.slice(0, self.rows), headers)

    def page_jsonlink(self, h, route, query, _, headers):
        at = int(query.get("at", 0))
        more = at + PAGE < self.rows
        self.send(h, 200, {"items": self.slice(at), "paging": {"next": f"/{route[0]}/items?at={at + PAGE}" if more else None}},
                  headers)

    def page_headerlink(self, h, route, query, _, headers):
        at = int(query.get("at", 0))
        links = f'<{self.url}/{route[0]}/items?at=0>; rel="first"'
        if at + PAGE < self.rows:
            links += f', <{self.url}/{route[0]}/items?at={at + PAGE}>; rel="next"'
        self.send(h, 200, self.slice(at), {**headers, "Link": links})

    def page_headercursor(self, h, _, query, __, headers):
        at = int(query.get("cursor", "c0")[1:])
        more = {"X-Next": f"c{at + PAGE}"} if at + PAGE < self.rows else {}
        self.send(h, 200, {"data": self.slice(at)}, {**headers, **more})

    def page_cursor(self, h, _, query, __, headers):
        at = int(query.get("after", "c0")[1:])
        self.send(h, 200, {"data": self.slice(at), "cursors": {"next": f"c{at + PAGE}" if at + PAGE < self.rows else ""}},
                  headers)

    def page_bodycursor(self, h, _, __, body, headers):
        at = int(body.get("page", {}).get("after", 0))
        self.send(h, 200, {"data": self.slice(at), "next": at + PAGE if at + PAGE < self.rows else None}, headers)

    def page_offset(self, h, _, query, __, headers):
        at, size = int(query["offset"]), int(query["limit"])
        self.send(h, 200, {"data": self.slice(at, size), "total": self.rows}, headers)

    def page_pagenumber(self, h, _, query, __, headers):
        page = int(query["page"])
        self.send(h, 200, {"data": self.slice((page - 1) * PAGE), "total": self.pages()}, headers)

    def page_autopages(self, h, _, query, __, headers):
        page = int(query.get("page", 1))
        self.send(h, 200, {"data": self.slice((page - 1) * PAGE), "meta": {"total_pages": self.pages()}}, headers)

    def page_parents(self, h, route, query, _, headers):
        if len(route) == 2:
            return self.page_jsonlink(h, route, query, None, headers)
        parent = int(route[2])
        return self.send(h, 200, [{"id": parent * 10 + child} for child in range(parent % 4)], headers)

    # -- who asks

    def check(self, h, fits, headers):
        status = 200 if fits else 401
        self.send(h, status, {"items": [{"id": 1}]} if fits else {"error": "who are you"}, headers)

    def page_bearer(self, h, _, __, ___, headers):
        self.check(h, h.headers.get("Authorization") == "Bearer s3cret-token", headers)

    def page_apikey(self, h, _, __, ___, headers):
        self.check(h, h.headers.get("X-Key") == "s3cret-key", headers)

    def page_querykey(self, h, _, query, __, headers):
        self.check(h, query.get("key") == "s3cret&key", headers)

    def page_basic(self, h, _, __, ___, headers):
        self.check(h, h.headers.get("Authorization") == "Basic " + base64.b64encode("ü:p:w".encode()).decode(), headers)

    def page_token(self, h, _, __, body, headers):
        form = parse_qs(body)
        if form.get("client_id") != ["me"] or form.get("client_secret") != ["p w"]:
            return self.send(h, 400, {"error": "invalid_client"}, headers)
        token = f"token-{len(self.tokens)}"
        self.tokens[token] = time.time() + self.token_life
        return self.send(h, 200, {"access_token": token, "expires_in": 3600}, headers)

    def page_oauth(self, h, route, query, _, headers):
        token = (h.headers.get("Authorization") or "").removeprefix("Bearer ")
        if self.tokens.get(token, 0) < time.time():
            return self.send(h, 401, {"error": "expired"}, headers)
        return self.page_jsonlink(h, route, query, None, headers)

    # -- hostile ones

    def page_html(self, h, _, __, ___, ____):
        self.send(h, 200, None, {"Content-Type": "text/html"}, raw=b"<html><body>Please log in</body></html>")

    def page_loop(self, h, _, query, __, headers):
        at = int(query.get("after", "0"))
        self.send(h, 200, {"data": [{"id": at}], "cursors": {"next": str((at + 1) % 5 + 1)}}, headers)

    def page_same(self, h, _, __, ___, headers):
        self.send(h, 200, {"data": self.slice(0)}, headers)

    def page_badjson(self, h, _, __, ___, headers):
        self.send(h, 200, None, headers, raw=b'{"data": [1, 2,, 3]}')

    def page_huge(self, h, _, __, ___, ____):
        h.send_response(200)
        h.send_header("Content-Length", str(200 << 20))
        h.end_headers()
        for _ in range(200):
            h.wfile.write(b" " * (1 << 20))

    def page_headers(self, h, _, __, ___, ____):
        self.send(h, 200, [], {f"X-Header-{number}": "v" for number in range(10000)})

    def page_redirect(self, h, route, _, __, ____):
        self.send(h, 302, {}, {"Location": f"http://localhost:{self.server.server_address[1]}/echo"})

    def page_echo(self, h, _, __, ___, ____):
        self.send(h, 200, [{"id": 1, "auth": h.headers.get("Authorization"), "key": h.headers.get("X-Key")}])
