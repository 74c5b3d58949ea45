"""Syncs that are disturbed: locked out, killed at any moment, interrupted, short of disk. Afterwards the warehouse opens
and is whole, and the next sync completes. The seed of the random moments is printed when a test fails."""
import contextlib
import fcntl
import json
import os
import random
import re
import signal
import subprocess
import time

import duckdb
import pytest

ROWS = 20000
KILLS = int(os.environ.get("DANGO_KILLS", "12"))


def two_sources(project, version):
    """A folder source whose second file changes from version to version, and a file that is replaced."""
    for name in ("a", "b"):
        offset = version * 10 if name == "b" else 0
        project.write(f"data/in/{name}.csv", "id,v\n" + "".join(f"{i + offset},{version}\n" for i in range(ROWS)))
    project.write("data/one.csv", "id,v\n" + "".join(f"{i},{version}\n" for i in range(ROWS + version)))
    project.sources({"name": "folder", "type": "csv", "csv": {"directory": "data/in"}},
                    {"name": "single", "type": "csv", "csv": {"file_path": "data/one.csv"}})


def content(project):
    """All that a user reads: rows without what differs from load to load."""
    return {name: project.rows(f"select id, v, _dango_filename, _dango_deleted from raw.{name} order by all")
            for name in ("folder", "single")}


def check_agreement(project):
    """Rows, loads and file metadata tell the same story."""
    for name in ("folder", "single"):
        loads = {load for load, in project.rows(f"select load_id from raw_{name}._dlt_loads")}
        used = {load for load, in project.rows(f"select distinct _dlt_load_id from raw_{name}.{name}")}
        assert used <= loads
        recorded = project.rows(f"select file_path, rows_loaded from _dango_file_metadata where source_name = '{name}'")
        assert sorted(recorded) == project.rows(
            f"select _dango_filename, count(*) from raw_{name}.{name} group by 1 order by 1")
        newest, = project.rows(f"select schema_version_hash from raw_{name}._dlt_loads order by load_id desc limit 1")
        assert newest in project.rows(f"select version_hash from raw_{name}._dlt_version")


def test_a_sync_killed_at_any_moment_leaves_the_old_or_the_new_state(project):
    seed = random.randrange(1 << 32)
    print("seed", seed)
    chance = random.Random(seed)
    two_sources(project, 0)
    start = time.monotonic()
    project.ok("sync")
    duration = time.monotonic() - start
    for version in range(1, KILLS + 1):
        old = content(project)
        two_sources(project, version)
        process = project.start("sync", start_new_session=True)
        try:
            process.communicate(timeout=chance.uniform(0, duration * 1.2))
        except subprocess.TimeoutExpired:
            kill(process, its_child=version % 2 == 1)
            process.communicate()
        wait_until_free(project)
        now = content(project)
        check_agreement(project)
        project.ok("sync")
        new = content(project)
        for name in old:
            assert now[name] in (old[name], new[name]), (name, version, seed)
        expected = [(i, version, "data/one.csv", False) for i in range(ROWS + version)]
        assert new["single"] == expected


def kill(process, its_child):
    """Kills the command, or the process that does the work: its only child, if there is one yet."""
    children = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True,
                              check=False).stdout.split()
    with contextlib.suppress(ProcessLookupError):
        os.kill(int(children[0]) if its_child and children else process.pid, signal.SIGKILL)


def wait_until_free(project):
    """The killed command's child dies with it, but not in the same instant: its locks go when it does."""
    for path, lock in ((".dango/state/dbt.lock", fcntl.flock), ("data/warehouse.duckdb", fcntl.lockf)):
        with open(project / path, "rb+") as file:
            lock(file, fcntl.LOCK_EX)


def test_a_crash_of_the_process_is_told_and_recorded(project):
    two_sources(project, 0)
    big = "id\n" + "1\n" * 3000000
    project.write("data/big.csv", big)
    project.sources({"name": "big", "type": "csv", "csv": {"file_path": "data/big.csv"}})
    process = project.start("sync", "big")
    for line in process.stdout:
        if "Reading CSV" in line:
            break
    child, = subprocess.run(["ps", "-o", "pid=", "--ppid", str(process.pid)], capture_output=True, text=True,
                            check=True).stdout.split()
    os.kill(int(child), signal.SIGABRT)  # which no sanitizer catches
    out, _ = process.communicate()
    assert process.returncode == 1
    assert "✗ Sync failed for big" in out and "Crashed: signal 6" in out
    entry, = json.loads((project / ".dango/history/big.json").read_text())
    assert entry["status"] == "failed" and "Crashed: signal 6" in entry["error_message"]
    assert "Reading CSV" in entry["error_message"]  # the end of the log


def test_an_interrupt_rolls_back(project):
    project.write("data/big.csv", "id,v\n" + "1,abcdefgh\n" * 3000000)
    project.sources({"name": "big", "type": "csv", "csv": {"file_path": "data/big.csv"}},
                    project.csv("next", "id\n1\n"))
    process = project.start("sync")
    for line in process.stdout:
        if "Reading CSV" in line:
            break
    process.send_signal(signal.SIGINT)
    process.communicate()
    assert process.returncode == 130
    assert project.rows("select count(*) from duckdb_tables() where schema_name like 'raw_%'") == [(0,)]
    assert json.loads((project / ".dango/history/big.json").read_text())[0]["status"] == "interrupted"
    assert not (project / ".dango/history/next.json").exists()
    project.ok("sync")


def test_the_write_lock_names_its_holder(project):
    project.write("data/big.csv", "id,v\n" + "1,abcdefgh\n" * 3000000)
    project.sources({"name": "big", "type": "csv", "csv": {"file_path": "data/big.csv"}},
                    project.csv("small", "id\n1\n"))
    process = project.start("sync", "big")
    for line in process.stdout:
        if "Reading CSV" in line:
            break
    start = time.monotonic()
    result = project.run("sync", "small")
    assert result.code == 1 and time.monotonic() - start < 5
    assert "✗ Database is locked\n" in result.out and "'sync' of big" in result.out and "--wait" in result.out
    result = project.ok("sync", "small", "--wait", "60")
    assert "Loaded 1 row" in result.out
    process.communicate()
    assert process.returncode == 0


def test_a_warehouse_that_another_program_has_open(project):
    project.sources(project.csv("s", "id\n1\n"))
    connection = duckdb.connect(str(project / "data/warehouse.duckdb"))
    result = project.run("sync")
    connection.close()
    assert result.code == 1
    assert "✗ Database is locked" in result.out and f"process {os.getpid()}" in result.out


def test_a_damaged_warehouse(project):
    project.sources(project.csv("s", "id\n1\n"))
    project.write("data/warehouse.duckdb", b"this is not a database, whatever its name may say" * 100)
    result = project.run("sync")
    assert result.code == 1 and "is damaged or not a DuckDB file" in result.out and "backup" in result.out


def test_a_warehouse_of_a_newer_duckdb(project):
    project.sources(project.csv("s", "id\n1\n"))
    path = project / "data/warehouse.duckdb"
    data = bytearray(path.read_bytes())
    data[12:20] = (999).to_bytes(8, "little")  # the version of the storage, behind a checksum of the header
    path.write_bytes(data)
    with pytest.raises(duckdb.IOException) as refused:
        duckdb.connect(str(path))
    right = re.search(r"computed checksum (\d+)", str(refused.value))[1]
    data[:8] = int(right).to_bytes(8, "little")
    path.write_bytes(data)
    result = project.run("sync")
    assert result.code == 1 and "was made by a newer version of DuckDB" in result.out, result


def test_too_little_disk_to_begin(project):
    project.sources(project.csv("s", "id\n1\n"))
    settings = (project / ".dango/project.yml").read_text()
    project.write(".dango/project.yml", settings.replace("platform:", "platform:\n  min_free_gb: 100000000", 1))
    result = project.run("sync")
    assert result.code == 1 and "are free on the project's disk; a sync needs 100000000.0" in result.out, result


@pytest.mark.skipif(os.geteuid() != 0, reason="only root may mount")
def test_a_full_disk_leaves_the_warehouse_as_it_was(project, tmp_path):
    small = tmp_path / "small"
    small.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=6m", "tmpfs", str(small)], check=False,
                             capture_output=True)
    if mounted.returncode != 0:
        pytest.skip("this machine does not let us mount")
    try:
        settings = (project / ".dango/project.yml").read_text()
        project.write(".dango/project.yml", settings.replace(
            "./data/warehouse.duckdb", str(small / "w.duckdb")).replace("platform:", "platform:\n  min_free_gb: 0", 1))
        project.sources(project.csv("s", "id\n1\n"))
        project.ok("sync", "--no-dbt")  # the profile leads to another file
        project.write("data/uploads/s.csv", "id,v\n" + "".join(f"{i},{hash(str(i))}\n" for i in range(600000)))
        result = project.run("sync")
        assert result.code == 1 and "No space left on device" in result.out, result
        with duckdb.connect(str(small / "w.duckdb"), read_only=True) as connection:
            assert connection.execute("select id from raw.s").fetchall() == [(1,)]
    finally:
        subprocess.run(["umount", str(small)], check=True)
