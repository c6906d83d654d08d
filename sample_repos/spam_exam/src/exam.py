import json
import pickle

import pandas as pd
from sklearn.metrics import precision_score, recall_score

with open("models/filter.pkl", "rb") as f:
    mail_filter = pickle.load(f)

test = pd.read_csv("data/test.csv")
test["said"] = mail_filter.predict(test["text"])
test[test["said"] != test["spam"]].to_csv("reports/mistakes.csv", index=False)
with open("reports/exam.json", "w") as f:
    json.dump({"precision": precision_score(test["spam"], test["said"]), "recall": recall_score(test["spam"], test["said"])}, f)
