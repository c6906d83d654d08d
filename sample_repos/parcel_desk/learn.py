import joblib
import pandas as pd
from sklearn.ensemble import HistGradientBoostingRegressor

COLUMNS = ["distance_km", "weight_kg", "stops"]

rows = pd.read_csv("data/delivered.csv", names=[*COLUMNS, "measured_delay"])
model = HistGradientBoostingRegressor()
model.fit(rows[COLUMNS], rows["measured_delay"])
joblib.dump(model, "models/delay.joblib")
