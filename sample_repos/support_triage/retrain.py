"""Fit the triage model again on everything that was sorted so far."""

from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from triage import storage


def build() -> Pipeline:
    return Pipeline([("words", TfidfVectorizer(min_df=3)), ("queue", LogisticRegression(max_iter=500))])


def main() -> None:
    archive = storage.tickets("archive").dropna(subset=["queue"])
    text = archive["subject"] + " " + archive["body"]
    model = build()
    model.fit(text, archive["queue"])
    storage.save_model(model)


if __name__ == "__main__":
    main()
