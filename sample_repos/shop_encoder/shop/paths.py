from pathlib import PurePosixPath

MODELS = PurePosixPath("models")
ENCODER = MODELS / "categories.joblib"
