#!/usr/bin/env python3
"""Writes tests/cases/postgres/types.json: what real dlt makes of the types of PostgreSQL.

Needs a server (tools/setup test), real dlt with its extra sql_database, and psycopg2-binary.
"""
import json
import os
import pathlib
import sys
import tempfile

os.environ["RUNTIME__DLTHUB_TELEMETRY"] = "false"
os.environ["RUNTIME__LOG_LEVEL"] = "CRITICAL"
sys.path.insert(0, str(pathlib.Path(__file__).parents[1] / "e2e"))

import dlt
from dlt.sources.sql_database import sql_database
import postgres_server
import postgres_types


def load(server, level, place):
    path = f"{place}/{level}.duckdb"
    pipeline = dlt.pipeline("shop", pipelines_dir=f"{place}/{level}", dataset_name="raw_shop",
                            destination=dlt.destinations.duckdb(path))
    pipeline.run(sql_database(server.url, table_names=["types"], reflection_level=level), write_disposition="replace")
    return postgres_types.result(path)


with postgres_server.run_server() as started, tempfile.TemporaryDirectory() as folder:
    started.sql(postgres_types.script())
    made = {level: load(started, level, folder) for level in ("full", "full_with_precision")}
    with open(postgres_types.FOLDER / "types.json", "w", encoding="utf-8") as out:
        # One column a line.
        for number, (name, columns) in enumerate(made.items()):
            out.write(("{" if number == 0 else ",\n") + json.dumps(name) + ": [\n")
            out.write(",\n".join(json.dumps(column, ensure_ascii=False) for column in columns) + "\n]")
        out.write("}\n")
