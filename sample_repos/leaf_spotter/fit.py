import argparse

import joblib
import pandas as pd
from sklearn.svm import SVC


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", default="data/labelled.csv")
    parser.add_argument("--model", default="models/leaf.joblib")
    return parser.parse_args()


def main() -> None:
    args = parse()
    rows = pd.read_csv(args.rows)
    colours = [name for name in rows.columns if name.startswith("c")]
    model = SVC(probability=True)
    model.fit(rows[colours], rows["disease"])
    joblib.dump(model, args.model)


if __name__ == "__main__":
    main()
