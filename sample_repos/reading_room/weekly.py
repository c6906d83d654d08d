"""Fit the ranker on what the readers opened."""

import sqlite3

import joblib
import pandas as pd
from sklearn.linear_model import LogisticRegression

QUERY = """
    SELECT b.pages, b.year, b.loans, coalesce(max(o.opened), 0) AS opened
    FROM books b
    LEFT JOIN openings o ON o.book_id = b.id
    GROUP BY b.id
"""

rows = pd.read_sql(QUERY, sqlite3.connect("library.db"))
ranker = LogisticRegression(max_iter=1000)
ranker.fit(rows[["pages", "year", "loans"]], rows["opened"])
joblib.dump(ranker, "models/ranker.joblib")
