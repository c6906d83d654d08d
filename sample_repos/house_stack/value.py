"""Value the flats that came on the market this week."""

import pickle
import sys

from valuation.features import BASE, read


def load(name: str):
    with open(f"models/{name}.pkl", "rb") as f:
        return pickle.load(f)


def main(source: str = "data/new.parquet") -> None:
    flats = read(source)
    forest, correction = load("forest"), load("correction")
    flats["forest_value"] = forest.predict(flats[BASE])
    flats["value"] = correction.predict(flats[["forest_value", "street_index", "month"]])
    flats[["id", "value"]].to_csv("out/values.csv", index=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
