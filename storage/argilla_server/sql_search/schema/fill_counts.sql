-- Counted anew at each start. One statement each: what it deletes and what it counts are of one moment.

WITH old AS (DELETE FROM understudy_search.record_counts)
INSERT INTO understudy_search.record_counts (dataset_id, status, delta)
SELECT dataset_id, status::text, count(*) FROM @tables@.records GROUP BY dataset_id, status;

WITH old AS (DELETE FROM understudy_search.response_counts)
INSERT INTO understudy_search.response_counts (dataset_id, user_id, status, delta)
SELECT records.dataset_id, responses.user_id, responses.status::text, count(*)
FROM @tables@.responses JOIN @tables@.records ON records.id = responses.record_id
GROUP BY records.dataset_id, responses.user_id, responses.status;

WITH old AS (DELETE FROM understudy_search.open_responses)
INSERT INTO understudy_search.open_responses (dataset_id, user_id, record_id)
SELECT records.dataset_id, responses.user_id, responses.record_id
FROM @tables@.responses JOIN @tables@.records ON records.id = responses.record_id
WHERE records.status = 'pending';
