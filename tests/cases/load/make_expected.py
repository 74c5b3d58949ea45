#!/usr/bin/env python3
"""make_expected.py [-j N] [--check] FOLDER...

Does the loads of each case with real dlt (tests/oracle/requirements-dlt.txt) and writes FOLDER/expected (README.md). A
folder is a case or holds cases. With --check nothing is written: what comes out must be what is stored.
"""
import argparse
import json
import multiprocessing
import os
import re
import shutil
import sys
import tempfile
import traceback
from concurrent.futures import ThreadPoolExecutor

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

import dlt  # noqa: E402
import yaml  # noqa: E402
from dlt.common.json import custom_pua_decode, custom_pua_decode_nested  # noqa: E402
from dlt.pipeline.exceptions import PipelineStepFailed  # noqa: E402

from compare import compare  # noqa: E402
from warehouse import Books, RowForm, Warehouse  # noqa: E402

DEFAULTS = {"schema": "src", "dataset": "raw", "pipeline": "pipe"}
SOURCE_OPTIONS = ("max_table_nesting", "root_key", "schema_contract")
RUN_OPTIONS = ("refresh", "write_disposition", "schema_contract")
HINTS = ("write_disposition", "primary_key", "merge_key", "columns", "schema_contract", "table_name",
         "max_table_nesting", "references", "file_format", "table_format")
# What differs from run to run in the text of an error, and what stands for it.
VOLATILE = ((r"\b1[0-9]{9}\.[0-9]{1,7}\b", "<load id>"), (r"_dlt_id: \S+", "_dlt_id: <id>"),
            (r"E'[A-Za-z0-9+/]{1,14}(\.\.\.|')", "E'<row id>"), (r"\.[0-9a-f]{10}\.", ".<job>."))


# --- a case as a source of dlt -------------------------------------------------------------------


def decoded(value):
    """Typed texts (README.md, "Values") as values of Python."""
    if isinstance(value, str):
        return custom_pua_decode(value)
    return custom_pua_decode_nested(value) if isinstance(value, (dict, list)) else value


def read_case(folder):
    with open(os.path.join(folder, "case.yml"), encoding="utf-8") as text:
        return {**DEFAULTS, **yaml.safe_load(text)}


def read_page(folder, name):
    with open(os.path.join(folder, name), encoding="utf-8") as lines:
        return [decoded(json.loads(line)) for line in lines if line.strip()]


def incremental(declared):
    options = decoded(dict(declared))
    function = {"max": max, "min": min}[options.pop("last_value_func", "max")]
    if options.get("primary_key") == []:
        options["primary_key"] = ()
    return dlt.sources.incremental(options.pop("cursor_path"), last_value_func=function, **options)


def make_resource(folder, declared, files):
    names = [files] if isinstance(files, str) else files or []

    def pages():
        for name in names:
            page = read_page(folder, name)
            if page:
                yield page

    hints = {name: decoded(declared[name]) for name in HINTS if name in declared}
    if "nested_hints" in declared:
        hints["nested_hints"] = {tuple(path.split(".")) if "." in path else path: dlt.mark.make_nested_hints(**nested)
                                 for path, nested in declared["nested_hints"].items()}
    resource = dlt.resource(pages, name=declared["name"], **hints)
    if "incremental" in declared:
        resource.apply_hints(incremental=incremental(declared["incremental"]))
    return resource


def make_source(folder, case, load):
    changed = load.get("hints", {})
    resources = [make_resource(folder, {**declared, **changed.get(declared["name"], {})}, load["rows"][declared["name"]])
                 for declared in case["resources"] if declared["name"] in load["rows"]]
    options = {name: case[name] for name in SOURCE_OPTIONS if name in case}
    source = dlt.source(lambda: resources, name=case["schema"], **options)()
    settings = case.get("settings", {})
    for name in settings.get("detections_remove", ()):
        source.schema.remove_type_detection(name)
    for name in settings.get("detections_add", ()):
        source.schema.add_type_detection(name)
    if "preferred_types" in settings:
        source.schema.update_preferred_types(settings["preferred_types"])
    if "default_hints" in settings:
        source.schema.merge_hints(settings["default_hints"])
    return source


# --- doing its loads -----------------------------------------------------------------------------


def cause_of(error):
    while True:
        inner = getattr(error, "exception", None) or error.__cause__
        if inner is None or inner is error:
            return error
        error = inner


def error_text(number, error, work):
    cause = cause_of(error)
    message = str(cause).replace(work, "<WORK>")
    for pattern, replacement in VOLATILE:
        message = re.sub(pattern, replacement, message)
    return f"load: {number}\nstep: {error.step}\nexception: {type(cause).__name__}\n{message.rstrip()}\n"


def give_up_package(pipeline, error, path):
    """As if the load had never been. dlt may have loaded half of it; `path`.before is from before it."""
    pipeline.abort_packages()
    if error.step != "load":
        return
    if os.path.exists(path + ".before"):
        os.replace(path + ".before", path)
    else:
        os.remove(path)


def do_load(folder, case, number, path, work):
    """One load, from a working directory that the loads of a case share. The error's text if it is to fail."""
    load = case["loads"][number - 1]
    pipeline = dlt.pipeline(case["pipeline"], pipelines_dir=os.path.join(work, "pipelines"),
                            destination=dlt.destinations.duckdb(path), dataset_name=case["dataset"])
    if load.get("error") and os.path.exists(path):
        shutil.copy(path, path + ".before")
    try:
        pipeline.run(make_source(folder, case, load), **{name: load[name] for name in RUN_OPTIONS if name in load})
    except PipelineStepFailed as error:
        if not load.get("error"):
            raise
        text = error_text(number, error, work)
        give_up_package(pipeline, error, path)
        return text
    finally:
        pipeline.deactivate()
    assert not load.get("error"), f"load {number} was to fail"
    return ""


def configure(case):
    for name, value in case.get("config", {}).items():
        os.environ[name.upper().replace(".", "__")] = value if isinstance(value, str) else json.dumps(value)


def do_loads(folder, path, work):
    case = read_case(folder)
    configure(case)
    os.chdir(work)
    return "".join(do_load(folder, case, number, path, work) for number in range(1, len(case["loads"]) + 1))


# --- what is expected ------------------------------------------------------------------------------


def ids_of(table):
    """Are the ids of a root table's rows made from data, or random?"""
    if table.get("write_disposition") != "merge":
        return "random"
    strategy = table.get("x-merge-strategy", "delete-insert")
    keyed = any(column.get("primary_key") for column in table["columns"].values())
    versioned = table["columns"].get("_dlt_id", {}).get("x-row-version")
    made = strategy == "scd2" and versioned or strategy in ("upsert", "insert-only", "cdc") and keyed
    return "literal" if made else "random"


def table_infos(warehouse, books, given_ids):
    known = {name: table for schema in books.schemas.values() for name, table in schema["tables"].items()}
    infos = {}
    for name in warehouse.data_tables():
        table = known.get(name, {"columns": {}})
        info = infos[name] = {"parent": table.get("parent")}
        if not info["parent"]:
            info["ids"] = "literal" if name in given_ids else ids_of(table)
        times = [column for column, hints in table["columns"].items()
                 if hints.get("x-valid-from") or hints.get("x-valid-to")]
        if times:
            info["load_times"] = times
        info["columns"] = warehouse.columns[name]
    return infos


def indented(document, sort=False):
    return json.dumps(document, indent=1, ensure_ascii=False, sort_keys=sort) + "\n"


def tables_text(infos):
    """JSON with a line per column."""
    entries = []
    for name, info in infos.items():
        head = json.dumps({key: value for key, value in info.items() if key != "columns"})[1:-1]
        columns = ",\n   ".join(json.dumps(column, ensure_ascii=False) for column in info["columns"])
        entries.append(f' {json.dumps(name, ensure_ascii=False)}: {{{head}, "columns": [\n   {columns}]}}')
    return "{\n" + ",\n".join(entries) + "\n}\n"


def expected_files(path, case):
    if not os.path.exists(path):
        return {"tables.json": "{}\n", "schema.json": "{}\n",
                "dlt.json": indented({"loads": [], "versions": [], "state": []})}
    with Warehouse(path, case["dataset"]) as warehouse:
        books = Books(warehouse)
        assert not books.broken, books.broken
        infos = table_infos(warehouse, books, case.get("given_ids", ()))
        for schema in books.schemas.values():
            schema.pop("previous_hashes", None)
        files = {"tables.json": tables_text(infos), "dlt.json": indented(books.as_document(), sort=True),
                 "schema.json": indented(books.schemas)}
        for name, rows in RowForm(warehouse, infos).result.items():
            files[name + ".jsonl"] = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return files


def stored_files(expected):
    files = {}
    for name in os.listdir(expected) if os.path.isdir(expected) else ():
        with open(os.path.join(expected, name), encoding="utf-8") as text:
            files[name] = text.read()
    return files


def make(folder, check):
    """Writes what is expected; with `check`, the ways in which it differs from what is stored."""
    expected = os.path.join(folder, "expected")
    with tempfile.TemporaryDirectory() as work:
        path = os.path.join(work, "warehouse.duckdb")
        errors = do_loads(folder, path, work)
        files = expected_files(path, read_case(folder))
        if errors:
            files["error.txt"] = errors
        if check:
            stored = stored_files(expected)
            unequal = [f"{name} differs" for name in sorted({*files, *stored}) if files.get(name) != stored.get(name)]
            return unequal + compare(path, folder, read_case(folder)["dataset"]).lines
    shutil.rmtree(expected, ignore_errors=True)
    os.makedirs(expected)
    for name, text in files.items():
        with open(os.path.join(expected, name), "w", encoding="utf-8") as out:
            out.write(text)
    return []


def make_in_child(pipe, folder, check):
    try:
        problems = make(folder, check)
    except BaseException as error:  # the report names the case
        problems = ["".join(traceback.format_exception(error)[-3:])[-3000:]]
    pipe.send(problems)
    pipe.close()
    os._exit(0)


def make_alone(folder, check):
    """In a process of its own: dlt's configuration and context belong to the process."""
    ours, theirs = multiprocessing.Pipe(False)
    child = multiprocessing.get_context("fork").Process(target=make_in_child, args=(theirs, folder, check))
    child.start()
    theirs.close()
    try:
        return ours.recv()
    except EOFError:
        return ["its process died"]
    finally:
        child.join()


def cases_below(folder):
    return [base for base, _, names in sorted(os.walk(os.path.abspath(folder))) if "case.yml" in names]


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-j", type=int, default=os.cpu_count())
    parser.add_argument("--check", action="store_true")
    parser.add_argument("folders", nargs="+")
    options = parser.parse_args()
    cases = [case for folder in options.folders for case in cases_below(folder)]
    failed = 0
    with ThreadPoolExecutor(options.j) as pool:
        for case, problems in zip(cases, pool.map(lambda case: make_alone(case, options.check), cases)):
            failed += bool(problems)
            if problems:
                print(f"{os.path.basename(case)}:\n  " + "\n  ".join(problems))
    print(f"{len(cases)} cases, {failed} with problems, dlt {dlt.__version__}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
