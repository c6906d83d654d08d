import joblib
import pandas as pd
from sklearn.ensemble import GradientBoostingRegressor

rides = pd.read_csv("data/rides_2024.csv", parse_dates=["called_at"])
rides["hour"] = rides["called_at"].dt.tz_convert("Europe/Oslo").dt.hour
rides["km"] = rides["metres"] / 1000
model = GradientBoostingRegressor()
model.fit(rides[["hour", "km"]], rides["minutes"])
joblib.dump(model, "models/eta.joblib")
