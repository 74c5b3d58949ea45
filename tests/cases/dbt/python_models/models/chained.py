# A model in Python; "dbt.ref('no')" in comments and texts counts for nothing.
import math, os.path
from numpy import array

NOTE = """dbt.ref('neither')
of course"""


def helper(dbt, session):
    def model(dbt):
        return dbt.source("raw", 'things')
    return model(dbt), "dbt.config(enabled=False)"


def model(dbt, session):
    dbt.config(
        materialized="table", tags=["x", 'y'], meta={"a": {"b": 1}, "k": [1, -2.5, None, True]},
        packages=["numpy"], alias='chain' 'ed_one',
    )
    first = dbt.config.get("limit", 10)
    other = dbt.config.get('name')
    third = dbt.config.meta_get("m", {"z": 1})
    text = r'\d' + '\n it\'s' + f"{first}"
    frame = dbt.ref("a").union(dbt.ref(
        "b"  # the other one
    )).select([dbt])
    if text == "(":
        frame = frame.filter("dbt.ref('c')") \
            .limit(first)
    return frame
