import pandas as pd
import streamlit as st

st.title("Who may leave")
customers = pd.read_parquet("data/customers.parquet")
plan = st.selectbox("Plan", sorted(customers["plan"].unique()))
chosen = customers[customers["plan"] == plan]
st.metric("Mean score", f"{chosen['churn_score'].mean():.2f}")
st.bar_chart(chosen, x="months", y="churn_score")
st.dataframe(pd.read_csv("out/call_list.csv"))
