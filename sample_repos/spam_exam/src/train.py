import pickle

import pandas as pd
import yaml
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import SGDClassifier
from sklearn.pipeline import make_pipeline

with open("params.yaml") as f:
    rounds = yaml.safe_load(f)["train"]["rounds"]

mails = pd.read_csv("data/train.csv")
mail_filter = make_pipeline(CountVectorizer(), SGDClassifier(loss="log_loss", max_iter=rounds))
mail_filter.fit(mails["text"], mails["spam"])
with open("models/filter.pkl", "wb") as f:
    pickle.dump(mail_filter, f)
