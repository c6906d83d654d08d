import pandas as pd

BASE = ["rooms", "area", "floor", "year"]


def read(path: str) -> pd.DataFrame:
    frame = pd.read_parquet(path)
    frame["year"] = frame["year"].fillna(1970)
    return frame
