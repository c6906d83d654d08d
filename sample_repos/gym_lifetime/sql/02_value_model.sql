CREATE OR REPLACE MODEL `gym.value`
OPTIONS (model_type = 'linear_reg', input_label_cols = ['paid_next_year']) AS
SELECT
  predicted_visits_next_month AS expected_visits,
  plan,
  paid_next_year
FROM ML.PREDICT(
  MODEL `gym.visits`,
  (SELECT age, plan, visits_last_month, paid_next_year FROM `gym.member_history`));
