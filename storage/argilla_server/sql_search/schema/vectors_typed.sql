-- Vectors as pgvector's type, copied by triggers. What pgvector cannot hold (more than 16,000 numbers,
-- or one beyond a float's range) is left out, and is similar to nothing.

CREATE TABLE understudy_search.vectors (
    vector_settings_id uuid NOT NULL,
    record_id uuid NOT NULL,
    value @pgvector@.vector NOT NULL,
    PRIMARY KEY (vector_settings_id, record_id)
);
ALTER TABLE understudy_search.vectors ALTER COLUMN value SET STORAGE MAIN;  -- beside the row where it fits

CREATE FUNCTION understudy_search.copy_new_vectors() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.vectors (vector_settings_id, record_id, value)
    SELECT vector_settings_id, record_id, value::text::@pgvector@.vector
    FROM new_rows WHERE pg_input_is_valid(value::text, '@pgvector@.vector')
    ON CONFLICT (vector_settings_id, record_id) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.forget_vectors() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.vectors AS kept USING old_rows
    WHERE kept.vector_settings_id = old_rows.vector_settings_id AND kept.record_id = old_rows.record_id;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.copy_changed_vectors() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.vectors AS kept USING old_rows
    WHERE kept.vector_settings_id = old_rows.vector_settings_id AND kept.record_id = old_rows.record_id;
    INSERT INTO understudy_search.vectors (vector_settings_id, record_id, value)
    SELECT vector_settings_id, record_id, value::text::@pgvector@.vector
    FROM new_rows WHERE pg_input_is_valid(value::text, '@pgvector@.vector')
    ON CONFLICT (vector_settings_id, record_id) DO UPDATE SET value = excluded.value;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.forget_all_vectors() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.vectors;
    RETURN NULL;
END
$function$;

CREATE TRIGGER understudy_vectors_created AFTER INSERT ON @tables@.vectors
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.copy_new_vectors();
CREATE TRIGGER understudy_vectors_updated AFTER UPDATE ON @tables@.vectors
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.copy_changed_vectors();
CREATE TRIGGER understudy_vectors_deleted AFTER DELETE ON @tables@.vectors
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.forget_vectors();
CREATE TRIGGER understudy_vectors_truncated AFTER TRUNCATE ON @tables@.vectors
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.forget_all_vectors();
