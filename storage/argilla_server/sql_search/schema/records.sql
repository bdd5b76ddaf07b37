-- The text index: one row a record, kept in step by triggers in the transaction of each change.

CREATE TABLE understudy_search.record_text (
    record_id uuid PRIMARY KEY,
    dataset_id uuid NOT NULL,
    inserted_at timestamp NOT NULL,
    words tsvector NOT NULL,
    unplaced boolean NOT NULL,
    indexed_by xid8 NOT NULL DEFAULT pg_current_xact_id()
);

-- The words of a dataset, for `word~1`: filled by the search that needs it, from what came since.
CREATE TABLE understudy_search.vocabulary (
    dataset_id uuid NOT NULL,
    word text COLLATE "C" NOT NULL,
    PRIMARY KEY (dataset_id, word)
);
CREATE TABLE understudy_search.vocabulary_read (
    dataset_id uuid PRIMARY KEY,
    before xid8 NOT NULL
);

-- Words that were taken out of a record must not live on there. Nobody waits for another: who finds
-- the line locked leaves it to the one that is deleting it.
CREATE FUNCTION understudy_search.forget_vocabulary(of_datasets uuid[]) RETURNS void
LANGUAGE sql AS $function$
    WITH known AS (
        SELECT dataset_id FROM understudy_search.vocabulary_read
        WHERE dataset_id = ANY (of_datasets) FOR UPDATE SKIP LOCKED
    ), words AS (
        DELETE FROM understudy_search.vocabulary WHERE dataset_id IN (SELECT dataset_id FROM known)
    )
    DELETE FROM understudy_search.vocabulary_read WHERE dataset_id IN (SELECT dataset_id FROM known)
$function$;

CREATE FUNCTION understudy_search.index_new_records() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.record_text (record_id, dataset_id, inserted_at, words, unplaced)
    SELECT id, dataset_id, inserted_at, (indexed).words, (indexed).unplaced FROM (
        SELECT id, dataset_id, inserted_at, understudy_search.indexed(dataset_id, fields)
        FROM new_rows OFFSET 0
    ) AS records;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.index_changed_record() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF OLD.id <> NEW.id THEN
        DELETE FROM understudy_search.record_text WHERE record_id = OLD.id;
    END IF;
    PERFORM understudy_search.forget_vocabulary(ARRAY[OLD.dataset_id]);
    INSERT INTO understudy_search.record_text (record_id, dataset_id, inserted_at, words, unplaced)
    SELECT NEW.id, NEW.dataset_id, NEW.inserted_at, found.words, found.unplaced
    FROM understudy_search.indexed(NEW.dataset_id, NEW.fields) AS found
    ON CONFLICT (record_id) DO UPDATE SET dataset_id = excluded.dataset_id,
        inserted_at = excluded.inserted_at, words = excluded.words, unplaced = excluded.unplaced,
        indexed_by = excluded.indexed_by;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.forget_records() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.record_text AS kept USING old_rows WHERE kept.record_id = old_rows.id;
    PERFORM understudy_search.forget_vocabulary(ARRAY(SELECT DISTINCT dataset_id FROM old_rows));
    RETURN NULL;
END
$function$;

-- A field that comes, goes or changes its name or type changes what is searched of every record.
CREATE FUNCTION understudy_search.index_fields_anew() RETURNS trigger LANGUAGE plpgsql AS $function$
DECLARE
    changed uuid := CASE WHEN TG_OP = 'DELETE' THEN OLD.dataset_id ELSE NEW.dataset_id END;
BEGIN
    IF NOT EXISTS (SELECT FROM @tables@.datasets WHERE id = changed) THEN
        RETURN NULL;  -- the whole dataset is being deleted
    END IF;
    UPDATE understudy_search.record_text AS kept
    SET words = (again.indexed).words, unplaced = (again.indexed).unplaced,
        indexed_by = pg_current_xact_id()
    FROM (
        SELECT id, understudy_search.indexed(dataset_id, fields) FROM @tables@.records
        WHERE dataset_id = changed OFFSET 0
    ) AS again
    WHERE kept.record_id = again.id;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.forget_all_records() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.record_text;
    DELETE FROM understudy_search.vocabulary;
    DELETE FROM understudy_search.vocabulary_read;
    RETURN NULL;
END
$function$;

CREATE TRIGGER understudy_text_created AFTER INSERT ON @tables@.records
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.index_new_records();
CREATE TRIGGER understudy_text_updated AFTER UPDATE ON @tables@.records FOR EACH ROW
    WHEN (
        OLD.fields::text IS DISTINCT FROM NEW.fields::text
        OR (OLD.id, OLD.dataset_id, OLD.inserted_at) IS DISTINCT FROM (NEW.id, NEW.dataset_id, NEW.inserted_at)
    )
    EXECUTE FUNCTION understudy_search.index_changed_record();
CREATE TRIGGER understudy_text_deleted AFTER DELETE ON @tables@.records
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.forget_records();
CREATE TRIGGER understudy_text_truncated AFTER TRUNCATE ON @tables@.records
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.forget_all_records();
CREATE TRIGGER understudy_text_field_known AFTER INSERT OR DELETE ON @tables@.fields
    FOR EACH ROW EXECUTE FUNCTION understudy_search.index_fields_anew();
CREATE TRIGGER understudy_text_field_changed AFTER UPDATE ON @tables@.fields FOR EACH ROW
    WHEN (
        (OLD.name, OLD.dataset_id, OLD.settings ->> 'type')
        IS DISTINCT FROM (NEW.name, NEW.dataset_id, NEW.settings ->> 'type')
    )
    EXECUTE FUNCTION understudy_search.index_fields_anew();
