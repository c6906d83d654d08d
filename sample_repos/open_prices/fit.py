import joblib
import pandas as pd
from sklearn.linear_model import ElasticNet

SOURCE = "https://raw.githubusercontent.com/open-market/prices/main/wholesale.csv"


def main() -> None:
    prices = pd.read_csv(SOURCE, parse_dates=["day"])
    prices["weekday"] = prices["day"].dt.weekday
    model = ElasticNet()
    model.fit(prices[["weekday", "harvest", "distance_km"]], prices["eur_per_kg"])
    joblib.dump(model, "models/prices.joblib")


if __name__ == "__main__":
    main()
