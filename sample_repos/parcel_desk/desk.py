"""Handle the day's scanner events in order."""

import csv
import json
from pathlib import Path

import joblib
import pandas as pd

DELIVERED = Path("data/delivered.csv")
GUESSES = Path("logs/guesses.jsonl")
COLUMNS = ["distance_km", "weight_kg", "stops"]


def remember(event: dict) -> None:
    with DELIVERED.open("a", newline="") as f:
        csv.writer(f).writerow([*(event[name] for name in COLUMNS), event["measured_delay"]])


def guess(model, event: dict) -> float:
    return float(model.predict(pd.DataFrame([event])[COLUMNS])[0])


def main() -> None:
    model = joblib.load("models/delay.joblib")
    with open("in/events.jsonl") as events, GUESSES.open("a") as log:
        for line in events:
            event = json.loads(line)
            if event["kind"] == "delivered":
                remember(event)
                continue
            event["guess"] = guess(model, event)
            log.write(json.dumps({"parcel": event["parcel"], "guess": event["guess"]}) + "\n")


if __name__ == "__main__":
    main()
