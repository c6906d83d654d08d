#!/usr/bin/env bash
# Usage: rounds.sh [ROUNDS]
set -euo pipefail

ROUNDS=${1:-3}
WORK=work
ROWS=$WORK/rows.csv
MODEL=$WORK/leaf.joblib

for round in $(seq 1 "$ROUNDS"); do
  echo "round $round"
  python fit.py --rows "$ROWS" --model "$MODEL"
  python label.py --model "$MODEL" --leaves data/unlabelled.csv --out "$ROWS" --sure 0.9
done

python report.py --rows "$ROWS" --out $WORK/report.txt
