"""What a load left in a DuckDB file, in a form that two runs of any program can be compared in.

Load ids become L1, L2, ... in their order; ids of root rows R1, R2, ... in the order of what the rows hold (with their
children); ids of nested rows a path from their parent (R1.items[0]), after a check that they are what the parent's id
makes of them; validity times that are a load's time @L1. Doubles are cut to 15 digits.
"""
import base64
import hashlib
import json
import re
import zlib
from datetime import datetime, timedelta, timezone

import duckdb

SYSTEM_PREFIX = "_dlt"
ROW_IDS = ("_dlt_id", "_dlt_parent_id", "_dlt_root_id")
UNHASHED_OF_SCHEMA = ("version", "version_hash", "imported_version_hash", "previous_hashes")
UNHASHED_OF_STATE = ("_state_version", "_state_engine_version", "_version_hash", "_local")


def quoted(*names):
    return ".".join('"' + name.replace('"', '""') + '"' for name in names)


# --- hashes ------------------------------------------------------------------------------------


def float_text(value):
    """A float in the JSON that is hashed."""
    if value != value or abs(value) == float("inf"):
        return "null"
    text = repr(value)
    if 1e-5 <= abs(value) < 1e-4:
        mantissa = text.partition("e")[0].lstrip("-").replace(".", "")
        return f"{'-' if value < 0 else ''}0.0000{mantissa}"
    return re.sub(r"e([+-])0+", r"e\1", text)


def sorted_json(value):
    """The JSON that is hashed: sorted, without blanks."""
    if isinstance(value, dict):
        members = (f"{sorted_json(key)}:{sorted_json(value[key])}" for key in sorted(value))
        return "{" + ",".join(members) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(sorted_json(item) for item in value) + "]"
    return float_text(value) if isinstance(value, float) else json.dumps(value, ensure_ascii=False)


def without(document, names):
    return {key: value for key, value in document.items() if key not in names}


def text_of_digest(digest):
    return base64.b64encode(digest).decode()


def schema_hash(document):
    hashed = without(document, UNHASHED_OF_SCHEMA)
    digest = hashlib.sha3_256(sorted_json(hashed).encode())
    for name in sorted(hashed["tables"]):
        digest.update(name.encode())
        for column in hashed["tables"][name].get("columns", {}):
            digest.update(column.encode())
    return text_of_digest(digest.digest())


def state_hash(document):
    return text_of_digest(
        hashlib.sha3_256(sorted_json(without(document, UNHASHED_OF_STATE)).encode()).digest())


def nested_row_id(parent, table, index):
    digest = hashlib.shake_128(f"{parent}_{table}_{index}".encode()).digest(10)
    return text_of_digest(digest).rstrip("=")


def packed_or_plain(text):
    """A document as it stands in a system table: deflated in base64, or as it is."""
    try:
        return zlib.decompress(base64.b64decode(text, validate=True)).decode()
    except (ValueError, zlib.error):
        return text


# --- reading -----------------------------------------------------------------------------------


class Warehouse:
    """A dataset of a DuckDB file. `replace` are pairs of texts, replaced in all values."""

    def __init__(self, path, dataset, replace=()):
        self.connection = duckdb.connect(str(path), read_only=True)
        self.connection.execute("set TimeZone = 'UTC'")
        self.dataset = dataset
        self.replace = list(replace)
        self.columns = self._columns()
        self.load_labels = self._load_labels()
        self.time_labels = self._time_labels()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()

    def query(self, sql, *parameters):
        return self.connection.execute(sql, parameters).fetchall()

    def table(self, name):
        return quoted(self.dataset, name)

    def data_tables(self):
        return sorted(name for name in self.columns if not name.startswith(SYSTEM_PREFIX))

    def _columns(self):
        columns = {}
        for table, name, data_type, nullable in self.query(
                "select table_name, column_name, data_type, is_nullable from information_schema.columns "
                "where table_schema = ? order by table_name, ordinal_position", self.dataset):
            null = "NULL" if nullable == "YES" else "NOT NULL"
            columns.setdefault(table, []).append([name, data_type, null])
        return columns

    def _load_labels(self):
        ids = set()
        for table, columns in self.columns.items():
            name = "load_id" if table == "_dlt_loads" else "_dlt_load_id"
            if any(column[0] == name for column in columns):
                ids |= {row[0] for row in self.query(
                    f"select distinct {quoted(name)} from {self.table(table)} where {quoted(name)} is not null")}
        return {load: f"L{number}" for number, load in enumerate(sorted(ids), 1)}

    def _time_labels(self):
        """Texts of times to the loads that have them. A load id is a float: its last digit may be rounded."""
        labels = {}
        for load, label in self.load_labels.items():
            try:
                time = datetime.fromtimestamp(float(load), timezone.utc)
            except ValueError:
                continue
            for shift in (-1, 0, 1):
                moment = time + timedelta(microseconds=shift)
                labels.setdefault(moment.strftime("%Y-%m-%d %H:%M:%S.%f"), f"@{label}")
        return labels

    def _value(self, data_type, text):
        if text is None:
            return None
        if data_type == "DOUBLE":  # dlt writes literals, which lose the last digit and the sign of zero
            return repr(float(f"{float(text):.15g}") + 0.0)
        for old, new in self.replace:
            text = text.replace(old, new)
        return text

    def _time_label(self, text):
        if text is None:
            return None
        body = text.partition("+")[0]
        body += "" if "." in body else "."
        return self.time_labels.get(body.ljust(len("2024-01-01 00:00:00.000000"), "0"), text)

    def rows(self, table, load_times=()):
        """All rows, each {column: text}."""
        columns = self.columns[table]
        texts = ", ".join(f"cast({quoted(column[0])} as varchar)" for column in columns)
        rows = []
        for values in self.query(f"select {texts} from {self.table(table)}"):
            row = {column[0]: self._value(column[1], text) for column, text in zip(columns, values)}
            for name in load_times:
                if name in row:
                    row[name] = self._time_label(row[name])
            if row.get("_dlt_load_id") is not None:
                row["_dlt_load_id"] = self.load_labels.get(row["_dlt_load_id"], row["_dlt_load_id"])
            rows.append(row)
        return rows

    def versions(self):
        """Rows of _dlt_version: (schema, version, engine version, hash, document), oldest first."""
        if "_dlt_version" not in self.columns:
            return []
        rows = self.query(
            "select schema_name, version, engine_version, version_hash, schema from "
            f"{self.table('_dlt_version')} order by inserted_at, version")
        return [(*row[:4], json.loads(packed_or_plain(row[4]))) for row in rows]

    def states(self):
        if "_dlt_pipeline_state" not in self.columns:
            return []
        rows = self.query(
            "select _dlt_load_id, version, engine_version, pipeline_name, version_hash, state from "
            f"{self.table('_dlt_pipeline_state')} order by _dlt_load_id")
        return [(*row[:5], json.loads(packed_or_plain(row[5]))) for row in rows]

    def loads(self):
        if "_dlt_loads" not in self.columns:
            return []
        return self.query("select load_id, schema_name, status, schema_version_hash from "
                          f"{self.table('_dlt_loads')} order by load_id, schema_name")


# --- rows in their form ------------------------------------------------------------------------


class RowForm:
    """Rows of a dataset's tables with labels in place of ids. `tables`: {name: {"parent", "ids", "load_times"}}."""

    def __init__(self, warehouse, tables):
        self.tables = tables
        self.rows = {name: warehouse.rows(name, info.get("load_times", ())) for name, info in tables.items()}
        self.children = {}
        self.below = {}  # (id of the parent, child table) -> rows
        self.orphans = {}
        self.contents = {}
        self.labels = {}  # of the rows of root tables, by id
        self.result = {name: [] for name in tables}
        self._link()
        for name, info in tables.items():
            if not info.get("parent"):
                self._label_roots(name)
        for name, rows in self.orphans.items():
            self._label_orphans(name, rows)

    def _link(self):
        ids = {name: {row.get("_dlt_id") for row in rows} - {None} for name, rows in self.rows.items()}
        for name, info in self.tables.items():
            parent = info.get("parent")
            if not parent:
                continue
            self.children.setdefault(parent, []).append(name)
            for row in self.rows[name]:
                above = row.get("_dlt_parent_id")
                if above in ids.get(parent, ()):
                    self.below.setdefault((above, name), []).append(row)
                else:
                    self.orphans.setdefault(name, []).append(row)

    def _is_literal(self, name):
        while self.tables.get(name, {}).get("parent"):
            name = self.tables[name]["parent"]
        return self.tables.get(name, {}).get("ids") == "literal"

    def content(self, name, row):
        """What a row and all below it hold, without ids: text to sort by."""
        known = self.contents.get(id(row))
        if known is None:
            tree = [without(row, ROW_IDS)]
            for child in sorted(self.children.get(name, ())):
                tree.append([child, *sorted(self.content(child, below)
                                            for below in self.below.get((row.get("_dlt_id"), child), ()))])
            known = self.contents[id(row)] = sorted_json(tree)
        return known

    def _label_roots(self, name):
        literal = self.tables[name].get("ids") == "literal"
        order = [(self.content(name, row), (row.get("_dlt_id") or "") if literal else "", row)
                 for row in self.rows[name]]
        seen = set()
        for number, (*_, row) in enumerate(sorted(order, key=lambda item: item[:2]), 1):
            own = row.get("_dlt_id")
            label = own if literal else f"R{number}"
            if own is not None and own in seen:  # an id twice: what is below belongs to the first
                self.result[name].append({**row, "_dlt_id": label})
                continue
            seen.add(own)
            self.labels[own] = f"{name} {label}"
            self._emit(name, row, {"_dlt_id": label}, (own, label))

    def _emit(self, name, row, labels, root):
        labelled = {key: labels.get(key, value) for key, value in row.items()}
        if "_dlt_root_id" in row:
            own, label = root
            labelled["_dlt_root_id"] = (self.labels.get(row["_dlt_root_id"], "gone") if "_dlt_parent_id" not in row
                                        else label if row["_dlt_root_id"] == own else f"WRONG {row['_dlt_root_id']}")
        self.result[name].append(labelled)
        for child in sorted(self.children.get(name, ())):
            below = self.below.get((row.get("_dlt_id"), child), [])
            for nested in sorted(below, key=lambda one, table=child: (
                    int(one.get("_dlt_list_idx") or 0), self.content(table, one))):
                self._emit(child, nested, self._nested_labels(name, row, labels, child, nested), root)

    @staticmethod
    def _nested_labels(name, row, labels, child, nested):
        index = nested.get("_dlt_list_idx")
        label = f"{labels['_dlt_id']}.{child.removeprefix(name + '__')}[{index}]"
        if nested.get("_dlt_id") != nested_row_id(row["_dlt_id"], child, index):
            label += " NOT BY FORMULA"
        return {"_dlt_id": label, "_dlt_parent_id": labels["_dlt_id"]}

    def _label_orphans(self, name, rows):
        hidden = () if self._is_literal(name) else ROW_IDS
        for row in sorted(rows, key=lambda one: self.content(name, one)):
            self.result[name].append({key: "ORPHAN" if key in hidden else value for key, value in row.items()})


# --- books -------------------------------------------------------------------------------------


def settled(state):
    """A state without what is by chance: the order of boundary hashes, and their length before dlt 1.31."""
    if isinstance(state, dict):
        return {key: sorted(text[:12] for text in value) if key == "unique_hashes" and isinstance(value, list)
                else settled(value) for key, value in state.items()}
    return [settled(item) for item in state] if isinstance(state, list) else state


def replaced(document, pairs):
    text = json.dumps(document, ensure_ascii=False)
    for old, new in pairs:
        text = text.replace(old, new)
    return json.loads(text)


class Books:
    """The system tables: `loads`, `versions`, `state`, newest schema documents, and hashes that are `broken`."""

    def __init__(self, warehouse):
        labels = warehouse.load_labels
        versions = warehouse.versions()
        numbers = {digest: version for _, version, _, digest, _ in versions}
        self.broken = []
        self.schemas = {}
        for name, version, _, digest, document in versions:
            self.schemas[name] = document
            if digest != schema_hash(document) or document.get("version_hash") != digest:
                self.broken.append(f"_dlt_version {name} {version}: version_hash is not the hash of the document")
        self.versions = [list(row[:3]) for row in versions]
        self.loads = [{"load": labels[load], "schema": name, "status": status,
                       "schema_version": numbers.get(digest, "unknown hash")}
                      for load, name, status, digest in warehouse.loads()]
        self.state = []
        for load, version, engine, pipeline, digest, document in warehouse.states():
            real = state_hash(document)
            if digest not in (None, real) or document.get("_version_hash", real) != real:
                self.broken.append(f"_dlt_pipeline_state of {labels.get(load, load)}: version_hash is not its hash")
            shown = settled(without(document, ("_version_hash",)))
            self.state.append({"load": labels.get(load, load), "version": version, "engine_version": engine,
                               "pipeline_name": pipeline, "state": replaced(shown, warehouse.replace)})

    def as_document(self):
        return {"loads": self.loads, "versions": self.versions, "state": self.state}
