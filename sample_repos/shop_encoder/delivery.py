"""How many days does an order take?"""

import joblib
import pandas as pd
from sklearn.linear_model import PoissonRegressor

from shop.paths import ENCODER, MODELS

parcels = pd.read_csv("data/parcels_2024.csv")
encoder = joblib.load(ENCODER)
columns = encoder.transform(parcels[["category", "brand"]])
model = PoissonRegressor()
model.fit(columns, parcels["days"])
joblib.dump(model, MODELS / "delivery.joblib")
