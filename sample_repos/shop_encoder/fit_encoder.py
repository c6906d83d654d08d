import joblib
import pandas as pd
from sklearn.preprocessing import OrdinalEncoder

from shop.paths import ENCODER

products = pd.read_csv("data/products.csv")
encoder = OrdinalEncoder(handle_unknown="use_encoded_value", unknown_value=-1)
encoder.fit(products[["category", "brand"]])
joblib.dump(encoder, ENCODER)
