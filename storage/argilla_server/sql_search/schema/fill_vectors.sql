DELETE FROM understudy_search.vectors AS kept
WHERE NOT EXISTS (
    SELECT FROM @tables@.vectors AS given
    WHERE given.vector_settings_id = kept.vector_settings_id AND given.record_id = kept.record_id
);

INSERT INTO understudy_search.vectors (vector_settings_id, record_id, value)
SELECT vector_settings_id, record_id, value::text::@pgvector@.vector
FROM @tables@.vectors AS given
WHERE pg_input_is_valid(value::text, '@pgvector@.vector')
    AND NOT EXISTS (
        SELECT FROM understudy_search.vectors AS kept
        WHERE kept.vector_settings_id = given.vector_settings_id AND kept.record_id = given.record_id
    );
