"""Estimate the rides of the day, and log what was estimated."""

import joblib
import pandas as pd

model = joblib.load("models/eta.joblib")
calls = pd.read_csv("in/calls.csv", parse_dates=["called_at"])
calls["hour"] = calls["called_at"].dt.hour
calls["km"] = calls["metres"] / 1000
calls["eta"] = model.predict(calls[["hour", "km"]])
calls.to_csv("out/eta.csv", index=False)
