-- Of records that the text index does not have yet, and not of those it has and Argilla no longer has:
-- before the text index is brought up to date, which then knows both no more.

DELETE FROM understudy_search.metadata_values AS kept
WHERE NOT EXISTS (SELECT FROM @tables@.records WHERE id = kept.record_id)
    OR NOT EXISTS (SELECT FROM understudy_search.record_text AS known WHERE known.record_id = kept.record_id);

INSERT INTO understudy_search.metadata_values (property_id, record_id, word, number)
SELECT property.id, records.id, found.word, found.number
FROM @tables@.records
JOIN @tables@.metadata_properties AS property ON property.dataset_id = records.dataset_id
CROSS JOIN LATERAL understudy_search.values_of(
    understudy_search.readable(records.metadata) -> property.name, property.settings ->> 'type'
) AS found
WHERE NOT EXISTS (SELECT FROM understudy_search.record_text AS known WHERE known.record_id = records.id);
