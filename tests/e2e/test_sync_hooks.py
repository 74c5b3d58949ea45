"""The steps after a load: staging models, the models that come from the loaded sources, and what dashboards read. Each is
isolated: whatever fails, the data stays loaded and the exit status says so."""
import json
import os
import shutil
import signal

import duckdb
import pytest

ENDLESS = "select count(*) as n from range(100000000000) a, range(1000) b where a.range % 7 = b.range % 5"


@pytest.fixture
def shop(project):
    """Two sources, and a mart on each."""
    project.sources(project.csv("orders", "id,amount\n1,10\n2,20\n"), project.csv("people", "id,name\n1,Ann\n"))
    project.write("dbt/models/marts/fct_orders.sql", "select sum(amount) as total from {{ ref('stg_orders') }}")
    project.write("dbt/models/marts/dim_people.sql", "select name from {{ ref('stg_people') }}")
    return project


def built(project):
    """The models of the last run of dbt."""
    results = json.loads((project / "dbt/target/run_results.json").read_text())["results"]
    return {result["unique_id"].split(".")[-1] for result in results}


def newest(project, source):
    return json.loads((project / f".dango/history/{source}.json").read_text())[0]


def status_of(project):
    file, = (project / ".dango/state").glob("sync_status_*.json")
    return json.loads(file.read_text())


def downstream(project):
    """Every file that a load changes for others, with its moment: models, artifacts, the warehouse."""
    paths = [*(project / "dbt").rglob("*"), project / "data/warehouse.duckdb"]
    return {str(path): path.stat().st_mtime_ns for path in paths if path.is_file()}


def test_a_sync_builds_what_comes_from_it(shop):
    result = shop.ok("sync")
    block, after = result.out.rsplit("──\n", 1)
    assert "✓ All syncs complete!" in block and "✓ staging" not in block
    lines = after.splitlines()
    assert lines[0] == "✓ staging: 2 models generated (stg_orders, stg_people)"
    assert lines[1].startswith("✓ dbt: 4 models updated (") and len(lines) == 2
    assert shop.rows("select total from marts.fct_orders") == [(30,)]
    assert status_of(shop)["phase"] == "completed"


def test_a_sync_with_nothing_new_changes_nothing_downstream(project):
    project.write("data/in/a.csv", "id\n1\n")
    project.sources({"name": "a", "type": "csv", "csv": {"directory": "data/in"}})
    project.ok("sync")
    before = downstream(project)
    result = project.ok("sync")
    assert "dbt" not in result.out and "staging" not in result.out
    assert downstream(project) == before


def test_only_models_of_what_was_loaded_run(shop):
    shop.ok("sync")
    shop.ok("sync", "people")  # a file_path is read anew each time
    assert built(shop) == {"stg_people", "dim_people"}
    shop.ok("sync", "orders")
    assert built(shop) == {"stg_orders", "fct_orders"}


def test_columns_named_like_words_of_sql(project):
    words = [word for word, in duckdb.execute("select distinct keyword_name from duckdb_keywords() order by 1").fetchall()]
    project.sources(project.csv("t", ",".join(["id", *words]) + "\n" + ",".join("1" * (len(words) + 1)) + "\n",
                                deduplication_strategy="latest_only", primary_key=words))
    project.ok("sync")
    assert len(project.rows("describe staging.stg_t")) == len(words) + 3  # id, load id and time
    project.ok("sync", "--full-refresh", "--yes")


def test_a_new_column_reaches_the_staging_model_and_an_edited_one_is_kept(shop):
    shop.ok("sync")
    mine = shop.write("dbt/models/staging/stg_people.sql", "select upper(name) as name from {{ source('people', 'people') }}")
    schema = shop / "dbt/models/staging/_stg_people__schema.yml"
    schema.write_text("# mine\n" + schema.read_text())
    before = mine.read_text()
    shop.write("data/uploads/orders.csv", "id,amount,paid\n1,10,true\n")
    result = shop.ok("sync")
    assert "✓ staging: 1 model generated (stg_orders)" in result.out
    assert shop.rows("select paid from staging.stg_orders") == [(True,)]
    assert mine.read_text() == before and schema.read_text().startswith("# mine\n")
    assert shop.rows("select name from marts.dim_people") == [("ANN",)]


def test_a_model_that_fails_ends_with_1_and_keeps_the_data(shop):
    shop.write("dbt/models/marts/fct_orders.sql", "select nope from {{ ref('stg_orders') }}")
    shop.write("dbt/models/marts/fct_more.sql", "select * from {{ ref('fct_orders') }}")
    result = shop.run("sync")
    assert result.code == 1 and "Failed: 0/2 sources" in result.out
    told = result.out[result.out.index("⚠ dbt: "):].splitlines()
    assert told[0] == "⚠ dbt: 1 of 5 models failed, 1 skipped" and len(told) <= 10
    assert "fct_orders (models/marts/fct_orders.sql)" in told[1]
    assert 'Referenced column "nope" not found' in "\n".join(told)
    assert told[-1].endswith("to build the models again: dango run --select source:orders+ source:people+")
    assert shop.rows("select count(*) from raw.orders") == [(2,)] and shop.rows("from marts.dim_people") == [("Ann",)]
    assert newest(shop, "orders")["status"] == "success"
    assert "1 of 5 models failed" in newest(shop, "orders")["transform_error"]
    status = status_of(shop)
    assert status["phase"] == "failed" and "1 of 5 models failed" in status["dbt_error"]
    assert shop.rows("select count(*) from _dango_meta.sync_history") == [(2,)]  # the later steps ran


def test_models_that_failed_are_built_by_the_next_sync_even_without_news(project):
    project.write("data/in/a.csv", "id\n1\n")
    project.sources({"name": "a", "type": "csv", "csv": {"directory": "data/in"}})
    project.write("dbt/models/marts/fct_a.sql", "select nope from {{ ref('stg_a') }}")
    assert project.run("sync").code == 1
    again = project.run("sync")
    assert again.code == 1 and "Loaded 0 rows" in again.out and "1 of 2 models failed" in again.out
    project.write("dbt/models/marts/fct_a.sql", "select id from {{ ref('stg_a') }}")
    assert "✓ dbt: 2 models updated" in project.ok("sync").out
    assert "dbt" not in project.ok("sync").out


def test_a_project_that_does_not_compile(shop):
    shop.write("dbt/models/marts/fct_orders.sql", "select * from {{ ref('stg_order') }}")
    result = shop.run("sync")
    assert result.code == 1
    assert "⚠ dbt: Compilation Error\n" in result.out and "models/marts/fct_orders.sql" in result.out
    assert "'stg_order' which was not found" in result.out
    assert shop.rows("select count(*) from raw.orders") == [(2,)]


def test_a_step_that_fails_does_not_stop_the_others(shop):
    shop.ok("sync")
    shop.write("dbt/models/staging/_stg_orders__schema.yml", "models: [")
    shop.write("data/uploads/people.csv", "id,name,age\n1,Ann,30\n")
    result = shop.run("sync")
    assert result.code == 1
    assert "⚠ staging: " in result.out and "_stg_orders__schema.yml" in result.out
    assert "✓ staging: 1 model generated (stg_people)" in result.out
    assert shop.rows("select count(*) from _dango_meta.sync_history") == [(4,)]


def test_a_source_that_fails_leaves_the_steps_of_the_others(shop):
    (shop / "dbt/models/marts/dim_people.sql").unlink()
    shop.sources(shop.csv("orders", "id,amount\n1,10\n"), shop.csv("bad", "id,x\n1\n1,2,3\n"))
    result = shop.run("sync")
    assert result.code == 1 and "✗ Sync failed for bad" in result.out and "Failed: 1/2 sources" in result.out
    assert "stg_orders" in built(shop) and "fct_orders" in built(shop)
    assert shop.rows("select status, error_message is null from _dango_meta.sync_history order by source_name") == [
        ("failed", False), ("success", True)]


@pytest.mark.parametrize("how", ["flag", "setting"])
def test_generation_and_dbt_can_be_left_out(shop, how):
    settings = shop / ".dango/project.yml"
    if how == "setting":
        settings.write_text(settings.read_text().replace("platform:\n", "platform:\n  auto_dbt: false\n"))
    result = shop.ok("sync", *(["--no-dbt"] if how == "flag" else []))
    assert "staging" not in result.out and "dbt" not in result.out
    assert not list((shop / "dbt/models/staging").glob("*.sql"))
    assert shop.rows("select count(*) from _dango_meta.source_overview") == [(2,)]


def test_a_project_without_models_syncs_and_says_so(shop):
    shutil.rmtree(shop / "dbt")
    result = shop.ok("sync")
    assert "No models are built: there is no dbt/dbt_project.yml" in result.out
    assert not (shop / "dbt").exists() and shop.rows("select count(*) from raw.orders") == [(2,)]


def test_dashboards_read_what_happened(shop):
    shop.ok("sync")
    assert shop.rows("select source_name, source_type, enabled from _dango_meta.source_overview order by all") == [
        ("orders", "csv", True), ("people", "csv", True)]
    assert shop.rows("select source_name, status, rows_processed from _dango_meta.sync_history order by all") == [
        ("orders", "success", 2), ("people", "success", 1)]
    assert shop.rows("select * from _dango_meta.dbt_test_results") == []
    shop.ok("test")
    shop.ok("sync", "people")  # builds models, whose results replace those of the tests
    tests = shop.rows("select unique_id, status, passed from _dango_meta.dbt_test_results")
    assert len(tests) == 4 and all(row[1:] == ("pass", True) for row in tests)
    assert "_dango_meta" not in shop.ok("generate").out


def test_the_profile_counts_as_for_dango_run(shop):
    """Its settings hold for the warehouse that the sync has open, and the sync's own do not."""
    profile = shop / "dbt/profiles.yml"
    profile.write_text(profile.read_text().replace("threads: 4", "threads: 4\n      settings: {threads: 3}"))
    shop.write("dbt/models/marts/fct_orders.sql", "select current_setting('threads') as threads, "
               "current_setting('preserve_insertion_order') as ordered from {{ ref('stg_orders') }}")
    shop.ok("sync")
    by_sync = shop.rows("from marts.fct_orders")
    shop.ok("run")
    assert by_sync == shop.rows("from marts.fct_orders") == [(3, True)] * 2


def test_a_profile_that_leads_elsewhere_is_told(shop):
    profile = shop / "dbt/profiles.yml"
    profile.write_text(profile.read_text().replace("warehouse.duckdb", "other.duckdb"))
    result = shop.run("sync")
    assert result.code == 1 and "the path of target 'dev' leads to" in result.out, result
    assert "other.duckdb" in result.out and "give both the same path" in result.out
    assert not (shop / "data/other.duckdb").exists()


def test_events_for_programs(shop):
    events = [json.loads(line) for line in shop.ok("sync", "--json").out.splitlines()]
    names = [event["event"] for event in events]
    assert names.index("finished") < names.index("hook")
    assert [event["text"] for event in events if event["event"] == "hook"][0].startswith("✓ staging: ")
    assert any(event["event"] == "progress" and "fct_orders" in event.get("text", "") for event in events)
    shop.write("dbt/models/marts/fct_orders.sql", "select nope from {{ ref('stg_orders') }}")
    result = shop.run("sync", "--json")
    failed, = [event for event in map(json.loads, result.out.splitlines()) if event["event"] == "hook_failed"]
    assert result.code == 1 and failed["source"] == "dbt" and "nope" in failed["text"]


def started_in_an_endless_model(shop):
    """A sync of orders whose model is running."""
    shop.ok("sync")
    shop.write("dbt/models/marts/fct_orders.sql", ENDLESS + " or exists (from {{ ref('stg_orders') }} where id < 0)")
    process = shop.start("sync", "orders", "--json")
    for line in process.stdout:
        if "fct_orders" in line:
            return process
    raise AssertionError("the model never began")


def test_an_interrupt_stops_the_models_and_keeps_the_load(shop):
    process = started_in_an_endless_model(shop)
    process.send_signal(signal.SIGINT)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 130, out
    assert shop.rows("select count(*) from raw.orders") == [(2,)]
    shop.write("dbt/models/marts/fct_orders.sql", "select 1 as x from {{ ref('stg_orders') }}")
    shop.ok("sync", "orders")
    assert "fct_orders" in built(shop)


def test_a_process_that_dies_among_the_models_is_told(shop):
    process = started_in_an_endless_model(shop)
    status = status_of(shop)
    assert status["phase"] == "dbt_started"
    os.kill(status["pid"], signal.SIGKILL)
    out, _ = process.communicate(timeout=60)
    assert process.returncode == 1 and "Crashed after the load: signal 9" in out
    assert (shop / ".dango/state/pending_dbt_sources.json").read_text() == '["orders"]'
    shop.write("dbt/models/marts/fct_orders.sql", "select 1 as x from {{ ref('stg_orders') }}")
    shop.ok("sync", "orders")
    assert not (shop / ".dango/state/pending_dbt_sources.json").exists()
    assert shop.rows("select count(*) from marts.fct_orders") == [(2,)]

