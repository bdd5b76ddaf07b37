-- What the index lacks, and what it holds of records that are gone. On a new schema: everything.

DELETE FROM understudy_search.record_text AS kept
WHERE NOT EXISTS (SELECT FROM @tables@.records WHERE id = kept.record_id);

DELETE FROM understudy_search.vocabulary;
DELETE FROM understudy_search.vocabulary_read;

INSERT INTO understudy_search.record_text (record_id, dataset_id, inserted_at, words, unplaced)
SELECT id, dataset_id, inserted_at, (indexed).words, (indexed).unplaced FROM (
    SELECT id, dataset_id, inserted_at, understudy_search.indexed(dataset_id, fields)
    FROM @tables@.records
    WHERE NOT EXISTS (SELECT FROM understudy_search.record_text AS kept WHERE kept.record_id = records.id)
    OFFSET 0
) AS records;
