import sys

import pandas as pd
import yaml
from sklearn.model_selection import train_test_split

with open("params.yaml") as f:
    params = yaml.safe_load(f)["split"]

mails = pd.read_csv(sys.argv[1])
train, test = train_test_split(mails, test_size=params["test_size"], random_state=11)
train.to_csv("data/train.csv", index=False)
test.to_csv("data/test.csv", index=False)
