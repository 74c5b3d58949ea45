def model(x, session):
    return dbt.ref("a")
