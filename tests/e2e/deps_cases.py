#!/usr/bin/env python3
"""`deps` of real dbt and of ours, against repositories and a package index made on the spot.

tests/cases/deps/expected.json is what real dbt printed and left behind; it is written by it alone:

    deps_cases.py --write      run real dbt (build/oracle/dbt/bin/dbt), write expected.json
    deps_cases.py --check      run ours, compare
"""
import argparse
import difflib
import http.server
import io
import json
import os
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import threading

import dbt_cases

EXPECTED = dbt_cases.ROOT / "tests" / "cases" / "deps" / "expected.json"
INDEX = {
    "acme/alpha": {"1.0.0": [], "1.1.0": [{"package": "acme/beta", "version": [">=0.2.0", "<0.4.0"]}],
                   "1.2.0-rc1": [], "2.0.0": [{"package": "acme/beta", "version": "0.5.0"}]},
    "acme/beta": {"0.1.0": [], "0.2.0": [], "0.3.0": [], "0.5.0": []},
    "acme/solo": {"1.0.0": []},
}
ALPHA, BETA = "  - package: acme/alpha\n    version: ", "  - package: acme/beta\n    version: "
GIT = "  - git: file://<project>/repo\n"
# What packages.yml says (None: as it is), the words behind `deps`, what is done before.
STEPS = [
    (None, ""),
    ("", ""),
    ("  - local: ./near\n  - local: ./far\n", ""),
    (None, ""),
    (None, "--lock"),
    (None, "--upgrade"),
    ("  - local: ./near\n", "--lock"),
    (None, ""),
    ("  - local: ./nope\n", ""),
    ("  - local: ./near\n  - local: ./near_again\n", ""),
    ("  - local: ./near\n    wrong: 1\n", ""),
    ("  - wrong: 1\n", ""),
    (GIT + "    revision: 0.1.0\n", ""),
    (GIT + "    revision: other\n    subdirectory: sub\n", ""),
    (GIT, ""),
    (GIT + "    warn-unpinned: false\n", ""),
    (GIT + "    revision: nowhere\n", ""),
    (ALPHA + "1.1.0\n", ""),
    (ALPHA + "['>=1.0.0', '<2.0.0']\n" + BETA + "0.2.0\n", ""),
    (ALPHA + "['>=1.1.0', '<1.3.0']\n    install_prerelease: true\n", ""),
    ("  - package: acme/solo\n    version: '>=0.1.0'\n", ""),
    (ALPHA + "1.1.0\n" + BETA + "0.5.0\n", ""),
    (ALPHA + "9.0.0\n", ""),
    ("  - package: acme/alpa\n    version: 9.0.0\n", ""),
    ("  - package: alpha\n    version: 1.0.0\n", ""),
    ("  - tarball: <hub>/tar/beta/0.3.0.tar.gz\n    name: bee\n", ""),
    (BETA + "0.3.0\n", "--add-package acme/beta@0.1.0"),
    (None, "--add-package acme/beta@>=0.1.0,<0.3.0"),
    (None, "--add-package ./near --source local"),
    (None, "--add-package file://<project>/repo@0.1.0 --source git"),
    ("  - local: \"{{ var('where') }}\"\n", "--vars where:\\ ./near"),
]


def archive(name, version):
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w:gz") as tar:
        text = f"name: {name}\nversion: '{version}'\n".encode()
        folder = tarfile.TarInfo(f"{name}-{version}")
        folder.type = tarfile.DIRTYPE
        folder.mode = 0o755
        tar.addfile(folder)
        entry = tarfile.TarInfo(f"{name}-{version}/dbt_project.yml")
        entry.size = len(text)
        tar.addfile(entry, io.BytesIO(text))
    return content.getvalue()


def answer(path, base):
    if path == "/api/v1/index.json":
        return json.dumps(list(INDEX)).encode()
    if path.startswith("/tar/"):
        _, _, name, file = path.split("/")
        return archive(name, file.removesuffix(".tar.gz"))
    package = path.removeprefix("/api/v1/").removesuffix(".json")
    if package not in INDEX:
        return None
    namespace, name = package.split("/")
    versions = {version: {"id": f"{package}/{version}", "name": name, "version": version,
                          "packages": needs, "require_dbt_version": [],
                          "downloads": {"tarball": f"{base}/tar/{name}/{version}.tar.gz",
                                        "format": "tgz", "sha1": None}}
                for version, needs in INDEX[package].items()}
    return json.dumps({"name": name, "namespace": namespace, "versions": versions}).encode()


class Handler(http.server.BaseHTTPRequestHandler):
    def log_message(self, *args):
        pass

    def do_GET(self):
        body = answer(self.path, f"http://127.0.0.1:{self.server.server_address[1]}")
        self.send_response(404 if body is None else 200)
        self.send_header("Content-Length", str(len(body or b"")))
        self.end_headers()
        self.wfile.write(body or b"")


def git(folder, *words):
    fixed = {"GIT_AUTHOR_DATE": "2024-01-01T00:00:00Z", "GIT_COMMITTER_DATE": "2024-01-01T00:00:00Z",
             "GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.org", "GIT_COMMITTER_NAME": "a",
             "GIT_COMMITTER_EMAIL": "a@example.org", "GIT_CONFIG_GLOBAL": "/dev/null"}
    subprocess.run(["git", *words], cwd=folder, env={**os.environ, **fixed}, check=True,
                   stdout=subprocess.DEVNULL)


def make_project(folder):
    def package(place, name):
        place.mkdir(parents=True)
        (place / "dbt_project.yml").write_text(f"name: {name}\nversion: '1.0'\n")

    (folder / "dbt_project.yml").write_text("name: x\nversion: '1.0'\nprofile: p\n")
    for place, name in (("near", "near"), ("near_again", "near"), ("far", "far"), ("repo", "distant"),
                        ("repo/sub", "part")):
        package(folder / place, name)
    (folder / "far" / "packages.yml").write_text("packages:\n  - local: ./near\n")
    repo = folder / "repo"
    git(repo, "init", "-q", "-b", "main")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "first")
    git(repo, "tag", "0.1.0")
    (repo / "more").write_text("more")
    git(repo, "add", "-A")
    git(repo, "commit", "-qm", "second")
    git(repo, "branch", "other")


def shown(lines):
    """Without the times and the version."""
    kept = []
    for line in lines:
        text = dbt_cases.TIMESTAMP.sub("", line).rstrip()
        if text.startswith("Found duplicate package"):
            text = text.partition("{")[0]  # dbt's order of the keys differs from run to run
        if text and not text.startswith(("Running with", "Cloning into")):
            kept.append(text)
    return kept


def state(folder, hashed):
    install = folder / "dbt_packages"
    installed = {}
    for place in sorted(install.iterdir()) if install.exists() else []:
        text = (place / "dbt_project.yml").read_text()
        installed[place.name] = {"linked": place.is_symlink(), "project": text}
    lock = folder / "package-lock.yml"
    text = lock.read_text() if lock.exists() else None
    if text is not None and not hashed:  # where a path or a port is part of the request
        text = re.sub("sha1_hash: [0-9a-f]{40}", "sha1_hash: <hash>", text)
    packages = folder / "packages.yml"
    return {"installed": installed, "lock": text,
            "packages": packages.read_text() if packages.exists() else None}


def observe(program):
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    hub = f"http://127.0.0.1:{server.server_address[1]}"
    environment = {**os.environ, "DBT_PACKAGE_HUB_URL": hub + "/", "DBT_USE_COLORS": "false",
                   "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1", "LC_ALL": "C.UTF-8"}
    steps = []
    with tempfile.TemporaryDirectory(prefix="deps-case-") as temporary:
        folder = pathlib.Path(temporary).resolve()
        make_project(folder)
        for packages, words in STEPS:
            if packages is not None:
                text = f"packages:{' []' if not packages else ''}\n{packages}"
                (folder / "packages.yml").write_text(
                    text.replace("<project>", str(folder)).replace("<hub>", hub))
            arguments = [word.replace("\\ ", " ") for word in
                         re.split(r"(?<!\\) ", words.replace("<project>", str(folder)))] if words else []
            result = subprocess.run([*program, "deps", *arguments], cwd=folder, env=environment,
                                    text=True, capture_output=True, timeout=120)
            source = (folder / "packages.yml").read_text() if (folder / "packages.yml").exists() else ""
            # dbt hashes what --add-package added otherwise than what it reads the next time.
            hashed = str(folder) not in source and hub not in source and "--add" not in words
            steps.append({"packages": packages, "deps": words, "exit": result.returncode,
                          "lines": shown(result.stdout.splitlines()), **state(folder, hashed)})
        server.shutdown()
        text = json.dumps(steps, indent=1, ensure_ascii=False)
        return text.replace(str(folder), "<project>").replace(hub, "<hub>") + "\n"


def difference():
    """What ours did otherwise than dbt, as a diff; empty when nothing."""
    return "".join(difflib.unified_diff(EXPECTED.read_text().splitlines(True),
                                        observe(dbt_cases.our_program()).splitlines(True),
                                        "dbt", "ours", n=6))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true")
    mode.add_argument("--check", action="store_true")
    if parser.parse_args().write:
        EXPECTED.parent.mkdir(parents=True, exist_ok=True)
        EXPECTED.write_text(observe([str(dbt_cases.ORACLE)]))
        return 0
    diff = difference()
    sys.stdout.write(diff or f"ok       deps: {len(STEPS)} steps\n")
    return 1 if diff else 0


if __name__ == "__main__":
    sys.exit(main())
