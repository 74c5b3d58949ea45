"""Builds that are disturbed: interrupted, stopped by --fail-fast, killed at any moment, short of disk, locked out.
Afterwards each relation is the old or the new one, artifacts say what happened, and the next build completes. The seed
of the random moments is printed when a test fails."""
import contextlib
import datetime
import os
import random
import signal
import subprocess
import time

import duckdb
import pytest

KILLS = int(os.environ.get("DANGO_KILLS", "12"))
THIS_YEAR = datetime.datetime.now(datetime.timezone.utc).year
FOREVER = "select sum(a.range * b.range) as id from range(10000000) a, range(10000000) b"
TABLE = "{{ config(materialized='table') }}\n"
ENDLESS_TEMPLATE = ("{% for a in range(100000) %}{% for b in range(100000) %}{% for c in range(100000) %}"
                    "{% endfor %}{% endfor %}{% endfor %}select 1 as id")


def wait_for_line(process, text):
    """What was printed up to the line with the text."""
    seen = ""
    for line in process.stdout:
        seen += line
        if text in line:
            return seen
    raise AssertionError(f"'{text}' was never printed:\n{seen}{process.stderr.read()}")


def stop(process, number):
    """Sends the signal; what was printed since, and the seconds it took to end."""
    start = time.monotonic()
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    return out + err, time.monotonic() - start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("slow", [TABLE + FOREVER, ENDLESS_TEMPLATE, "{% set r = run_query('" + FOREVER + "') %}select 1"],
                         ids=["query", "template", "query of a template"])
def test_an_interrupt_stops_within_a_second_and_is_told(dbt_project, number, slow):
    guarded = slow if slow.startswith(TABLE) else "{% if execute %}" + slow + "{% endif %}select 1 as id"
    dbt_project.models(quick="select 1 as id", slow=guarded, behind="select * from {{ ref('slow') }}",
                       other="select 1 as id -- {{ ref('behind') }}")
    process = dbt_project.start_dbt("run", "--threads", "2")
    wait_for_line(process, "OK created sql view model main.quick")
    out, seconds = stop(process, number)
    assert process.returncode == 2 and seconds < 1, (process.returncode, seconds, out)
    assert "CANCEL query model.p.slow" in out and "Exited because of keyboard interrupt" in out
    results = dbt_project.results()
    assert results["quick"]["status"] == "success"
    for name in ("slow", "behind", "other"):
        assert results[name]["status"] == "skipped"
        assert results[name]["message"] == "Skipping due to keyboard interrupt"
    assert dbt_project.rows("select table_name from information_schema.tables") == [("quick",)]
    dbt_project.models(slow="select 2 as id")
    result = dbt_project.dbt("retry")
    assert result.code == 0 and dbt_project.statuses().keys() == {"slow", "behind", "other"}, result


def test_an_interrupt_while_the_project_is_read(dbt_project):
    dbt_project.models(slow=ENDLESS_TEMPLATE)
    process = dbt_project.start_dbt("run")
    wait_for_line(process, "Registered adapter")
    out, seconds = stop(process, signal.SIGINT)
    assert process.returncode == 2 and seconds < 1 and "interrupted" in out, (process.returncode, seconds, out)


def test_an_interrupt_of_dango_itself_has_the_exit_code_of_the_shell(project):
    project.write("dbt/models/marts/slow.sql", TABLE + FOREVER)
    process = project.start("run", start_new_session=True)
    wait_for_line(process, "START")
    out, seconds = stop(process, signal.SIGINT)
    assert process.returncode == 130 and seconds < 1, (process.returncode, seconds, out)


def test_fail_fast_stops_a_running_query_and_tells_what_was_left(dbt_project):
    """The query that fails works for a while, so that its neighbour is in the middle of its own."""
    dbt_project.models(slow=TABLE + FOREVER, behind="select * from {{ ref('slow') }}",
                       bad=TABLE + "select case when i = 9000000 then error('it broke') end as id, md5(i::varchar) as m "
                                   "from range(9000001) t(i)",
                       late="select 1 as id -- {{ ref('bad') }}")
    dbt_project.write("dbt_project.yml", "name: p\nversion: '1.0'\nprofile: p\n"
                      "on-run-end: create table ended as select 1 as n\n")
    process = dbt_project.start_dbt("run", "--fail-fast", "--threads", "2")
    out = wait_for_line(process, "Failure in model bad (models/bad.sql)")
    start = time.monotonic()
    rest, err = process.communicate(timeout=60)
    assert process.returncode == 1 and time.monotonic() - start < 1, (time.monotonic() - start, out, rest, err)
    assert "Failure in model bad (models/bad.sql)" in rest  # at once, and in the end
    assert "CANCEL query model.p.slow" in out + rest
    assert "Completed with 4 errors, 0 partial successes, and 0 warnings:" in rest
    results = dbt_project.results()
    assert results["bad"]["status"] == "error" and "it broke" in results["bad"]["message"]
    for name in ("slow", "behind", "late"):
        assert (results[name]["status"], results[name]["message"]) == ("skipped", "Skipping due to fail_fast")
    assert dbt_project.rows("select n from ended") == [(1,)]  # hooks at the end see the failure too


# ---- Killed ----

def versioned(project, version):
    """Every kind of relation, made of the version; tables change into views and back."""
    kinds = ("table", "view") if version % 2 else ("view", "table")
    project.write("seeds/s.csv", "id,v\n" + "".join(f"{i},{version}\n" for i in range(500)))
    project.models(
        a="{{ config(materialized='%s') }}select id, v from {{ ref('s') }}" % kinds[0],
        b="{{ config(materialized='%s') }}select i as id, %d as v from range(200000) t(i)" % (kinds[1], version),
        c=TABLE + "select b.id, b.v from {{ ref('b') }} b union all select id, v from {{ ref('s') }}",
        d="{{ config(materialized='incremental', unique_key='id') }}select id %% 1000 as id, %d as v "
          "from range(1000) t(id)" % version,
        f="{{ config(materialized='external', location='%s') }}select i as id, %d as v from range(50000) t(i)"
          % (project / "f.parquet", version),
        g="{{ config(event_time='happened') }}select i as id, %d as v, make_timestamp(%d - i %% 2, 6, 1, 0, 0, 0) as happened "
          "from range(1000) t(i)" % (version, THIS_YEAR),
        m="{{ config(materialized='incremental', incremental_strategy='microbatch', event_time='happened', batch_size='year', "
          "begin='%d-01-01', lookback=2) }}select * from {{ ref('g') }}" % (THIS_YEAR - 1))
    project.write("snapshots/h.sql", "{% snapshot h %}{{ config(unique_key='id', strategy='check', check_cols=['v'], "
                  "target_schema='main') }}select id, " + str(version) + " as v from range(2000) t(id){% endsnapshot %}")


def content(project):
    """Versions and numbers of rows by relation; views are looked through."""
    with duckdb.connect(str(project / "w.duckdb"), read_only=True) as connection:
        names = {name for name, in connection.execute("select table_name from information_schema.tables").fetchall()}
        found = {}
        for name in sorted(names):
            last = " where dbt_valid_to is null" if name == "h" else ""
            found[name] = connection.execute(f'select v, count(*) from "{name}"{last} group by 1 order by 1').fetchall()
        return found


def content_of(version):
    return {"s": [(version, 500)], "a": [(version, 500)], "b": [(version, 200000)], "c": [(version, 200500)],
            "d": [(version, 1000)], "f": [(version, 50000)], "g": [(version, 1000)], "h": [(version, 2000)],
            "m": [(version, 1000)]}


def mixed_content(version):
    """What else may be seen: c and views show what they read from, the old seed with the new b and the like; of the
    microbatch model one batch may be done."""
    c = [sorted(set(x) | set(y)) for x in ([(version - 1, 200000)], [(version, 200000)])
         for y in ([(version - 1, 500)], [(version, 500)])]
    return {"c": c, "m": [[(version - 1, 500), (version, 500)]]}


def test_a_build_killed_at_any_moment_leaves_each_relation_old_or_new(dbt_project):
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    versioned(dbt_project, 0)
    start = time.monotonic()
    assert dbt_project.dbt("build").code == 0
    duration = time.monotonic() - start
    for version in range(1, KILLS + 1):
        versioned(dbt_project, version)
        process = dbt_project.start_dbt("build")
        try:
            process.communicate(timeout=chance.uniform(0, duration * 1.2))
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()
        old, new = content_of(version - 1), content_of(version)
        now = content(dbt_project)
        for name in old:
            assert now[name] in (old[name], new[name], *mixed_content(version).get(name, ())), (name, version, seed)
        result = dbt_project.dbt("build")
        assert result.code == 0, (seed, version, result)
        assert content(dbt_project) == new, (seed, version)  # and nothing beside: no temporary, no backup
        assert [path.name for path in dbt_project.directory.glob("*.parquet*")] == ["f.parquet"]


# ---- Short of disk, locked, read-only ----

@contextlib.contextmanager
def small_disk(path, megabytes):
    path.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(path)], check=False,
                             capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        yield
    finally:
        subprocess.run(["umount", str(path)], check=True)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_full_disk_fails_the_model_and_leaves_its_old_table(dbt_project, tmp_path):
    small = tmp_path / "small"
    with small_disk(small, 8):
        dbt_project.warehouse = str(small / "w.duckdb")
        dbt_project.write("profiles.yml", "p: {target: dev, outputs: {dev: {type: duckdb, path: %s, threads: 2}}}\n"
                          % dbt_project.warehouse)
        dbt_project.models(a=TABLE + "select 1 as id", b="select 2 as id")
        assert dbt_project.dbt("run").code == 0
        dbt_project.models(a=TABLE + "select md5(i::varchar) as id from range(2000000) t(i)")
        result = dbt_project.dbt("run")
        assert result.code == 1 and "No space left on device" in result.out, result
        assert dbt_project.statuses() == {"a": "error", "b": "success"}
        dbt_project.models(a=TABLE + "select 3 as id")
        result = dbt_project.dbt("run")
        assert result.code == 0 and dbt_project.rows("select id from a") == [(3,)], result


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_full_disk_for_target_is_an_error_that_names_the_file(dbt_project):
    dbt_project.models(a="select '" + "x" * 200000 + "' as id")
    with small_disk(dbt_project / "target", 1):
        for number in range(10):
            dbt_project.models(**{f"b{number}": f"select '{'y' * 200000}' as id"})
        result = dbt_project.dbt("run")
        assert result.code in (1, 2) and "No space left on device" in result.out, result
        assert "target/" in result.out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_target_that_cannot_be_written(dbt_project):
    dbt_project.models(a="select 1 as id")
    (dbt_project / "target").mkdir()
    target = str(dbt_project / "target")
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "ro", "tmpfs", target], check=False, capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        result = dbt_project.dbt("run")
        assert result.code == 2 and "Read-only file system" in result.out and "target" in result.out, result
    finally:
        subprocess.run(["umount", target], check=True)


def test_a_warehouse_that_another_process_has_open_is_named(dbt_project):
    dbt_project.models(a="select 1 as id")
    connection = duckdb.connect(str(dbt_project / "w.duckdb"))
    result = dbt_project.dbt("run")
    connection.close()
    assert result.code == 2 and f"process {os.getpid()}" in result.out, result
    assert dbt_project.dbt("run").code == 0


def test_a_damaged_warehouse_and_a_directory_in_its_place(dbt_project):
    dbt_project.models(a="select 1 as id")
    dbt_project.write("w.duckdb", b"this is not a database, whatever its name may say" * 100)
    result = dbt_project.dbt("run")
    assert result.code == 2 and "is damaged or not a DuckDB file" in result.out, result
    (dbt_project / "w.duckdb").unlink()
    (dbt_project / "w.duckdb").mkdir()
    result = dbt_project.dbt("run")
    assert result.code == 2 and "w.duckdb" in result.out, result
