"""Wrong inputs, as a table: what is wrong, what is said about it, how the command ends. Each message names the place,
the value and the cure in at most ten lines; nothing crashes; the warehouse stays as it was. More rows of the table:
tests/cases/bad_config (settings; here each of them goes through the program too), test_sync_bad_files.py (data files),
test_sync_faults.py (locks, disks, damaged warehouses) and test_cli.py (the command line)."""
import json
import os
import re
import shutil
import subprocess

import pytest

from conftest import PROGRAM, ROOT, Project, Result

CASES = ROOT / "tests/cases/bad_config"
# Root may read and write everything unless it gives that up; others need not.
POWERLESS = [] if os.geteuid() else ["setpriv", "--bounding-set=-dac_override,-dac_read_search"]


def powerless(project, *words):
    """Runs the program without root's right to read and write everything."""
    if POWERLESS and subprocess.run([*POWERLESS, "true"], capture_output=True, check=False).returncode != 0:
        pytest.skip("this machine does not let us give up rights")
    done = subprocess.run([*POWERLESS, str(PROGRAM), *words], cwd=project.directory, env=project.env, text=True,
                          capture_output=True, check=False, timeout=120, stdin=subprocess.DEVNULL)
    return Result(" ".join(words), done)


def state(project):
    """All that the warehouse holds."""
    tables = project.rows("select table_schema, table_name from information_schema.tables order by all")
    return {(schema, name): project.rows(f'select count(*), sum(hash(t)) from "{schema}"."{name}" t')
            for schema, name in tables if schema != "_dango_meta"}


def check_told(result, code, parts):
    """The error: from its first word on stderr, or behind its mark on stdout."""
    text = result.err if result.err else result.out
    start = re.search(r"^error: |^(\[[\d:]+\] )?✗ |^⚠ |Failure in |Encountered an error", text, re.M)
    assert result.code == code and start is not None, result
    told = text[start.start():].split("\n\n──")[0].rstrip()  # without the closing block of a sync
    assert len(told.splitlines()) <= 10 and max(map(len, told.splitlines())) < 400, result
    for part in parts:
        assert part in told, (part, result)
    assert "Sanitizer" not in result.err and "runtime error" not in result.err


# ---- Settings ----

def config_cases():
    for path in sorted(CASES.glob("*.txt")):
        for text in path.read_text().split("\n### ")[1:]:
            yield pytest.param(text, id=text.split("\n", 1)[0].replace(" ", "-"))


def make_config(project, text):
    """Writes the files of a case; its expectation."""
    sections = text.split("\n=== ")[1:]
    for section in sections:
        head, _, body = section.partition("\n")
        kind, _, rest = head.partition(" ")
        name, _, argument = rest.partition(" ")
        if kind == "expect":
            return body
        path = project / name
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        if kind == "file":
            path.write_text(json.loads(argument) if argument else body + "\n")
        elif kind == "bytes":
            path.write_bytes(bytes.fromhex(argument))
        elif kind == "repeat":
            count, piece = argument.split(" ", 1)
            path.write_text(piece * int(count))
        elif kind == "directory":
            path.mkdir()
        elif kind == "link":
            path.symlink_to(argument)
    raise AssertionError("no expectation")


@pytest.fixture(scope="module")
def fresh(tmp_path_factory):
    """A project to be copied."""
    made = Project(tmp_path_factory.mktemp("fresh"))
    made.ok("init", "--skip-wizard")
    return made.directory


@pytest.mark.parametrize("case", config_cases())
def test_settings(fresh, tmp_path, case):
    project = Project(tmp_path / "shop")
    shutil.copytree(fresh, project.directory)
    project.write(".dango/project.yml", "project: {name: Shop}\n")
    expected = make_config(project, case)
    result = project.run("validate", "--project-dir", project.directory)
    fails = re.search("^not loaded: |^error |^but |cannot be used", expected, re.M)
    assert result.code == (1 if fails else 0), result
    said = (result.out + result.err).replace(str(project.directory), "ROOT")
    first = re.sub("^(not loaded: |error |warning |but )", "", expected.split("\n", 1)[0])
    assert first in said or first.startswith("source "), result
    assert "hunter2" not in said and len(result.err.splitlines()) <= 10, result


# ---- Models ----

A = "dbt/models/marts/a.sql"
B = "dbt/models/marts/b.sql"
YML = "dbt/models/marts/s.yml"


def ends(text):
    """A file of ten megabytes with a mistake at its end."""
    return "-- " + "x" * 10_000_000 + "\n" + text


@pytest.mark.parametrize("files, parts", [
    ({A: "select * from {{ ref('b') }}", B: "select * from {{ ref('a') }}"},
     ["Found a cycle: model.shop.a --> model.shop.b", "marts/a.sql, models/marts/b.sql"]),
    ({A: "select * from {{ ref('a') }}"}, ["Found a cycle: model.shop.a", "marts/a.sql"]),
    ({A: "select * from {{ ref('stg_order') }}"},
     ["(models/marts/a.sql)", "'stg_order' which was not found", "did you mean 'stg_orders'?"]),
    ({A: "select * from {{ ref('something_else') }}"},
     ["'something_else' which was not found", "correct the name in models/marts/a.sql"]),
    ({A: "select * from {{ source('orders', 'ordres') }}"}, ["models/marts/a.sql", "orders.ordres", "did you mean"]),
    ({A: "select 1 as x", "dbt/models/marts/deep/a.sql": "select 2 as x"},
     ['two models with the name "a"', "models/marts/a.sql", "models/marts/deep/a.sql", "change the name"]),
    ({"dbt/macros/f.sql": "{% macro f(x) %}{{ f(x) }}{% endmacro %}", A: "select {{ f(1) }}"},
     ["model a (models/marts/a.sql)", "maximum recursion depth exceeded", "{% macro f(x) %}{{ f(x) }}"]),
    ({A: "select {{ 1"}, ["models/marts/a.sql:1", "unexpected end of template", "^"]),
    ({A: "{% if true %}\nselect 1"}, ["models/marts/a.sql:", "endif"]),
    ({A: "select {% nonsense %} 1"}, ["models/marts/a.sql:1", "unknown tag 'nonsense'"]),
    ({A: "select {{ 'a' | nonsense }}"}, ["models/marts/a.sql:1", "nonsense"]),
    ({A: "select {{ var('year') }}"}, ["models/marts/a.sql", "Required var 'year' not found"]),
    ({A: "select {{ env_var('NO_SUCH') }}"}, ["models/marts/a.sql", "Env var required but not provided: 'NO_SUCH'"]),
    ({A: ends("select {{ 1")}, ["models/marts/a.sql:2", "unexpected end of template"]),
    ({A: "x" * (65 << 20)}, ["marts/a.sql' has 68157440 bytes, more than the 67108864 that are read"]),
    ({A: b"select '\xff' as x"}, ["models/marts/a.sql", "not UTF-8 at byte 8"]),
    ({YML: "models:\n  - name: [a\n"}, ["models/marts/s.yml:3:1", "did not find expected ',' or ']'"]),
    ({YML: "models:\n  - nmae: a\n"}, ["models/marts/s.yml", "does not have a name", "models/marts/s.yml:2:5"]),
    ({A: "select 1 as x", YML: "models: [{name: a}, {name: a}]"}, ["models/marts/s.yml", "named a", "remove one"]),
    ({"dbt/dbt_project.yml": "name: x\nmodels: [\n"}, ["dbt_project.yml:3:1", "did not find expected node content"]),
    ({"dbt/dbt_project.yml": ""}, ["dbt_project.yml does not parse to a dictionary"]),
    ({"dbt/profiles.yml": "x: [\n"}, ["dbt/profiles.yml:2:1", "did not find expected node content"]),
    ({"dbt/profiles.yml": "other: {}\n"}, ["Could not find profile named 'shop'"]),
])
def test_models_that_cannot_be_read(project, files, parts):
    project.sources(project.csv("orders", "id\n1\n"))
    project.ok("sync")
    before = state(project)
    for path, text in files.items():
        project.write(path, text)
    check_told(project.run("run"), 1, parts)
    assert state(project) == before


@pytest.mark.parametrize("sql, parts", [
    ("select nope from {{ ref('stg_orders') }}", ['Referenced column "nope" not found', "LINE "]),
    ("select {{ nope() }}", ["'nope' is undefined"]),
    ("select 1 as x; drop table raw_orders.orders", ["Parser Error"]),
    ("select 1 as a, 2 as a, 1/0 + cast('x' as int) as c", ["Could not convert string 'x' to INT32"]),
    ("select " + "1 + " * 2_500_000 + "1 as x", ["Max expression depth limit of 1000 exceeded"]),
])
def test_models_that_cannot_be_built(project, sql, parts):
    project.sources(project.csv("orders", "id\n1\n"))
    project.ok("sync")
    before = state(project)
    project.write(A, sql)
    result = project.run("run", "--select", "a")
    told = result.out[result.out.rindex("Failure in model a (models/marts/a.sql)"):]
    assert result.code == 1 and len(told.splitlines()) <= 14, result
    for part in parts:
        assert part in told, result
    assert state(project) == before


def test_a_template_of_ten_megabytes_is_no_problem(project):
    project.write(A, "-- " + "x" * 10_000_000 + "\nselect {{ 1 }} as x")
    project.ok("run")
    assert project.rows("from marts.a") == [(1,)]


# ---- Rights ----

@pytest.mark.parametrize("path, words, parts", [
    (".dango/project.yml", ["sync"], [".dango/project.yml", "Permission denied"]),
    (".dango/sources.yml", ["sync"], [".dango/sources.yml", "Permission denied"]),
    (".dlt/secrets.toml", ["sync"], ["secrets.toml", "Permission denied"]),
    (".env", ["sync"], [".env", "Permission denied"]),
    ("data/uploads/orders.csv", ["sync"], ["orders.csv", "Permission denied"]),
    ("data/warehouse.duckdb", ["sync"], ["warehouse.duckdb", "Permission denied"]),
    ("data/warehouse.duckdb", ["query", "select 1"], ["warehouse.duckdb", "Permission denied"]),
    ("dbt/dbt_project.yml", ["run"], ["dbt_project.yml", "Permission denied"]),
    (A, ["run"], ["marts/a.sql", "Permission denied"]),
])
def test_files_that_may_not_be_read(project, path, words, parts):
    project.sources(project.csv("orders", "id\n1\n"))
    project.write(A, "select 1 as x")
    project.write(".env", "X=1\n")
    project.ok("sync")
    before = state(project)
    (project / path).chmod(0)
    try:
        check_told(powerless(project, *words), 1, parts)
    finally:
        (project / path).chmod(0o644)
    assert state(project) == before


@pytest.mark.parametrize("folder, words, parts", [
    (".dango", ["sync"], [".dango/logs/", "Permission denied"]),
    ("data", ["sync"], ["warehouse.duckdb", "Permission denied"]),
    ("dbt/models/staging", ["generate"], ["stg_orders.sql", "Permission denied"]),
    (".dango", ["source", "add", "csv", "--name", "more", "--set", "file_path=data/uploads/orders.csv"],
     ["sources.yml", "Permission denied"]),
    (".", ["init", "below", "--skip-wizard"], ["below", "Permission denied"]),
])
def test_folders_that_may_not_be_written(project, folder, words, parts):
    project.sources(project.csv("orders", "id\n1\n"))
    project.ok("sync", "--no-dbt")
    before = state(project)
    if folder == ".dango":
        for path in (project / ".dango").iterdir():
            if path.is_dir():
                path.chmod(0o500)
    project.write("data/uploads/orders.csv", "id,v\n1,2\n")
    (project / folder).chmod(0o500)
    try:
        check_told(powerless(project, *words), 1, parts)
    finally:
        (project / folder).chmod(0o755)
    assert state(project) == before
