"""Fit the price model on last week's rows and propose a price for each item."""

from sklearn.ensemble import GradientBoostingRegressor

from jobs import warehouse

FEATURES = ["cost", "stock", "shelf_days"]


def run() -> None:
    rows = warehouse.fetch("SELECT item_id, cost, stock, shelf_days, balanced_price FROM mart.price_rows")
    model = GradientBoostingRegressor(random_state=1)
    model.fit(rows[FEATURES], rows["balanced_price"])

    items = warehouse.fetch("SELECT item_id, cost, stock, shelf_days FROM shop.items")
    items["price"] = model.predict(items[FEATURES]).round(2)
    warehouse.publish(items[["item_id", "price"]], "proposed_prices")
