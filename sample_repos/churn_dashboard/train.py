import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

from churn.columns import FEATURES, LABEL

customers = pd.read_parquet("data/customers.parquet", columns=[*FEATURES, LABEL])
model = LogisticRegression(max_iter=1000)
model.fit(customers[FEATURES], customers[LABEL])
joblib.dump(model, "models/churn.joblib")
