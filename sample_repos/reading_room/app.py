import sqlite3

import joblib
import pandas as pd
from flask import Flask, redirect, render_template, session

app = Flask(__name__)
app.secret_key = "set by the host"
ranker = joblib.load("models/ranker.joblib")


def database() -> sqlite3.Connection:
    return sqlite3.connect("library.db")


@app.route("/")
def shelf():
    books = pd.read_sql("SELECT id, title, pages, year, loans FROM books", database())
    books["score"] = ranker.predict_proba(books[["pages", "year", "loans"]])[:, 1]
    best = books.sort_values("score", ascending=False).head(12)
    return render_template("shelf.html", books=best.to_dict("records"))


@app.route("/open/<int:book_id>")
def open_book(book_id: int):
    with database() as connection:
        connection.execute("INSERT INTO openings (reader_id, book_id, opened) VALUES (?, ?, 1)", (session.get("reader"), book_id))
    return redirect(f"/books/{book_id}")


@app.route("/about")
def about():
    return render_template("about.html")
