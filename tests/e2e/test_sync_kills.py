"""A sync of an API that is killed: at random moments, while an answer is on its way, and before each call that changes a
file. Each time rows, their children, the cursor and the books agree, and the next sync loses and doubles nothing.
DANGO_KILLS says how many; the seed of the random ones is printed when a test fails."""
import base64
import json
import os
import random
import struct
import subprocess
import time
import zlib

import duckdb
import pytest
from mock_api import MockApi
from test_sync_faults import KILLS, kill, wait_until_free

PRELOADED = os.path.join(os.environ.get("DANGO_BUILD", ""), "tests/kill_at.so")
ROWS = 700


class Feed(MockApi):
    """/feed/events?since=N has the rows that changed since, in the order of their change. A row says of itself how many
    tags it must have. With `hold` set, the answer of that page waits until it is released."""

    def __init__(self, seed):
        super().__init__()
        self.chance, self.clock, self.table, self.hold, self.held = random.Random(seed), 0, {}, None, False
        self.change(ROWS)

    def change(self, count):
        """Some rows are new, some are others than before."""
        for _ in range(count):
            number = len(self.table) if self.chance.random() < 0.6 else self.chance.randrange(len(self.table) + 1)
            self.clock += self.chance.randrange(2)  # several may have changed at one moment
            self.table.pop(number, None)
            tags = self.chance.randrange(4)
            self.table[number] = {"id": number, "moment": self.clock, "n": tags, "text": "x" * self.chance.randrange(200),
                                  "tags": [{"t": number * 10 + at} for at in range(tags)]}
        self.clock += 1

    def page_feed(self, h, _, query, __, headers):
        since, page = int(query.get("since", 0)), int(query.get("page", 0))
        if self.hold == page:
            self.held = True
            while self.hold is not None:
                time.sleep(0.001)
        rows = sorted((row for row in self.table.values() if row["moment"] >= since), key=lambda row: row["moment"])
        self.send(h, 200, {"items": rows[page * 50:page * 50 + 50], "pages": len(rows) // 50 + 1}, headers)

    def expected(self):
        return sorted((row["id"], row["moment"], row["n"], row["text"]) for row in self.table.values())


@pytest.fixture(name="feed")
def make_feed():
    seed = random.randrange(1 << 32)
    print("seed", seed)
    with Feed(seed) as feed:
        yield feed


def use(project, feed, disposition="merge"):
    project.write(".dlt/config.toml", "[runtime]\nworkers = 2\n")
    project.sources({"name": "feed", "type": "rest_api", "rest_api": {"base_url": feed.url, "timeout": 5, "endpoints": [
        {"path": "feed/events", "name": "events", "data_selector": "items", "primary_key": "id", "write_disposition": disposition,
         "paginator": {"type": "page_number", "total_path": "pages", "base_page": 0},
         "incremental": {"cursor_path": "moment", "start_param": "since", "initial_value": 0}}]}})


def look(project):
    """The rows; what is beside them must fit them."""
    with duckdb.connect(str(project / project.warehouse)) as db:  # which recovers what was cut off

        def ask(sql):
            return db.execute(sql).fetchall()

        if ask("select count(*) from duckdb_tables() where schema_name = 'raw_feed'") == [(0,)]:
            return []
        rows = ask("select id, moment, n, text from raw_feed.events order by id")
        assert len({row[0] for row in rows}) == len(rows)
        assert ask("select id from raw_feed.events e where n <> (select count(distinct t) from raw_feed.events__tags t "
                   "where t._dlt_parent_id = e._dlt_id and t // 10 = id)") == []
        assert ask("select sum(n) from raw_feed.events") == ask("select count(*) from raw_feed.events__tags")
        state = ask("select state from raw_feed._dlt_pipeline_state order by version desc limit 1")
        assert cursor_of(state[0][0]) == max(row[1] for row in rows)
        assert ask("select count(*) from raw_feed._dlt_loads") == \
            ask("select count(distinct _dlt_load_id) from raw_feed._dlt_pipeline_state")
        assert ask("select _dlt_load_id from raw_feed.events except select load_id from raw_feed._dlt_loads") == []
        return rows


def cursor_of(state):
    text = zlib.decompress(base64.b64decode(state))
    return json.loads(text)["sources"]["feed"]["resources"]["events"]["incremental"]["moment"]["last_value"]


class Checks:
    """The warehouse after a killed sync, and after the one that follows it."""

    def __init__(self, project, feed):
        self.project, self.feed, self.old = project, feed, []

    def after_kill(self):
        wait_until_free(self.project)
        now, new = look(self.project), self.feed.expected()
        committed = now == new
        assert committed or now == self.old
        if committed or self.old:
            self.feed.change(20)
            new = self.feed.expected()
        said = self.project.ok("sync", "--no-dbt")
        assert look(self.project) == new
        assert not os.path.exists(self.project / ".dango/state/packages/feed"), said
        self.old = new
        self.feed.change(100)
        return committed, said


def test_a_sync_killed_at_any_moment_loses_and_doubles_nothing(project, feed):
    use(project, feed)
    checks = Checks(project, feed)
    durations, committed = [0.4], 0
    for turn in range(KILLS):
        start = time.monotonic()
        process = project.start("sync", "--no-dbt", start_new_session=True)
        try:
            process.communicate(timeout=feed.chance.uniform(0, 1.1 * max(durations[-5:])))
            durations.append(time.monotonic() - start)
        except subprocess.TimeoutExpired:
            kill(process, its_child=turn % 2 == 1)
            process.communicate()
        committed += checks.after_kill()[0]
    print(f"{committed} of {KILLS} had committed")


def test_rows_of_a_killed_sync_are_told_and_no_part_of_the_next(project, feed):
    use(project, feed, "append")
    packages = project / ".dango/state/packages/feed"
    feed.hold = 6
    process = project.start("sync", "--no-dbt", start_new_session=True)
    while not feed.held and process.poll() is None:
        time.sleep(0.001)
    while process.poll() is None and not any(file.stat().st_size for file in packages.glob("*.frames")):
        time.sleep(0.001)
    kill(process, its_child=False)
    process.communicate()
    for file in list(packages.glob("*.frames")):
        for number in range(4):  # as many threads leave them
            (packages / f"rows-{number}.frames").write_bytes(file.read_bytes())
    feed.hold = None
    committed, said = Checks(project, feed).after_kill()
    assert not committed
    assert "⚠ an earlier sync was ended in its midst and left" in said.out, said
    assert "ended in its midst" not in project.ok("sync", "--no-dbt").out


@pytest.mark.skipif(not os.path.exists(PRELOADED), reason="not in this build")
def test_a_sync_killed_before_any_change_of_a_file_loses_and_doubles_nothing(project, feed):
    use(project, feed)
    checks, counter = Checks(project, feed), project / "counter"

    def sync(kill_at):
        counter.write_bytes(bytes(8))
        process = project.start("sync", "--no-dbt", env={"LD_PRELOAD": PRELOADED, "KILL_AT": str(kill_at),
                                                         "KILL_AT_FILE": str(counter)})
        process.communicate()
        return struct.unpack("q", counter.read_bytes())[0]

    calls = sync(0)
    committed = [checks.after_kill()[0]]
    calls = max(calls, sync(0))
    committed = [checks.after_kill()[0]]
    assert calls > 20
    for turn in range(KILLS):
        sync(1 + turn * calls // KILLS)
        committed.append(checks.after_kill()[0])
    assert KILLS < 6 or (any(committed) and not all(committed))
