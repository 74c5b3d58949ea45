"""What the end to end tests share: the real program, in a directory of its own, with nothing of the
user's environment. ctest says in DANGO which program that is."""
import json
import os
import pathlib
import subprocess

import duckdb
import pytest

ROOT = pathlib.Path(os.environ.get("DANGO_ROOT", pathlib.Path(__file__).parents[2]))
PROGRAM = pathlib.Path(os.environ.get("DANGO", ROOT / "build/dev/bin/dango"))
# The sanitizers' settings must reach the program; nothing else of the caller's environment does.
KEPT = ("PATH", "ASAN_OPTIONS", "LSAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS")


class Result:
    """How a run ended: exit code, stdout, stderr."""

    def __init__(self, args, done):
        self.args = args
        self.code = done.returncode
        self.out = done.stdout
        self.err = done.stderr

    def __repr__(self):
        return f"{self.args} -> {self.code}\n--- stdout\n{self.out}\n--- stderr\n{self.err}"

    @property
    def json(self):
        return json.loads(self.out)


class Dango:
    """The program, started in one directory."""

    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.env = {name: os.environ[name] for name in KEPT if name in os.environ}
        self.env.update(HOME=str(self.directory), TZ="UTC", LC_ALL="C.UTF-8")

    def start(self, *args, cwd=None, env=None, name="dango", **more):
        """Starts it and does not wait: a Popen."""
        command = [str(PROGRAM), *map(str, args)] if name == "dango" else [str(PROGRAM), name, *map(str, args)]
        return subprocess.Popen(command, cwd=cwd or self.directory, env={**self.env, **(env or {})},
                                stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                text=True, **more)

    def run(self, *args, cwd=None, env=None, input="", name="dango", timeout=120):
        """Runs it to the end. `name` may be dbt or dlt."""
        command = [str(PROGRAM), *([] if name == "dango" else [name]), *map(str, args)]
        done = subprocess.run(command, cwd=cwd or self.directory, env={**self.env, **(env or {})},
                              input=input, capture_output=True, text=True, timeout=timeout, check=False)
        return Result(" ".join(map(str, args)), done)

    def ok(self, *args, **more):
        """Runs it; anything but success fails the test with all that was printed."""
        result = self.run(*args, **more)
        assert result.code == 0, result
        return result


class Project(Dango):
    """A project made by `dango init`, and shortcuts into it."""
    warehouse = "data/warehouse.duckdb"

    def __truediv__(self, path):
        return self.directory / path

    def write(self, path, text):
        target = self.directory / path
        target.parent.mkdir(parents=True, exist_ok=True)
        if isinstance(text, bytes):
            target.write_bytes(text)
        else:
            target.write_text(text)
        return target

    def sources(self, *entries):
        """sources.yml with these entries; JSON is YAML."""
        self.write(".dango/sources.yml", json.dumps({"version": "1.0", "sources": list(entries)}, indent=1))

    def csv(self, name, text, **options):
        """A CSV file and its source."""
        self.write(f"data/uploads/{name}.csv", text)
        return {"name": name, "type": "csv", "csv": {"file_path": f"data/uploads/{name}.csv", **options}}

    def rows(self, sql):
        """What plain DuckDB reads from the warehouse."""
        with duckdb.connect(str(self / self.warehouse), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def files(self):
        """Every file below the project with its bytes: to see that nothing changed."""
        return {str(path.relative_to(self.directory)): path.read_bytes()
                for path in sorted(self.directory.rglob("*")) if path.is_file()}


class DbtProject(Project):
    """A project of dbt with a warehouse of its own; the program runs as `dbt`."""
    warehouse = "w.duckdb"

    def __init__(self, directory, threads=4):
        super().__init__(directory)
        self.write("dbt_project.yml", "name: p\nversion: '1.0'\nprofile: p\n")
        self.write("profiles.yml", "p: {target: dev, outputs: {dev: {type: duckdb, path: %s, threads: %d}}}\n"
                   % (self.warehouse, threads))

    def models(self, **texts):
        for name, text in texts.items():
            self.write(f"models/{name}.sql", text)

    def dbt(self, *args, **more):
        return self.run(*args, name="dbt", **more)

    def start_dbt(self, *args):
        """Begins, with what it prints as a stream of lines. In a session of its own: signals reach it alone."""
        return self.start(*args, name="dbt", start_new_session=True)

    def artifact(self, name):
        return json.loads((self / "target" / name).read_text())

    def results(self):
        """By the last part of their ids, from the last run."""
        return {result["unique_id"].split(".", 2)[2]: result
                for result in self.artifact("run_results.json")["results"]}

    def statuses(self):
        return {name: result["status"] for name, result in self.results().items()}


@pytest.fixture
def dbt_project(tmp_path):
    return DbtProject(tmp_path / "p")


@pytest.fixture
def dango(tmp_path):
    return Dango(tmp_path)


@pytest.fixture
def project(tmp_path):
    made = Project(tmp_path / "shop")
    made.directory.mkdir()
    made.ok("init", "--skip-wizard")
    return made
