"""Every night: score the customers and store the score beside them."""

import joblib
import pandas as pd

from churn.columns import FEATURES

TABLE = "data/customers.parquet"

customers = pd.read_parquet(TABLE)
model = joblib.load("models/churn.joblib")
customers["churn_score"] = model.predict_proba(customers[FEATURES])[:, 1]
customers.to_parquet(TABLE)
customers.nlargest(500, "churn_score").to_csv("out/call_list.csv", index=False)
