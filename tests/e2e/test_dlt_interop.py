"""Real dlt and our books in one warehouse: either goes on where the other stopped.

dlt is what tests/oracle/requirements-dlt.txt says; without it (tools/setup test brings it) everything
here is skipped. Our side is tests/e2e/dlt_books.c, which loads by the functions of src/ingest.
"""
import json
import os
import subprocess

import duckdb
import pytest

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "ERROR"
dlt = pytest.importorskip(
    "dlt", reason="NOT TESTED: real dlt is not installed, so nothing shows that it reads what we "
    "write; run tools/setup test (Python 3.11 or later)")

BOOKS = os.path.join(os.environ["DANGO_BUILD"], "tests/dlt_books")


@pytest.fixture(name="place")
def _place(tmp_path, monkeypatch):
    """A directory of its own for the warehouse and all that dlt keeps."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DLT_DATA_DIR", str(tmp_path / "dlt"))
    return tmp_path


def books(*words):
    done = subprocess.run([BOOKS, *map(str, words)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout) if done.stdout else None


def query(place, sql):
    with duckdb.connect(str(place / "w.duckdb"), read_only=True) as connection:
        return connection.execute(sql).fetchall()


def pipeline(place, machine):
    """The pipeline as another machine sees it: with an empty working directory."""
    return dlt.pipeline("pipe", pipelines_dir=str(place / machine), dataset_name="raw_shop",
                        destination=dlt.destinations.duckdb(str(place / "w.duckdb")))


@dlt.source(name="shop")
def shop(last, extra=False):
    """Rows 1 to `last`, of which the incremental resource yields what is new."""
    more = {"price": 1.5} if extra else {}

    @dlt.resource(primary_key="id", write_disposition="append")
    def events(ids=dlt.sources.incremental("id")):
        yield [{"id": number, "note": "dlt", **more} for number in range(1, last + 1)]

    @dlt.resource(primary_key="id", write_disposition="merge")
    def orders():
        yield [{"id": number, "note": "dlt", "items": ["dlt"]} for number in range(last - 1, last + 1)]

    return events, orders


def test_dlt_restores_what_we_wrote_and_goes_on(place):
    books("load", "w.duckdb", 1, 2)
    restored = pipeline(place, "a")
    restored.sync_destination()
    state = restored.state
    assert state["schema_names"] == ["shop"]
    assert state["default_schema_name"] == "shop"
    assert state["_state_version"] == 1
    cursor = state["sources"]["shop"]["resources"]["events"]["incremental"]["id"]
    assert cursor["last_value"] == 2
    schema = restored.schemas["shop"]
    assert not schema.is_modified
    assert schema.version_hash == query(place, "select version_hash from raw_shop._dlt_version")[0][0]
    assert schema.version == 2
    assert [table["name"] for table in schema.data_tables(seen_data_only=True)] == [
        "events", "orders", "orders__items"]

    restored.run(shop(3, extra=True))
    assert query(place, "select id, note, price from raw_shop.events order by id") == [
        (1, "ours", None), (2, "ours", None), (3, "dlt", 1.5)]
    assert query(place, "select id, note from raw_shop.orders order by id") == [
        (1, "ours"), (2, "dlt"), (3, "dlt")]
    assert query(place, "select o.id, i.value from raw_shop.orders o join raw_shop.orders__items i "
                 "on i._dlt_root_id = o._dlt_id order by all") == [
        (1, "ours"), (1, "ours"), (2, "dlt"), (3, "dlt")]
    assert query(place, "select count(*) from raw_shop.orders__items") == [(4,)]


def test_an_unchanged_dlt_run_adds_no_version_of_what_we_wrote(place):
    books("load", "w.duckdb", 1, 2)
    before = query(place, "select version_hash from raw_shop._dlt_version")
    pipeline(place, "a").run(shop(2))
    assert query(place, "select version_hash from raw_shop._dlt_version") == before
    assert query(place, "select id from raw_shop.events order by id") == [(1,), (2,)]


def test_we_read_what_dlt_wrote_and_go_on(place):
    pipeline(place, "a").run(shop(3))
    shown = books("show", "w.duckdb")
    assert shown["same_text"]
    assert shown["schema_hash"] == shown["stored_schema_hash"]
    assert shown["state_hash"] == shown["stored_state_hash"]
    assert shown["schema_version"] == 2
    assert {"events", "orders", "orders__items", "_dlt_pipeline_state"} <= set(shown["tables"])
    cursor = shown["state"]["sources"]["shop"]["resources"]["events"]["incremental"]["id"]
    assert cursor["last_value"] == 3

    versions = query(place, "select count(*) from raw_shop._dlt_version")
    books("load", "w.duckdb", 4, 5)
    assert query(place, "select count(*) from raw_shop._dlt_version") == versions  # nothing changed
    again = pipeline(place, "b")
    again.run(shop(6))
    assert query(place, "select id, note from raw_shop.events order by id") == [
        (1, "dlt"), (2, "dlt"), (3, "dlt"), (4, "ours"), (5, "ours"), (6, "dlt")]
    assert query(place, "select count(*), count(distinct load_id) from raw_shop._dlt_loads") == [(3, 3)]
    assert again.state["_state_version"] == 3


def test_typed_values_in_a_state_survive_our_loads(place):
    """A datetime cursor of dlt's is still a datetime after we stored the state."""
    import datetime

    @dlt.source(name="shop")
    def timed():
        @dlt.resource(write_disposition="append")
        def visits(at=dlt.sources.incremental("at")):
            yield {"at": datetime.datetime(2024, 1, 5, 6, 7, 8, 9, tzinfo=datetime.timezone.utc)}
        return visits

    pipeline(place, "a").run(timed())
    books("load", "w.duckdb", 1, 2)
    restored = pipeline(place, "b")
    restored.sync_destination()
    resources = restored.state["sources"]["shop"]["resources"]
    assert resources["visits"]["incremental"]["at"]["last_value"].isoformat() == (
        "2024-01-05T06:07:08.000009+00:00")
    assert resources["events"]["incremental"]["id"]["last_value"] == 2
    info = restored.run(timed())
    assert query(place, "select count(*) from raw_shop.visits") == [(1,)]
    assert not info.has_failed_jobs
