def model(dbt, session):
    dbt.config(materialized="table", meta={"a": .5, "b": 1.5e-3, "c": 1., "d": 1e5, "e": 0x1f, "f": 1_000, "g": -2, "h": 2E+3, "i": -.25})
    x = a.e-1
    return dbt.ref("a")
