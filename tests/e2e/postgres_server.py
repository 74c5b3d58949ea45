"""A PostgreSQL server of our own: on a free port of this machine, gone with the tests."""
import contextlib
import glob
import os
import pathlib
import shutil
import signal
import socket
import subprocess
import tempfile
import time

PASSWORD = "s3cr:t/@%"
QUOTED = "s3cr%3At%2F%40%25"  # as connection strings have it


def find_programs():
    """The newest server's directory of programs; None: there is none."""
    found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb"), key=lambda path: int(path.split("/")[4]))
    return pathlib.Path(found[-1]).parent if found else None


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Server:
    def __init__(self, place):
        self.programs = find_programs()
        self.data = pathlib.Path(place) / "data"
        # The server refuses to run as root: then as the user that its package brings.
        self.user = {"user": "postgres", "group": "postgres", "extra_groups": []} if os.geteuid() == 0 else {}
        self.port = free_port()
        self.process = None
        if self.user:
            shutil.chown(place, "postgres", "postgres")
        words = pathlib.Path(place) / "password"
        words.write_text(PASSWORD)
        words.chmod(0o644)
        subprocess.run([self.programs / "initdb", "-D", self.data, "-U", "ann", "-A", "scram-sha-256",
                        f"--pwfile={words}", "--no-sync", "-E", "UTF8", "--locale=C"], cwd=place, check=True,
                       stdout=subprocess.DEVNULL, **self.user)
        self.start()

    @property
    def url(self):
        return f"postgresql+psycopg2://ann:{QUOTED}@127.0.0.1:{self.port}/postgres"

    def start(self):
        with open(self.data.parent / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.programs / "postgres", "-D", self.data, "-p", str(self.port), "-c", "fsync=off",
                 "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=",
                 "-c", "max_prepared_transactions=5"],
                cwd=self.data, stdout=log, stderr=log, **self.user)
        ready = [self.programs / "pg_isready", "-q", "-h", "127.0.0.1", "-p", str(self.port)]
        for _ in range(600):
            if subprocess.run(ready, check=False).returncode == 0:
                return
            assert self.process.poll() is None, (self.data.parent / "log").read_text()
            time.sleep(0.05)
        raise AssertionError("the server did not come up")

    def stop(self, how=signal.SIGINT):
        self.process.send_signal(how)
        self.process.wait()

    def session(self, script):
        """psql at work on a script: a Popen."""
        env = {**os.environ, "PGPASSWORD": PASSWORD, "PGTZ": "UTC"}
        process = subprocess.Popen(
            [self.programs / "psql", "-qAtX", "-v", "ON_ERROR_STOP=1", "-h", "127.0.0.1", "-p", str(self.port),
             "-U", "ann", "postgres"], env=env, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
            stderr=subprocess.PIPE)
        process.stdin.write(script)
        process.stdin.close()
        process.stdin = None
        return process

    def sql(self, script):
        """Rows as lists of texts."""
        process = self.session(script)
        out, err = process.communicate()
        assert process.returncode == 0, err
        return [line.split("|") for line in out.splitlines()]


@contextlib.contextmanager
def run_server():
    with tempfile.TemporaryDirectory(prefix="postgres") as place:
        server = Server(place)
        try:
            yield server
        finally:
            server.stop(signal.SIGQUIT)
