#!/usr/bin/env python3
"""Small dbt projects, run by real dbt and by ours.

Each folder of tests/cases/dbt/ is a project with a file steps.txt: one command per line, such as
`run --select a+`. expected.json beside it is what real dbt did, and is written by it alone:

    dbt_cases.py --write [NAME ...]    run real dbt (build/oracle/dbt/bin/dbt), write expected.json
    dbt_cases.py --check [NAME ...]    run ours, compare
    dbt_cases.py --verify [NAME ...]   run real dbt, compare: is it still what it did? (make oracle)

A step may begin with variables for its environment, `NAME=value`. A case may bring its own profiles.yml. A file
compare.txt beside steps.txt asks for more to be compared: `warnings` (their texts), `usage` (what is said of a wrong
command line), `events` (lines of JSON, with all their members), `manifest` (what the last step wrote of the project's own
resources), `semantic` (semantic_manifest.json).

tests/oracle/requirements-dbt.txt lists what the oracle is made of.
"""
import argparse
import datetime
import difflib
import json
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile

import duckdb

ROOT = pathlib.Path(__file__).resolve().parents[2]
CASES = ROOT / "tests" / "cases" / "dbt"
ORACLE = ROOT / "build" / "oracle" / "dbt" / "bin" / "dbt"
PROFILES = """\
p:
  target: dev
  outputs:
    dev: {type: duckdb, path: warehouse.duckdb, schema: main, threads: 1}
    prod: {type: duckdb, path: warehouse.duckdb, schema: prod, threads: 4}
"""
HASH = re.compile(r"[0-9a-f]{32}\Z")
MASKS = [(re.compile(r"\b\d+\.\d\ds"), "<t>s"), (re.compile(r"\d+ macros"), "<n> macros"),
         (re.compile(r"and \d+\.\d\d seconds"), "and <t> seconds")]
EVENT_MASKS = [
    (re.compile(r'"(ts|invocation_id|node_started_at|node_finished_at|completed_at)": "[^"]+"'), r'"\1": "<now>"'),
    (re.compile(r'"(pid|elapsed|execution_time)": [0-9.e-]+'), r'"\1": 0'),
    (re.compile(r"\b\d+\.\d\ds"), "<t>s"), (re.compile(r"and \d+\.\d\d seconds"), "and <t> seconds"),
    (re.compile(r"\d+ macros"), "<n> macros"), (re.compile(r"Thread-\d+ "), "Thread-N ")]
TIMESTAMP = re.compile(r"^(?:\x1b\[0m)?\d\d:\d\d:\d\d(?:  |$)")


def names():
    return sorted(p.name for p in CASES.iterdir() if (p / "steps.txt").exists())


def our_program():
    given = os.environ.get("DANGO_DBT")
    if given:
        return given.split()
    return [os.environ.get("DANGO", str(ROOT / "build" / "dev" / "bin" / "dango")), "dbt"]


def cycle_from_smallest(line):
    """Where real dbt begins a cycle depends on the order of files in their directory."""
    before, mark, nodes = line.partition("Found a cycle: ")
    if not mark:
        return line
    nodes = nodes.split(" --> ")
    start = nodes.index(min(nodes))
    return before + mark + " --> ".join(nodes[start:] + nodes[:start])


def fatal_text(lines):
    """The text after "Encountered an error:", without what differs by machine."""
    for i, line in enumerate(lines):
        if TIMESTAMP.sub("", line) == "Encountered an error:":
            text = []
            for following in lines[i + 1:]:
                if TIMESTAMP.match(following) or not following.strip():
                    break
                text.append(cycle_from_smallest(following.rstrip()))
            return text
    return None


def masked_lines(lines):
    """All that was printed, without times, versions and numbers of built-in macros."""
    shown = []
    for line in lines:
        text = TIMESTAMP.sub("", line)
        if text.startswith(("Running with dbt=", "Registered adapter: ", "Unable to do partial parsing")):
            continue
        if text.startswith("Traceback"):
            break
        for pattern, mask in MASKS:
            text = pattern.sub(mask, text)
        shown.append(text.rstrip())
    return shown


def warnings(lines):
    """Warnings with the lines they go on in; in any order, since that of the property files is free, as is that of
    what a warning lists."""
    found, going_on = [], False
    for line in lines:
        text = TIMESTAMP.sub("", line)
        begins = TIMESTAMP.match(line)
        if begins and text.startswith("[WARNING]"):
            found.append([text])
        elif going_on and not begins and text:
            found[-1].append(text.rstrip())
        going_on = bool(found) and (going_on and not begins or bool(begins) and text.startswith("[WARNING]"))
    for lines in found:
        lines[1:] = sorted(lines[1:], key=lambda line: (line.startswith("- "), line if line.startswith("- ") else ""))
    return sorted(found)


def own_manifest(folder):
    """What the manifest says of the project's own resources, without times and without what dbt alone keeps."""
    path = folder / "target" / "manifest.json"
    document = json.loads(path.read_text()) if path.exists() else {}
    kept = {}
    for key, section in document.items():
        if key in ("metadata", "selectors") or not isinstance(section, dict):
            continue
        items = {name: item for name, item in section.items() if not name.startswith(("macro.dbt", "doc.dbt"))}
        for item in items.values():
            for entry in item if isinstance(item, list) else [item]:
                if isinstance(entry, dict):
                    entry.pop("created_at", None)
                    for part in ("macros", "build_path", "compiled_code", "extra_ctes_injected", "compiled"):
                        entry.pop(part, None)
                    if isinstance(entry.get("depends_on"), dict):
                        entry["depends_on"].pop("macros", None)
        kept[key] = {name: sorted(item) for name, item in items.items()} if key == "group_map" else items
    return kept


def described(manifest):
    """The docs blocks, and the descriptions made with them."""
    texts = {}
    for section in ("nodes", "sources"):
        for name, item in manifest[section].items():
            columns = {key: [column["description"], column.get("doc_blocks", [])]
                       for key, column in item["columns"].items()}
            texts[name] = [item["description"], item["doc_blocks"], item.get("source_description"), columns]
    return {"blocks": manifest["docs"], "descriptions": texts}


def usage(text):
    """What is said of a wrong command line, without what might have been meant."""
    lines = [line for line in text.splitlines() if line.startswith(("Usage: ", "Error: "))]
    return [re.sub(r"Usage: dbt (.*)", "Usage", re.sub(r" \(Did you mean .*", "", line)) for line in lines]


def masked_event(event):
    """A line of JSON without what differs from run to run: times, ids, hashes, numbers of macros."""
    shown = json.dumps(event)
    for pattern, mask in EVENT_MASKS:
        shown = pattern.sub(mask, shown)
    return json.loads(shown)


def events(lines):
    """Lines of JSON, and the others as they are."""
    found = []
    for line in lines:
        if not line.startswith("{"):
            found.append(line)
            continue
        event = json.loads(line)
        about = event["data"].get("node_info", {}) if "info" in event else {}
        if about.get("resource_type") == "operation":
            about.pop("node_checksum", None)
        elif event.get("info", {}).get("name") == "FoundStats":  # the order depends on that of files
            parts = sorted(re.sub(r"\d+ macros", "<n> macros", event["data"]["stat_line"]).split(", "))
            event["data"]["stat_line"] = event["info"]["msg"] = ", ".join(parts)
        elif event.get("info", {}).get("name", "").startswith("JinjaLog"):
            event["info"].pop("thread")
        if "info" not in event or event["info"]["name"] not in ("PartialParsingNotEnabled", "ParsePerfInfoPath"):
            found.append(masked_event(event))
    return found


def without_summary(lines):
    """Without what is said at the end about all deprecations that were met, in the order they were met in."""
    ends = [i for i, line in enumerate(lines) if "[WARNING][DeprecationsSummary]" in line]
    return lines[:ends[0]] if ends else lines


def run_step(program, step, folder, environment, wanted=()):
    """A step that begins with `!` also tells every line it printed."""
    all_lines, step = step.startswith("!"), step.lstrip("! ")
    variables = re.match(r"(?:[A-Z_]+=\S* +)*", step).group()
    environment = {**environment, **dict(word.split("=", 1) for word in variables.split())}
    told, step = step, step[len(variables):]
    results = folder / "target" / "run_results.json"
    before = results.stat().st_mtime_ns if results.exists() else None
    result = subprocess.run([*program, *step.split()], cwd=folder, env=environment, text=True,
                            stdout=subprocess.PIPE, stderr=subprocess.PIPE, timeout=300)
    told_lines = result.stdout.splitlines()
    lines = without_summary(told_lines)
    outcome = {"step": told, "exit": result.returncode}
    fatal = fatal_text(lines)
    if fatal is not None:
        outcome["error"] = fatal
    if step.split()[0] in ("ls", "list"):
        outcome["lines"] = [line for line in lines if line and not TIMESTAMP.match(line)
                            and not line.startswith((" ", '{"data"'))] if fatal is None else []
    if all_lines and fatal is None:  # what dango says below an error is its own
        outcome["printed"] = masked_lines(lines)
    if "usage" in wanted and "Usage: " in result.stderr:
        outcome["usage"] = usage(result.stderr)
    if "events" in wanted and "json" in step:
        outcome["events"] = events(lines)
    if "warnings" in wanted and "lines" not in outcome:
        outcome["warnings"] = warnings(told_lines)
    catalog = folder / "target" / "catalog.json"
    if step.startswith("docs ") and catalog.exists():
        document = json.loads(catalog.read_text())
        outcome["catalog"] = {part: document[part] for part in ("nodes", "sources", "errors")}
    if results.exists() and results.stat().st_mtime_ns != before:
        document = json.loads(results.read_text())
        outcome["results"] = {
            r["unique_id"]: {"status": r["status"], "failures": r["failures"],
                             "message": r["message"], "relation": r["relation_name"]}
            for r in document["results"]}
    return outcome


def is_recent(value):
    """A time of this very run, such as a snapshot writes for rows that are gone."""
    if not isinstance(value, datetime.datetime):
        return False
    now = datetime.datetime.now(datetime.timezone.utc)
    moment = value if value.tzinfo else value.replace(tzinfo=datetime.timezone.utc)
    return abs(now - moment) < datetime.timedelta(days=1)


def masked_rows(names, rows):
    """Cells as text. Times of the run differ from run to run, and so do the hashes made of them: those
    of rows in which more than the end of validity is such a time."""
    shown, masked = [], False
    for row in rows:
        recent = [is_recent(value) for value in row]
        hashed = any(r for r, name in zip(recent, names) if not name.endswith("_to"))
        masked = masked or any(recent)
        shown.append([None if value is None else "<now>" if r else
                      "<hash>" if hashed and HASH.match(str(value)) else str(value)
                      for value, r in zip(row, recent)])
    return sorted(shown, key=str) if masked else shown


def relations(path):
    if not path.exists():
        return {}
    found = {}
    with duckdb.connect(str(path), read_only=True) as connection:
        connection.execute(f"set file_search_path = '{path.parent}'")  # views over files of the project
        listed = connection.execute(
            "select table_schema, table_name, table_type from information_schema.tables "
            "order by all").fetchall()
        for schema, name, kind in listed:
            rows = connection.execute(f'select * from "{schema}"."{name}" order by all')
            found[f"{schema}.{name}"] = {
                "kind": kind,
                "columns": [[c[0], str(c[1])] for c in rows.description],
                "rows": masked_rows([c[0] for c in rows.description], rows.fetchall())}
    return found


def compiled(folder):
    base = folder / "target" / "compiled"
    return {str(p.relative_to(base)): p.read_text()
            for p in sorted(base.rglob("*.sql"))
            if p.is_file() and p.name != "inline_query.sql"} if base.exists() else {}


def observe_project(program, source, steps, profiles):
    """Runs the steps on a copy of the project; everything that is compared, as a JSON document."""
    with tempfile.TemporaryDirectory(prefix="dbt-case-") as temporary:
        folder = pathlib.Path(temporary).resolve() / source.name
        shutil.copytree(source, folder, symlinks=True, ignore=shutil.ignore_patterns(".git", "target", "logs", "*.duckdb"))
        (folder / "profiles.yml").write_text(profiles)
        environment = {**os.environ, "DBT_PROFILES_DIR": str(folder), "CASE_ENV": "from env",
                       "DBT_SEND_ANONYMOUS_USAGE_STATS": "false", "NO_COLOR": "1",
                       "DBT_USE_COLORS": "false"}
        asked = folder / "compare.txt"
        wanted = asked.read_text().split() if asked.exists() else []
        if wanted:
            environment["DBT_PARTIAL_PARSE"] = "false"  # else real dbt warns, and resolves, once
        document = {"steps": [run_step(program, step, folder, environment, wanted) for step in steps],
                    "relations": relations(folder / "warehouse.duckdb"),
                    "compiled": compiled(folder)}
        if "docs" in wanted:
            document["docs"] = described(own_manifest(folder))
        if "manifest" in wanted:
            document["manifest"] = own_manifest(folder)
        if "semantic" in wanted:
            document["semantic"] = json.loads((folder / "target" / "semantic_manifest.json").read_text())
        return json.loads(json.dumps(document).replace(str(folder), "<project>")
                          .replace(temporary, "<around>"))


def observe(program, name):
    steps = [line.strip() for line in (CASES / name / "steps.txt").read_text().splitlines()
             if line.strip() and not line.startswith("#")]
    own = CASES / name / "profiles.yml"
    return observe_project(program, CASES / name, steps, own.read_text() if own.exists() else PROFILES)


def as_text(document):
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def difference(name, program=None):
    """What ours, or another program, did otherwise than what is expected, as a diff; empty when nothing."""
    expected = (CASES / name / "expected.json").read_text()
    got = as_text(observe(program or our_program(), name))
    return "".join(difflib.unified_diff(expected.splitlines(True), got.splitlines(True),
                                        "dbt", "dbt now" if program else "ours", n=4))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    mode = parser.add_mutually_exclusive_group(required=True)
    mode.add_argument("--write", action="store_true")
    mode.add_argument("--check", action="store_true")
    mode.add_argument("--verify", action="store_true")
    parser.add_argument("names", nargs="*")
    arguments = parser.parse_args()
    failed = 0
    for name in arguments.names or names():
        if arguments.write:
            (CASES / name / "expected.json").write_text(as_text(observe([str(ORACLE)], name)))
            print(f"wrote {name}")
            continue
        diff = difference(name, [str(ORACLE)] if arguments.verify else None)
        failed += bool(diff)
        print(f"{'DIFFERS' if diff else 'ok':8} {name}")
        sys.stdout.write(diff)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
