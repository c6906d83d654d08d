import argparse
from pathlib import Path

import pandas as pd

parser = argparse.ArgumentParser()
parser.add_argument("--rows")
parser.add_argument("--out", type=Path)
args = parser.parse_args()
args.out.write_text(pd.read_csv(args.rows)["disease"].value_counts().to_string())
