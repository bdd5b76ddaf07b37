-- The change feed: a line for every record, suggestion and response that is made, changed or deleted,
-- written in the transaction that does it. Transactions commit out of order, so a reader goes by
-- (xid, seq) and is shown only what lies before the oldest transaction still running: nothing can
-- appear behind it any more.

CREATE TABLE understudy_search.changes (
    xid xid8 NOT NULL DEFAULT pg_current_xact_id(),
    seq bigint GENERATED ALWAYS AS IDENTITY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    entity text NOT NULL,
    action text NOT NULL,
    id uuid NOT NULL,
    record_id uuid NOT NULL,
    dataset_id uuid,
    user_id uuid,
    question_id uuid,
    PRIMARY KEY (xid, seq)
);

-- Which feed this is: a copy of the database restored elsewhere has other transaction numbers, so the
-- feed begins anew there, and readers are told so. `known_as` is the table's number at its creation.
CREATE TABLE understudy_search.feed (
    id uuid NOT NULL DEFAULT gen_random_uuid(),
    known_as oid NOT NULL DEFAULT 'understudy_search.changes'::regclass::oid,
    forgotten_xid xid8 NOT NULL DEFAULT '0',
    forgotten_seq bigint NOT NULL DEFAULT 0
);

CREATE FUNCTION understudy_search.note_records() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO understudy_search.changes (entity, action, id, record_id, dataset_id)
        SELECT 'record', 'created', id, id, dataset_id FROM new_rows;
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO understudy_search.changes (entity, action, id, record_id, dataset_id)
        SELECT 'record', 'deleted', id, id, dataset_id FROM old_rows;
    ELSE
        INSERT INTO understudy_search.changes (entity, action, id, record_id, dataset_id)
        SELECT 'record', 'updated', id, id, new_rows.dataset_id FROM new_rows JOIN old_rows USING (id)
        WHERE (new_rows.status, new_rows.external_id, new_rows.dataset_id,
               new_rows.fields::text, new_rows.metadata::text)
            IS DISTINCT FROM (old_rows.status, old_rows.external_id, old_rows.dataset_id,
               old_rows.fields::text, old_rows.metadata::text);
    END IF;
    RETURN NULL;
END
$function$;

-- The dataset is looked up in the text index. A deletion is noted before it happens: rows that go with
-- their record are deleted while the index still knows it, and after that it no longer does.
CREATE FUNCTION understudy_search.note_suggestions() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.changes (entity, action, id, record_id, dataset_id, question_id)
    SELECT 'suggestion', CASE TG_OP WHEN 'INSERT' THEN 'created' ELSE 'updated' END,
        id, record_id, kept.dataset_id, question_id
    FROM new_rows LEFT JOIN understudy_search.record_text AS kept USING (record_id);
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.note_responses() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.changes (entity, action, id, record_id, dataset_id, user_id)
    SELECT 'response', CASE TG_OP WHEN 'INSERT' THEN 'created' ELSE 'updated' END,
        id, record_id, kept.dataset_id, user_id
    FROM new_rows LEFT JOIN understudy_search.record_text AS kept USING (record_id);
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.note_deleted_suggestion() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.changes (entity, action, id, record_id, dataset_id, question_id)
    VALUES ('suggestion', 'deleted', OLD.id, OLD.record_id, (
        SELECT dataset_id FROM understudy_search.record_text WHERE record_id = OLD.record_id
    ), OLD.question_id);
    RETURN OLD;
END
$function$;

CREATE FUNCTION understudy_search.note_deleted_response() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.changes (entity, action, id, record_id, dataset_id, user_id)
    VALUES ('response', 'deleted', OLD.id, OLD.record_id, (
        SELECT dataset_id FROM understudy_search.record_text WHERE record_id = OLD.record_id
    ), OLD.user_id);
    RETURN OLD;
END
$function$;

-- What TRUNCATE removed cannot be listed, so the feed begins anew.
CREATE FUNCTION understudy_search.begin_feed_anew() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.changes;
    UPDATE understudy_search.feed SET id = gen_random_uuid(), known_as = DEFAULT,
        forgotten_xid = '0', forgotten_seq = 0;
    RETURN NULL;
END
$function$;

CREATE TRIGGER understudy_feed_created AFTER INSERT ON @tables@.records
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_records();
CREATE TRIGGER understudy_feed_updated AFTER UPDATE ON @tables@.records
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_records();
CREATE TRIGGER understudy_feed_deleted AFTER DELETE ON @tables@.records
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_records();
CREATE TRIGGER understudy_feed_truncated AFTER TRUNCATE ON @tables@.records
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.begin_feed_anew();

CREATE TRIGGER understudy_feed_created AFTER INSERT ON @tables@.suggestions
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_suggestions();
CREATE TRIGGER understudy_feed_updated AFTER UPDATE ON @tables@.suggestions
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_suggestions();
CREATE TRIGGER understudy_feed_deleted BEFORE DELETE ON @tables@.suggestions
    FOR EACH ROW EXECUTE FUNCTION understudy_search.note_deleted_suggestion();
CREATE TRIGGER understudy_feed_truncated AFTER TRUNCATE ON @tables@.suggestions
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.begin_feed_anew();

CREATE TRIGGER understudy_feed_created AFTER INSERT ON @tables@.responses
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_responses();
CREATE TRIGGER understudy_feed_updated AFTER UPDATE ON @tables@.responses
    REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.note_responses();
CREATE TRIGGER understudy_feed_deleted BEFORE DELETE ON @tables@.responses
    FOR EACH ROW EXECUTE FUNCTION understudy_search.note_deleted_response();
CREATE TRIGGER understudy_feed_truncated AFTER TRUNCATE ON @tables@.responses
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.begin_feed_anew();
