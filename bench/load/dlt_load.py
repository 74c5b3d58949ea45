"""dlt_load.py PART FILE DIRECTORY - the same load with dlt, as its documentation says is fastest: Parquet between the
steps, rows yielded in pages; CSV, and rows that are merged by key, as Arrow tables; PostgreSQL by
ConnectorX. FILE is an address and a table for it."""
import json
import os
import sys

os.environ.update({"RUNTIME__LOG_LEVEL": "CRITICAL", "RUNTIME__DLTHUB_TELEMETRY": "false",
                   "NORMALIZE__DATA_WRITER__BUFFER_MAX_ITEMS": "50000", "NORMALIZE__WORKERS": "1"})
import dlt  # noqa: E402  the settings above are read by it


def orders(path):
    page = []
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            page.append(json.loads(line))
            if len(page) == 5000:
                yield page
                page = []
    yield page


def rows(path):
    from pyarrow import csv
    yield csv.read_csv(path)


def changed_rows(path):
    from pyarrow import json as arrow_json
    yield arrow_json.read_json(path)


def table(place):
    from dlt.sources.sql_database import sql_table
    url, name = place.split()
    return sql_table(url.replace("postgresql:", "postgresql+psycopg2:"), table=name, backend="connectorx",
                     reflection_level="full_with_precision",
                     backend_kwargs={"conn": url, "return_type": "arrow"})


def main():
    part, file, directory = sys.argv[1:]
    pipeline = dlt.pipeline("bench", destination=dlt.destinations.duckdb(os.path.join(directory, "w.duckdb")),
                            dataset_name="raw", pipelines_dir=os.path.join(directory, "pipelines"))
    readers = {"nested": orders, "csv": rows, "merge": changed_rows}
    hints = {"write_disposition": "merge", "primary_key": "id"} if part == "merge" else {}
    resource = table(file) if part == "postgres" else dlt.resource(readers[part](file), name="orders", **hints)
    pipeline.run(resource, loader_file_format="parquet")


if __name__ == "__main__":
    main()
