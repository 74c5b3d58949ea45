#!/usr/bin/env python3
"""Writes tests/cases/dlt/vectors/state.jsonl anew: pipeline states as the real dlt packs and hashes them.

    build/oracle/venv/bin/python tests/oracle/dlt_state_vectors.py
"""
import datetime
import decimal
import json
import pathlib

from dlt.common.json import json as typed
from dlt.common.versioned_state import compress_state, generate_state_version_hash

TARGET = pathlib.Path(__file__).resolve().parent.parent / "cases/dlt/vectors/state.jsonl"
UTC = datetime.timezone.utc
CURSORS = [
    "2024-01-05T00:00:00Z",
    datetime.datetime(2024, 1, 5, 6, 7, 8, 9, tzinfo=UTC),
    datetime.datetime(2024, 1, 5, 6, 7, 8),
    datetime.date(2024, 1, 5),
    decimal.Decimal("1.50"),
    1.5e-7,
    b"\x00\xff",
    datetime.time(3, 4, 5),
]


def state(**more):
    return {"_state_version": 1, "_state_engine_version": 4, "dataset_name": "raw",
            "default_schema_name": "src", "pipeline_name": "pp", "schema_names": ["src"],
            "destination_type": "dlt.destinations.duckdb", "destination_name": None, **more}


def incremental(last_value):
    cursor = {"initial_value": None, "last_value": last_value, "unique_hashes": ["Tp44cKMYfAuJ"],
              "start_value": None}
    return {"src": {"resources": {"Orders": {"incremental": {"updatedAt": cursor}}}}}


def vector(value):
    value["_version_hash"] = generate_state_version_hash(value, exclude_attrs=["_local"])
    sent = {key: member for key, member in value.items() if key != "_local"}
    return {"json": typed.typed_dumps(sent), "packed": compress_state(sent),
            "hash": value["_version_hash"]}


def main():
    states = [state(), *(state(sources=incremental(cursor)) for cursor in CURSORS),
              state(sources={"src": {"ü": [1, True, None, {"b": 2, "a": 1}]}}),
              state(_local={"first_run": False})]
    lines = [json.dumps(vector(value), ensure_ascii=False) + "\n" for value in states]
    TARGET.write_text("".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
