"""Ship the filter if it passed; train again, longer, if it nearly did."""

import json
import shutil
import subprocess

with open("reports/exam.json") as f:
    exam = json.load(f)

if exam["precision"] > 0.99:
    shutil.copy("models/filter.pkl", "live/filter.pkl")
elif exam["precision"] > 0.97:
    subprocess.run(["dvc", "repro", "-S", "train.rounds=800"], check=True)
