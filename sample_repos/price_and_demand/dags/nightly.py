from datetime import datetime

from airflow import DAG
from airflow.operators.python import PythonOperator
from airflow.providers.postgres.operators.postgres import PostgresOperator

from jobs import demand, price

with DAG("nightly_prices", start_date=datetime(2024, 1, 1), schedule="0 2 * * *", catchup=False, template_searchpath="sql") as dag:
    features = PostgresOperator(task_id="features", postgres_conn_id="warehouse", sql="features.sql")
    set_prices = PythonOperator(task_id="set_prices", python_callable=price.run)
    forecast = PythonOperator(task_id="forecast", python_callable=demand.run)

    features >> set_prices >> forecast
