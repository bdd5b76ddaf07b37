-- Without pgvector, vectors are compared in the server's memory. Each change adds a line here, so that
-- a server knows when what it holds has changed; lines are added, never changed, so nobody waits.

CREATE TABLE understudy_search.vector_changes (
    seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    vector_settings_id uuid NOT NULL
);
CREATE INDEX ON understudy_search.vector_changes (vector_settings_id);

CREATE FUNCTION understudy_search.note_new_vectors() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.vector_changes (vector_settings_id)
    SELECT DISTINCT vector_settings_id FROM new_rows;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.note_old_vectors() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.vector_changes (vector_settings_id)
    SELECT DISTINCT vector_settings_id FROM old_rows;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.note_no_vectors() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.vector_changes (vector_settings_id) SELECT id FROM @tables@.vectors_settings;
    RETURN NULL;
END
$function$;

CREATE TRIGGER understudy_vectors_created AFTER INSERT ON @tables@.vectors
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_new_vectors();
CREATE TRIGGER understudy_vectors_updated AFTER UPDATE ON @tables@.vectors
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_new_vectors();
CREATE TRIGGER understudy_vectors_deleted AFTER DELETE ON @tables@.vectors
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_old_vectors();
CREATE TRIGGER understudy_vectors_truncated AFTER TRUNCATE ON @tables@.vectors
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_no_vectors();
