import pickle

from sklearn.ensemble import RandomForestRegressor

from valuation.features import BASE, read

flats = read("data/sold_2023.parquet")
forest = RandomForestRegressor(n_estimators=300, random_state=3)
forest.fit(flats[BASE], flats["price"])

with open("models/forest.pkl", "wb") as f:
    pickle.dump(forest, f)
