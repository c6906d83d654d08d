"""Correct the forest for what it does not see: the street and the season."""

import pickle

from sklearn.linear_model import RidgeCV

from valuation.features import BASE, read

with open("models/forest.pkl", "rb") as f:
    forest = pickle.load(f)

flats = read("data/sold_2024.parquet")
flats["forest_value"] = forest.predict(flats[BASE])
correction = RidgeCV()
correction.fit(flats[["forest_value", "street_index", "month"]], flats["price"])

with open("models/correction.pkl", "wb") as f:
    pickle.dump(correction, f)
