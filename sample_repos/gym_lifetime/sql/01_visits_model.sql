CREATE OR REPLACE MODEL `gym.visits`
OPTIONS (model_type = 'boosted_tree_regressor', input_label_cols = ['visits_next_month']) AS
SELECT age, plan, visits_last_month, visits_next_month
FROM `gym.member_months`
WHERE month < '2024-06-01';
