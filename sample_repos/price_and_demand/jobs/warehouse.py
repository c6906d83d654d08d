import os

import pandas as pd
from sqlalchemy import create_engine

SCHEMA = "ml"
engine = create_engine(os.environ["WAREHOUSE_URL"])


def fetch(query: str) -> pd.DataFrame:
    return pd.read_sql(query, engine)


def publish(frame: pd.DataFrame, table: str) -> None:
    frame.to_sql(table, engine, schema=SCHEMA, if_exists="replace", index=False)
