"""Which orders come back?"""

import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingClassifier

from shop.paths import ENCODER, MODELS

orders = pd.read_csv("data/returns_2024.csv")
encoder = joblib.load(ENCODER)
columns = encoder.transform(orders[["category", "brand"]])
model = HistGradientBoostingClassifier()
model.fit(columns, orders["returned"])
joblib.dump(model, MODELS / "returns.joblib")
