"""Fit the demand model and forecast the sales of each item at the price that is proposed for it."""

from sklearn.linear_model import PoissonRegressor

from jobs import warehouse


def run() -> None:
    rows = warehouse.fetch("SELECT item_id, price, sold FROM mart.demand_rows")
    model = PoissonRegressor()
    model.fit(rows[["price"]], rows["sold"])

    tomorrow = warehouse.fetch("SELECT item_id, price FROM ml.proposed_prices")
    tomorrow["expected_sales"] = model.predict(tomorrow[["price"]])
    warehouse.publish(tomorrow[["item_id", "expected_sales"]], "sales_forecast")
