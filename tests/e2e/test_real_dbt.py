"""`transform: {engine: dbt}` in project.yml: the same commands are done by a real dbt that is found on PATH. What it is
told is seen by a stand-in; that both engines build the same is seen with dbt itself, where `make oracle` brought it."""
import json
import os
import signal
import stat
import time

import pytest
import yaml

from conftest import PROGRAM, ROOT

REAL = ROOT / "build/oracle/dbt/bin/dbt"
STAND_IN = """#!/bin/sh
printf '%s\\n' "$PWD" "$@" > "$HOME/told"
{body}
"""


def use_dbt(project, body=""):
    """Chooses the engine and puts a program of that name in front of the PATH, behind a link to ourselves."""
    settings = yaml.safe_load((project / ".dango/project.yml").read_text())
    settings["transform"] = {"engine": "dbt"}
    project.write(".dango/project.yml", yaml.safe_dump(settings))
    program = project.write("bin/dbt", STAND_IN.format(body=body))
    program.chmod(program.stat().st_mode | stat.S_IEXEC)
    (project / "links").mkdir()
    (project / "links/dbt").symlink_to(PROGRAM)
    project.env["PATH"] = f"{project / 'links'}:{project / 'bin'}:{os.environ['PATH']}"


def told(project):
    where, *words = (project / "told").read_text().splitlines()
    assert where == str(project / "dbt")
    assert words[-2] == "--profiles-dir"
    return words[:-2], words[-1]


@pytest.mark.parametrize("typed, words", [
    ("run", "run --no-use-colors"),
    ("run +a b --threads 2 --full-refresh --wait 5 --strict",
     "run --select +a --select b --threads 2 --full-refresh --no-use-colors"),
    ("run --no-partial-parse --vars a:1", "run --no-partial-parse --vars a:1 --no-use-colors"),
    ("ls --json --exclude x", "ls --exclude x --quiet --output json --no-use-colors"),
    ("source freshness --select source:a", "source freshness --select source:a --no-use-colors"),
    ("run-operation grant --args {a:1}", "run-operation grant --args {a:1} --no-use-colors"),
    ("retry --target-path elsewhere --color", "retry --target-path elsewhere --use-colors"),
])
def test_the_words_are_those_of_dbt(project, typed, words):
    use_dbt(project)
    project.ok(*typed.split())
    assert told(project)[0] == words.split()


def test_paths_count_from_where_they_were_typed(project):
    use_dbt(project)
    (project / "state").mkdir()
    project.ok("run", "--state", "state", "--profiles-dir", "dbt")
    assert told(project) == (["run", "--state", str(project / "state"), "--no-use-colors"], str(project / "dbt"))


def test_a_profile_is_made_up_where_there_is_none(project):
    use_dbt(project)
    for folder in "dbt", ".dango":
        (project / folder / "profiles.yml").unlink()
    project.ok("run")
    profiles = told(project)[1]
    with open(f"{profiles}/profiles.yml", encoding="utf-8") as file:
        target = next(iter(yaml.safe_load(file).values()))["outputs"]["dev"]
    assert target == {"type": "duckdb", "path": str(project / "data/warehouse.duckdb"), "threads": 4}


@pytest.mark.parametrize("code", [0, 1, 2])
def test_what_it_prints_and_its_exit_status_are_ours(project, code):
    use_dbt(project, f"echo 'it says so'; exit {code}")
    result = project.run("build")
    assert (result.code, result.out, result.err) == (code, "it says so\n", "")


def test_without_a_dbt_the_reason_is_told(project):
    use_dbt(project)
    (project / "bin/dbt").unlink()
    project.env["PATH"] = str(project / "links")
    result = project.run("run")
    assert result.code != 0 and "there is no dbt on PATH, which 'transform.engine: dbt' asks for" in result.err
    assert "install dbt-core and dbt-duckdb" in result.err
    found = project.run("validate")
    assert found.code != 0 and "there is no dbt on PATH to build the models" in found.out


def test_an_interrupt_is_passed_on(project):
    use_dbt(project, "trap 'touch \"$HOME/interrupted\"; exit 1' INT; touch \"$HOME/begun\"; "
                     "while :; do sleep 0.05; done")
    process = project.start("run", start_new_session=True)
    while not (project / "begun").exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    assert process.returncode == 130 and (project / "interrupted").exists()


def test_a_sync_tells_what_it_did(project):
    event = {"info": {"name": "StatsLine", "level": "info", "msg": "Done."},
             "data": {"stats": {"error": 0, "noop": 0, "pass": 3, "skip": 0, "total": 3, "warn": 0}}}
    use_dbt(project, f"echo 'no event'; echo '{json.dumps(event)}'")
    project.sources(project.csv("orders", "id,amount\n1,10\n"))
    result = project.ok("sync")
    assert "✓ dbt: 3 models updated (" in result.out
    assert told(project)[0] == ("run --select source:orders+ --log-format json --no-use-colors").split()


@pytest.mark.parametrize("code, event, told_so", [
    (1, {"info": {"name": "RunResultError", "level": "error", "msg": "  Runtime Error in model m"}, "data": {}},
     "Runtime Error in model m"),
    (2, {"info": {"name": "MainEncounteredError", "level": "error", "msg": "Parsing Error in x.yml"}, "data": {}},
     "Parsing Error in x.yml"),
])
def test_a_sync_tells_why_it_failed(project, code, event, told_so):
    use_dbt(project, f"echo '{json.dumps(event)}'; exit {code}")
    project.sources(project.csv("orders", "id,amount\n1,10\n"))
    result = project.run("sync")
    assert result.code == 1 and told_so in result.out + result.err
    assert "dango run --select source:orders+" in result.out + result.err
    assert project.rows("select count(*) from raw.orders") == [(1,)]


@pytest.mark.skipif(not REAL.exists(), reason="make oracle brings dbt")
def test_both_engines_build_the_same(project):
    use_dbt(project)
    project.env["PATH"] = f"{project / 'links'}:{REAL.parent}:{os.environ['PATH']}"
    project.sources(project.csv("orders", "id,amount\n1,10\n2,20\n"))
    project.write("dbt/models/marts/fct.sql", "select sum(amount) as total from {{ ref('stg_orders') }}")
    project.ok("sync")
    assert project.rows("select total from marts.fct") == [(30,)]
    version = json.loads((project / "dbt/target/run_results.json").read_text())["metadata"]["dbt_version"]
    project.sources(project.csv("orders", "id,amount\n1,10\n2,25\n"))
    settings = (project / ".dango/project.yml").read_text()
    project.write(".dango/project.yml", settings.replace("engine: dbt", "engine: dango"))
    project.ok("sync")
    assert project.rows("select total from marts.fct") == [(35,)]
    assert json.loads((project / "dbt/target/run_results.json").read_text())["metadata"]["dbt_version"] == version
