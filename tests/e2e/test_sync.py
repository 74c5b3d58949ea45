"""dango sync from end to end: what it prints, what it leaves behind, and what it must not touch."""
import json
import re
import time

STAMP = r"\[\d\d:\d\d:\d\d\] "


def unstamped(text):
    return re.sub(STAMP, "", text)


def test_one_named_source_prints_the_short_form(project):
    project.sources(project.csv("sales", "id,name\n1,Ann\n2,Bob\n"))
    out = project.ok("sync", "sales").out
    lines = out.splitlines()
    assert all(re.match(STAMP, line) for line in lines[:5])
    assert unstamped(lines[0]) == "Starting sync for sales"
    assert [unstamped(line) for line in lines[1:4]] == [
        "Reading CSV: data/uploads/sales.csv", "Loaded 2 rows", "Writing to raw.sales"]
    assert re.fullmatch(STAMP + r"✓ Sync complete \(2 rows in \d+\.\ds\)", lines[4])
    assert lines[5:] == ["✓ staging: 1 model generated (stg_sales)", lines[6]]
    assert re.fullmatch(r"✓ dbt: 1 model updated \(\d+\.\ds\)", lines[6])


def test_all_sources_print_headings_and_a_closing_block(project):
    project.sources(project.csv("a", "id\n1\n"), project.csv("b", "id\n1\n2\n"))
    out = unstamped(project.ok("sync").out)
    assert out.startswith("Starting sync for 2 sources...\n\nSyncing a (1/2)\n")
    assert "\n\nSyncing b (2/2)\n" in out
    rule = "─" * 46
    assert re.search(rule + r"\n✓ All syncs complete!\n\nTotal rows: 3\nTotal duration: \d+\.\ds\n"
                     r"Success: 2/2 sources\nFailed: 0/2 sources\n" + rule + r"\n✓ staging: ", out)


def test_a_failing_source_does_not_stop_the_others(project):
    project.sources(project.csv("bad", "id,name\n1\n"), {"name": "odd", "type": "cvs"},
                    project.csv("good", "id\n1\n"))
    result = project.run("sync")
    assert result.code == 1
    out = unstamped(result.out)
    assert "✗ Sync failed for bad\nDataValidationError: data/uploads/bad.csv:2: " in out
    assert "✗ Sync failed for odd\nConfigError: " in out and "'cvs'" in out
    assert "⚠ Sync finished with errors" in out and "Failed: 2/3 sources" in out
    assert project.rows("select count(*) from raw.good") == [(1,)]
    assert project.rows("select count(*) from duckdb_tables() where schema_name = 'raw_bad'") == [(0,)]


def test_names_that_are_not_there_or_disabled_sync_nothing(project):
    entry = project.csv("sales", "id\n1\n")
    project.sources(entry, {**project.csv("off", "id\n1\n"), "enabled": False})
    result = project.run("sync", "sale")
    assert result.code == 1 and "Source 'sale' not found" in result.err and "sales" in result.err
    result = project.run("sync", "off")
    assert result.code == 1 and "enabled: true" in result.err
    result = project.run("sync", "--select", "nothing")
    assert result.code == 1 and "Resource 'nothing' not found" in result.err
    assert project.rows("select count(*) from duckdb_tables() where schema_name like 'raw_%'") == [(0,)]
    assert project.ok("sync", "--source", "sales, sales").code == 0


def test_the_books_of_dlt_are_kept(project):
    project.sources(project.csv("sales", "id,When At\n1,2024-01-01\n"))
    project.ok("sync")
    project.ok("sync")
    assert project.rows("select column_name, data_type from duckdb_columns() where schema_name = 'raw_sales' "
                        "and table_name = 'sales' order by column_index") == [
        ("id", "BIGINT"), ("when_at", "DATE"), ("_dlt_load_id", "VARCHAR"), ("_dlt_id", "VARCHAR"),
        ("_dlt_extracted_at", "TIMESTAMP WITH TIME ZONE"), ("_dango_filename", "VARCHAR"),
        ("_dango_file_mtime", "TIMESTAMP WITH TIME ZONE"), ("_dango_loaded_at", "TIMESTAMP WITH TIME ZONE"),
        ("_dango_deleted", "BOOLEAN")]
    loads = project.rows("select load_id, schema_name, status, source from raw._dlt_loads order by load_id")
    assert len(loads) == 2 and all(re.fullmatch(r"\d{10}\.\d+", load[0]) for load in loads)
    assert loads[0][1:] == ("sales", 0, "sales")
    rows = project.rows("select _dlt_load_id, _dlt_id, _dango_filename, _dango_deleted from raw_sales.sales")
    assert rows[0][0] == loads[1][0] and re.fullmatch(r"[A-Za-z0-9+/]{14}", rows[0][1])
    assert rows[0][2:] == ("data/uploads/sales.csv", False)
    version, document = project.rows("select version_hash, schema from raw_sales._dlt_version")[-1]
    assert json.loads(document)["version_hash"] == version
    assert project.rows("select schema_version_hash from raw._dlt_loads")[-1] == (version,)
    state = json.loads((project / ".dlt/pipelines/sales/state/state.json").read_text())
    assert state["resources"]["sales"]["rows_synced"] == 2
    assert state["resources"]["sales"]["last_load_id"] == loads[1][0]


def test_nothing_new_is_quick_and_changes_no_table(project):
    project.write("data/in/a.csv", "id\n1\n")
    project.sources({"name": "s", "type": "csv", "csv": {"directory": "data/in"}})
    project.ok("sync", "s")
    start = time.monotonic()
    out = unstamped(project.ok("sync", "s").out)
    assert time.monotonic() - start < 5  # a sanitized program on a busy machine; well under a second else
    assert "Loaded 0 rows" in out and "Writing to" not in out
    assert project.rows("select count(*) from raw._dlt_loads") == [(1,)]


def test_new_changed_and_deleted_files(project):
    project.write("data/in/a.csv", "id,v\n1,a\n")
    project.write("data/in/b.csv", "id,v\n2,b\n")
    project.sources({"name": "s", "type": "csv", "csv": {"directory": "data/in"}})
    project.ok("sync")
    project.write("data/in/b.csv", "v,id\nbb,2\ncc,3\n")
    project.write("data/in/c.csv", "id,v\n4,d\n")
    (project / "data/in/a.csv").unlink()
    out = unstamped(project.ok("sync", "s").out)
    assert "a.csv" not in out and "Reading CSV: data/in/b.csv\nReading CSV: data/in/c.csv\nLoaded 3 rows" in out
    assert project.rows("select id, v, _dango_deleted from raw.s order by id") == [
        (1, "a", True), (2, "bb", False), (3, "cc", False), (4, "d", False)]
    assert project.rows("select file_path, rows_loaded, status from _dango_file_metadata order by 1") == [
        ("data/in/a.csv", 1, "deleted"), ("data/in/b.csv", 2, "updated"), ("data/in/c.csv", 1, "loaded")]
    project.write("data/in/a.csv", "id,v\n1,again\n")
    project.ok("sync")
    assert project.rows("select v, _dango_deleted from raw.s where id = 1") == [("again", False)]


def test_columns_come_and_go_and_change_their_type(project):
    project.write("data/in/a.csv", "id,code,x\n1,7,1\n")
    project.sources({"name": "s", "type": "csv", "csv": {"directory": "data/in"}})
    project.ok("sync")
    project.write("data/in/b.csv", "extra,code,id\nnew,007,2\n")
    project.write("data/in/c.csv", "id,code,x\n3,abc,1.5\n")
    project.ok("sync")
    assert project.rows("select id, code, x, extra from raw.s order by id") == [
        (1, "7", 1.0, None), (2, "007", None, "new"), (3, "abc", 1.5, None)]
    document = project.rows("select schema from raw_s._dlt_version order by version desc limit 1")[0][0]
    assert list(json.loads(document)["tables"]["s"]["columns"])[-1] == "extra"


def test_a_file_that_hardly_fits_is_refused_unless_allowed(project):
    project.write("data/in/a.csv", "id,name,price,day\n1,a,2,2024-01-01\n")
    project.sources({"name": "s", "type": "csv", "csv": {"directory": "data/in"}})
    project.ok("sync")
    project.write("data/in/wrong.csv", "id,colour,size\n1,red,4\n")
    result = project.run("sync", "s")
    assert result.code == 1
    assert ("SchemaMismatchError: data/in/wrong.csv: has 1 of the 4 columns of raw.s; "
            "missing: name, price, day; extra: colour, size") in result.out
    assert "--allow-schema-changes" in result.out
    assert project.rows("select count(*) from raw.s") == [(1,)]
    project.ok("sync", "s", "--allow-schema-changes")
    assert project.rows("select colour from raw.s where colour is not null") == [("red",)]


def test_full_refresh_asks_and_starts_from_scratch(project):
    project.sources(project.csv("sales", "id\n1\n2\n"))
    project.ok("sync")
    before = project.files()
    result = project.run("sync", "--full-refresh", input="n\n")
    assert result.code == 1 and "  - sales (2 rows will be deleted)" in result.out
    assert "Proceed? (y/N): " in result.out and "Cancelled." in result.out
    assert project.files() == before
    project.write("data/uploads/sales.csv", "other\nx\n")
    out = unstamped(project.ok("sync", "--full-refresh", input="y\n").out)
    assert "Dropping raw.sales\nStarting fresh sync...\n" in out
    assert "✓ Sync complete (fresh data loaded)" in out
    assert project.rows("select other from raw.sales") == [("x",)]
    assert project.rows("select count(*) from raw_sales._dlt_version") == [(1,)]


def test_dry_run_counts_and_writes_nothing(project):
    project.write("data/in/a.csv", "id\n" + "1\n" * 1234)
    project.sources({"name": "s", "type": "csv", "csv": {"directory": "data/in"}},
                    project.csv("one", "id\n1\n"), project.csv("bad", "id,b\n1\n"))
    for expected in ("   - s: 1,234 new rows\n   Estimated: 1,234 rows, ~Ns\n",
                     "   - s: 0 new rows\n   Estimated: 0 rows, ~Ns\n"):
        before = project.files()
        out = project.run("sync", "--dry-run").out
        assert out.startswith("DRY RUN MODE - No data will be modified\n\nWould sync 3 sources:\n\n1. s\n")
        assert expected in re.sub(r"~\d+s", "~Ns", out)  # how long is the machine's matter
        assert "   - one: 1 row (full refresh)\n" in out
        assert "⚠ DataValidationError: data/uploads/bad.csv:2: " in out
        assert out.endswith("No data was modified.\n")
        assert project.files() == before
        project.run("sync")


def test_limit_is_for_trying_out(project):
    project.write("data/in/a.csv", "id\n1\n2\n3\n")
    project.write("data/in/b.csv", "id\n4\n5\n6\n")
    project.sources({"name": "s", "type": "csv", "csv": {"directory": "data/in"}})
    project.ok("sync", "--limit", "4")
    assert project.rows("select count(*) from raw.s") == [(4,)]
    project.ok("sync")
    assert project.rows("select id from raw.s order by id") == [(i,) for i in range(1, 7)]


def test_an_empty_file_does_not_empty_a_table(project):
    project.sources(project.csv("sales", "id\n1\n2\n"))
    project.ok("sync")
    project.write("data/uploads/sales.csv", "id\n")
    out = project.ok("sync").out
    assert "⚠ Sync returned 0 rows — existing 2 rows preserved" in out
    assert project.rows("select count(*) from raw.sales") == [(2,)]
    project.ok("sync", "--allow-empty-replace")
    assert project.rows("select count(*) from raw.sales") == [(0,)]


def test_rows_that_vanish_or_multiply_are_remarked_upon(project):
    project.sources(project.csv("sales", "id\n" + "1\n" * 100))
    project.ok("sync")
    project.write("data/uploads/sales.csv", "id\n" + "1\n" * 40)
    assert "⚠ raw.sales has 40 rows now, after 100 at the last sync" in project.ok("sync").out
    project.write("data/uploads/sales.csv", "id\n" + "1\n" * 50)
    assert "⚠" not in project.ok("sync").out


def test_status_history_and_activity_are_written(project):
    project.sources(project.csv("sales", "id\n1\n"))
    project.ok("sync")
    status, = [json.loads(p.read_text()) for p in (project / ".dango/state").glob("sync_status_*.json")]
    assert status["phase"] == "completed" and status["sources"] == ["sales"]
    assert status["source_label"] == "cli" and status["rows_loaded"] == 1
    entry, = json.loads((project / ".dango/history/sales.json").read_text())
    assert entry["status"] == "success" and entry["rows_processed"] == entry["total_row_count"] == 1
    activity = [json.loads(line) for line in (project / ".dango/logs/activity.jsonl").read_text().splitlines()]
    assert activity[-1]["source"] == "sales" and activity[-1]["level"] == "info"
    assert not list((project / ".dango/logs").glob("sync_*.log"))  # removed after a success
    project.write("data/uploads/sales.csv", "id,b\n1\n")
    assert project.run("sync").code == 1
    assert len(list((project / ".dango/state").glob("sync_status_*.json"))) == 1
    assert json.loads((project / ".dango/history/sales.json").read_text())[0]["status"] == "failed"
    assert len(list((project / ".dango/logs").glob("sync_*.log"))) == 1


def test_json_gives_one_event_per_line(project):
    project.sources(project.csv("sales", "id\n1\n"))
    events = [json.loads(line) for line in project.ok("sync", "--json").out.splitlines()]
    kinds = [event["event"] for event in events if event["event"] != "progress"]
    assert kinds == ["started", "source_started", "step", "step", "step", "source_done", "finished", "hook", "hook"]


def test_a_namespace_gives_the_tables_two_names(project):
    entry = {**project.csv("sales", "id\n1\n"), "namespace": "shop"}
    project.sources(entry)
    project.ok("sync")
    for name in ("raw_shop.sales", "raw_sales.sales", "raw.sales"):
        assert project.rows(f"select count(*) from {name}") == [(1,)], name
    project.write("data/uploads/sales.csv", "id,more\n1,2\n")
    project.ok("sync")
    assert project.rows("select more from raw_sales.sales") == [(2,)]
