import argparse

import joblib
import pandas as pd


def parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default="models/leaf.joblib")
    parser.add_argument("--leaves", required=True)
    parser.add_argument("--out", default="out/guesses.csv")
    parser.add_argument("--sure", type=float, default=0.8)
    return parser.parse_args()


def main() -> None:
    args = parse()
    model = joblib.load(args.model)
    leaves = pd.read_csv(args.leaves)
    chances = model.predict_proba(leaves)
    leaves["disease"] = model.classes_[chances.argmax(axis=1)]
    leaves[chances.max(axis=1) > args.sure].to_csv(args.out, index=False)


if __name__ == "__main__":
    main()
