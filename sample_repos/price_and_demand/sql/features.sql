-- What the demand model learns from: the price that was proposed, and what was sold at it.
CREATE OR REPLACE TABLE mart.demand_rows AS
SELECT p.item_id, p.price, count(*) AS sold
FROM ml.proposed_prices AS p
JOIN shop.sales AS s ON s.item_id = p.item_id
GROUP BY p.item_id, p.price;

-- What the price model learns from: the price at which the forecast would have emptied the stock.
CREATE OR REPLACE TABLE mart.price_rows AS
SELECT i.item_id, i.cost, i.stock, i.shelf_days, i.list_price * f.expected_sales / i.stock AS balanced_price
FROM shop.items AS i
JOIN ml.sales_forecast AS f ON f.item_id = i.item_id;
