"""Artifacts of ours are what dbt's tools expect: valid by dbt's own JSON schemas, readable with
dbt-artifacts-parser, and good enough for real dbt's --state and --defer; and ours takes those of real dbt.

The project is tests/cases/dbt/manifest_all, which has every kind of node."""
import os
import pathlib
import shutil
import subprocess
import sys

import pytest

sys.path.insert(0, str(pathlib.Path(__file__).parent))
import dbt_cases  # noqa: E402

PYTHON = dbt_cases.ORACLE.parent / "python"
CHECK = pathlib.Path(__file__).parent / "artifact_check.py"
PROJECT = dbt_cases.CASES / "manifest_all"
# Each of dbt's built-in macros is another text here, so dbt's `state:modified` also finds what calls one.
CHANGES = " ".join(f"state:{word}" for word in (
    "new", "modified.body", "modified.configs", "modified.relation", "modified.contract",
    "modified.persisted_descriptions"))

pytestmark = pytest.mark.skipif(not dbt_cases.ORACLE.exists(), reason="real dbt is not installed (tools/setup test)")


def environment(folder):
    return {**os.environ, "DBT_PROFILES_DIR": str(folder), "DBT_SEND_ANONYMOUS_USAGE_STATS": "false",
            "DBT_USE_COLORS": "false", "DBT_PARTIAL_PARSE": "false"}


def run(program, folder, *args):
    done = subprocess.run([*map(str, program), *args], cwd=folder, env=environment(folder), text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=300, check=False)
    assert done.returncode == 0, done.stdout
    return done.stdout


def listed(program, folder, *args):
    """The nodes that `ls` gives."""
    lines = run(program, folder, "--quiet", "ls", *args).splitlines()
    return sorted(line for line in lines if line and " " not in line)


REAL = [dbt_cases.ORACLE]


def project(folder):
    shutil.copytree(PROJECT, folder, ignore=shutil.ignore_patterns("target", "logs", "expected.json"))
    (folder / "profiles.yml").write_text(dbt_cases.PROFILES)
    return folder


@pytest.fixture(scope="module", name="built")
def fixture_built(tmp_path_factory):
    """The project, built by ours, with all artifacts."""
    folder = project(tmp_path_factory.mktemp("artifacts") / "project")
    for command in (["build"], ["docs", "generate"], ["source", "freshness"], ["build"]):
        run(dbt_cases.our_program(), folder, *command)
    return folder


def test_artifacts_are_valid_and_can_be_read(built):
    done = subprocess.run([PYTHON, CHECK, built / "target"], text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, check=False)
    assert done.returncode == 0, done.stdout


def test_real_dbt_compares_with_our_state(built, tmp_path):
    folder = project(tmp_path / "project")
    state = ["--state", str(built / "target")]
    assert listed(REAL, folder, "--select", *CHANGES.split(), *state) == []
    model = folder / "models" / "time_spine.sql"
    model.write_text(model.read_text() + "-- changed\n")
    assert listed(REAL, folder, "--select", *CHANGES.split(), *state) == ["shop.time_spine"]


def test_real_dbt_defers_to_our_state(built, tmp_path):
    folder = project(tmp_path / "project")
    shutil.copy(built / "warehouse.duckdb", folder)
    run(REAL, folder, "run", "--target", "prod", "--select", "report", "--defer", "--state",
        str(built / "target"))


def test_ours_takes_the_state_of_real_dbt(tmp_path):
    folder = project(tmp_path / "project")
    run(REAL, folder, "build")
    shutil.move(folder / "target", tmp_path / "state")
    ours, state = dbt_cases.our_program(), ["--state", str(tmp_path / "state")]
    assert listed(ours, folder, "--select", "state:modified", *state) == []
    run(ours, folder, "run", "--target", "prod", "--select", "report", "--defer", *state)
    model = folder / "models" / "time_spine.sql"
    model.write_text(model.read_text() + "-- changed\n")
    assert listed(ours, folder, "--select", "state:modified", *state) == ["shop.time_spine"]
