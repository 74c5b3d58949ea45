"""The promises of the product about what exists, each by its number: a row says where it is tested, and the tests that
fit nowhere else stand below. Speed (1) is measured beside an empty program by bench/start, never asserted in seconds.

| no. | promise | test |
|---|---|---|
| 1 | commands that touch no data answer at once | bench/start; test_cli: no client library is opened |
| 2 | no network is needed | here: in a namespace without one |
| 4 | one bad entry, step or file stops nothing else | here; test_sync, test_sync_hooks: what fails stands alone |
| 5 | the exit status tells the truth | here: table of commands |
| 6 | an error has at most ten lines, and no trace | test_bad_inputs, test_sync_bad_files |
| 7 | nothing new, nothing changed downstream | test_sync_hooks; test_sync: nothing new is quick |
| 8 | a dry run counts, for every type, and writes nothing | here: every format; test_sync: dry run |
| 9 | list, history and dashboards agree | here: after success, failure and repair |
| 10 | nothing vanishes silently | here: sources without models are named |
| 13 | who meets a writer is told its process; what needs no database works | here; test_sync_faults: the write lock |
| 14 | no step needs a terminal or an editor | here: from nothing to a query, stdin closed |
| 16 | no colours, nothing cut, when not on a terminal | here: all commands; test_cli: a pipe |
"""
import json
import subprocess

import pytest

from conftest import PROGRAM, Project, Result

FORMATS = {
    "csv": "id,name\n1,a\n2,b\n3,c\n", "tsv": "id\tname\n1\ta\n2\tb\n3\tc\n",
    "json": '[{"id":1},{"id":2},{"id":3}]', "jsonl": '{"id":1}\n{"id":2}\n{"id":3}\n',
}


@pytest.fixture
def shop(project):
    project.write("data/in/a.csv", "id,name\n1,Ann\n")
    project.sources({"name": "people", "type": "csv", "csv": {"directory": "data/in"}})
    return project


def offline(project, *words):
    done = subprocess.run(["unshare", "-rn", str(PROGRAM), *words], cwd=project.directory, env=project.env, text=True,
                          capture_output=True, check=False, timeout=120, stdin=subprocess.DEVNULL)
    return Result(" ".join(words), done)


def test_2_everything_works_without_a_network(tmp_path):
    if subprocess.run(["unshare", "-rn", "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine gives no network namespaces")
    project = Project(tmp_path)
    project.write("a.csv", "id\n1\n")
    for words in (["init", "--skip-wizard"], ["source", "add", "csv", "--name", "a", "--set", "file_path=a.csv"],
                  ["validate"], ["sync"], ["generate"], ["run"], ["test"], ["query", "from staging.stg_a"],
                  ["source", "list"], ["db", "status"]):
        result = offline(project, *words)
        assert result.code == 0, result


def test_4_a_bad_entry_stops_no_command_on_the_others(shop):
    good = {"name": "people", "type": "csv", "csv": {"directory": "data/in"}}
    shop.sources({"name": "odd", "type": "cvs"}, {"type": "csv"}, good)
    assert shop.run("sync").code == 1
    for words in (["sync", "people"], ["source", "list"], ["generate"], ["run"], ["db", "status"],
                  ["query", "from staging.stg_people"]):
        shop.ok(*words)


@pytest.mark.parametrize("damage, words, code", [
    (None, ["sync"], 0),
    (("data/in/a.csv", "id,name\n1\n1,2,3\n"), ["sync"], 1),
    (("dbt/models/marts/m.sql", "select nope from {{ ref('stg_people') }}"), ["sync"], 1),
    (("dbt/models/marts/m.sql", "select nope from {{ ref('stg_people') }}"), ["run"], 1),
    (("dbt/models/staging/_stg_people__schema.yml", "models: ["), ["generate"], 1),
    (("dbt/tests/never.sql", "select 1"), ["test"], 1),
    ((".dango/sources.yml", "sources: ["), ["validate"], 1),
    ((".dango/sources.yml", "sources: ["), ["sync"], 1),
    (None, ["query", "select nope"], 1),
    (None, ["sync", "nobody"], 1),
    (None, ["sync", "--nonsense"], 2),
    (None, ["generate", "--dedup-strategy", "nonsense"], 2),
])
def test_5_the_exit_status_tells_the_truth(shop, damage, words, code):
    shop.ok("sync")
    shop.write("data/in/b.csv", "id,name\n2,Bob\n")
    if damage:
        shop.write(*damage)
    result = shop.run(*words)
    assert result.code == code, result


@pytest.mark.parametrize("ending", FORMATS)
def test_8_a_dry_run_counts_every_format_and_writes_nothing(project, ending):
    project.write(f"data/in/a.{ending}", FORMATS[ending])
    project.sources({"name": "t", "type": "local_files", "local_files": {"directory": "data/in"}})
    before = project.files()
    assert "- t: 3 new rows" in project.ok("sync", "--dry-run").out
    assert project.files() == before


def test_9_every_place_tells_the_same_of_the_last_sync(shop):
    for text, code in (("id,name\n1,Ann\n2,Bob\n", 0), ("id,name\n1\n", 1), ("id,name\n3,Eve\n", 0)):
        shop.write("data/in/a.csv", text)
        assert shop.run("sync").code == code
        entry = json.loads((shop / ".dango/history/people.json").read_text())[0]
        listed, = shop.ok("source", "list", "--json").json["sources"]
        dashboard, = shop.rows("select status, rows_processed from _dango_meta.sync_history "
                               "order by sync_timestamp desc limit 1")
        assert listed["last_sync"] == entry["timestamp"]
        assert listed["status"] == ("failed" if code else "synced")
        assert entry["status"] == dashboard[0] == ("failed" if code else "success")
        assert dashboard[1] == entry["rows_processed"]


def test_10_a_source_without_models_is_named(shop):
    people = {"name": "people", "type": "csv", "csv": {"directory": "data/in"}}
    (shop / "data/none").mkdir()
    shop.sources(people, {"name": "later", "type": "csv", "csv": {"directory": "data/none"}})
    assert "No files found to load" in shop.ok("sync").out
    assert "⚠ No raw table of later yet: run 'dango sync later' first" in shop.ok("generate").out
    assert shop.ok("generate", "--json").json["sources_without_tables"] == ["later"]
    later = shop.ok("source", "list", "--json").json["sources"][1]
    assert later["rows"] == 0 and later["tables"] == []


def test_13_whoever_meets_a_writer_is_told_its_process(shop):
    shop.ok("sync")
    shop.write("dbt/models/marts/m.sql", "select count(*) as n from range(100000000000) a, range(1000) b "
               "where a.range % 7 = b.range % 5 or exists (from {{ ref('stg_people') }} where id < 0)")
    shop.write("data/in/b.csv", "id,name\n2,Bob\n")
    process = shop.start("sync", "--json")
    try:
        assert any('"dbt: ' in line and "model.shop.m" in line for line in process.stdout)
        holder, = [json.loads(path.read_text())["pid"] for path in (shop / ".dango/state").glob("sync_status_*.json")]
        for words in (["sync"], ["run"], ["query", "select 1"], ["db", "status"]):
            result = shop.run(*words)
            assert result.code == 1 and str(holder) in result.out + result.err, result
        assert "people" in shop.ok("source", "list").out  # needs no database
    finally:
        process.terminate()
        process.communicate(timeout=60)


def test_14_no_step_needs_a_terminal_or_an_editor(tmp_path):
    project = Project(tmp_path)
    project.write("a.csv", "id\n1\n")
    for words in (["init", "--skip-wizard", "--name", "Shop", "--organization", "Acme"],
                  ["source", "add", "csv", "--name", "a", "--set", "file_path=a.csv"],
                  ["source", "edit", "a", "--set", "delimiter=,"], ["sync", "--full-refresh", "--yes"],
                  ["generate", "--force", "--yes"], ["run"], ["source", "remove", "a", "--delete-data", "--yes"]):
        project.ok(*words, env={"EDITOR": "/bin/false"})


def test_16_no_colours_and_nothing_cut_in_a_pipe(shop):
    shop.ok("sync")
    for words in (["sync"], ["generate"], ["run"], ["test"], ["ls"], ["compile"], ["validate"], ["db", "status"],
                  ["source", "list"], ["query", "from staging.stg_people"], ["sync", "--help"], ["help"]):
        result = shop.run(*words, env={"COLUMNS": "20", "TERM": "xterm-256color"})
        assert "\x1b" not in result.out + result.err and "…" not in result.out, result
    assert "\t" in shop.ok("query", "from staging.stg_people").out
