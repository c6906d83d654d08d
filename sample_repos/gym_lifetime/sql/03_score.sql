CREATE OR REPLACE TABLE `gym.expected_visits` AS
SELECT member_id, plan, predicted_visits_next_month AS expected_visits
FROM ML.PREDICT(
  MODEL `gym.visits`,
  (SELECT member_id, age, plan, visits_last_month FROM `gym.members`));

CREATE OR REPLACE TABLE `gym.member_value` AS
SELECT member_id, predicted_paid_next_year AS value
FROM ML.PREDICT(MODEL `gym.value`, TABLE `gym.expected_visits`);
