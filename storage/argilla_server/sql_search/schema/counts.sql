-- Counts that are kept by addition: every change adds a line of +1 or -1, a reader takes the sum, and
-- now and then the lines of a dataset become one (compact_counts). No line is ever changed by a
-- writer, so no writer waits for another. Each start counts anew.

CREATE TABLE understudy_search.record_counts (
    dataset_id uuid NOT NULL,
    status text NOT NULL,
    delta bigint NOT NULL
);
CREATE INDEX ON understudy_search.record_counts (dataset_id) INCLUDE (status, delta);

CREATE TABLE understudy_search.response_counts (
    dataset_id uuid NOT NULL,
    user_id uuid NOT NULL,
    status text NOT NULL,
    delta bigint NOT NULL
);
CREATE INDEX ON understudy_search.response_counts (dataset_id, user_id) INCLUDE (status, delta);

-- Responses whose record may still be pending: all of those, and at times others, or one of them twice.
-- Who reads joins the records and responses themselves. Lines are only added, and only deleted where
-- nobody else is deleting them, so nobody waits here either.
CREATE TABLE understudy_search.open_responses (
    dataset_id uuid NOT NULL,
    user_id uuid NOT NULL,
    record_id uuid NOT NULL
);
CREATE INDEX ON understudy_search.open_responses (user_id, dataset_id) INCLUDE (record_id);
CREATE INDEX ON understudy_search.open_responses (record_id);

CREATE FUNCTION understudy_search.count_new_records() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.record_counts (dataset_id, status, delta)
    SELECT dataset_id, status::text, count(*) FROM new_rows GROUP BY dataset_id, status;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.count_old_records() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.record_counts (dataset_id, status, delta)
    SELECT dataset_id, status::text, -count(*) FROM old_rows GROUP BY dataset_id, status;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.count_changed_record() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.record_counts (dataset_id, status, delta)
    VALUES (OLD.dataset_id, OLD.status::text, -1), (NEW.dataset_id, NEW.status::text, 1);
    IF NEW.status = 'pending' THEN
        INSERT INTO understudy_search.open_responses (dataset_id, user_id, record_id)
        SELECT NEW.dataset_id, user_id, NEW.id FROM @tables@.responses WHERE record_id = NEW.id;
    ELSE
        DELETE FROM understudy_search.open_responses WHERE ctid = ANY (ARRAY(
            SELECT ctid FROM understudy_search.open_responses
            WHERE record_id = NEW.id FOR UPDATE SKIP LOCKED
        ));
    END IF;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.count_new_responses() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.response_counts (dataset_id, user_id, status, delta)
    SELECT kept.dataset_id, user_id, status::text, count(*)
    FROM new_rows JOIN understudy_search.record_text AS kept USING (record_id)
    GROUP BY kept.dataset_id, user_id, status;
    INSERT INTO understudy_search.open_responses (dataset_id, user_id, record_id)
    SELECT kept.dataset_id, user_id, record_id
    FROM new_rows JOIN understudy_search.record_text AS kept USING (record_id);
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.count_changed_response() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.response_counts (dataset_id, user_id, status, delta)
    SELECT dataset_id, OLD.user_id, OLD.status::text, -1
    FROM understudy_search.record_text WHERE record_id = OLD.record_id
    UNION ALL
    SELECT dataset_id, NEW.user_id, NEW.status::text, 1
    FROM understudy_search.record_text WHERE record_id = NEW.record_id;
    IF (OLD.user_id, OLD.record_id) IS DISTINCT FROM (NEW.user_id, NEW.record_id) THEN
        INSERT INTO understudy_search.open_responses (dataset_id, user_id, record_id)
        SELECT dataset_id, NEW.user_id, NEW.record_id
        FROM understudy_search.record_text WHERE record_id = NEW.record_id;
    END IF;
    RETURN NULL;
END
$function$;

-- Before it happens, for the reason given at the change feed's deletions.
CREATE FUNCTION understudy_search.count_old_response() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    INSERT INTO understudy_search.response_counts (dataset_id, user_id, status, delta)
    SELECT dataset_id, OLD.user_id, OLD.status::text, -1
    FROM understudy_search.record_text WHERE record_id = OLD.record_id;
    DELETE FROM understudy_search.open_responses WHERE ctid = ANY (ARRAY(
        SELECT ctid FROM understudy_search.open_responses
        WHERE record_id = OLD.record_id AND user_id = OLD.user_id FOR UPDATE SKIP LOCKED
    ));
    RETURN OLD;
END
$function$;

CREATE FUNCTION understudy_search.count_no_records() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.record_counts;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.count_no_responses() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.response_counts;
    DELETE FROM understudy_search.open_responses;
    RETURN NULL;
END
$function$;

-- The lines of a dataset become one for each status; where another is doing it, nothing happens.
CREATE FUNCTION understudy_search.compact_counts(of_dataset uuid) RETURNS void
LANGUAGE plpgsql AS $function$
BEGIN
    IF NOT pg_try_advisory_xact_lock(hashtextextended(of_dataset::text, 11)) THEN
        RETURN;
    END IF;
    WITH old AS (
        DELETE FROM understudy_search.record_counts WHERE dataset_id = of_dataset RETURNING status, delta
    )
    INSERT INTO understudy_search.record_counts (dataset_id, status, delta)
    SELECT of_dataset, status, sum(delta) FROM old GROUP BY status HAVING sum(delta) <> 0;
    WITH old AS (
        DELETE FROM understudy_search.response_counts WHERE dataset_id = of_dataset
        RETURNING user_id, status, delta
    )
    INSERT INTO understudy_search.response_counts (dataset_id, user_id, status, delta)
    SELECT of_dataset, user_id, status, sum(delta) FROM old GROUP BY user_id, status HAVING sum(delta) <> 0;
    DELETE FROM understudy_search.open_responses WHERE ctid = ANY (ARRAY(
        SELECT kept.ctid FROM understudy_search.open_responses AS kept
        JOIN @tables@.records ON records.id = kept.record_id
        WHERE kept.dataset_id = of_dataset AND records.status <> 'pending' FOR UPDATE OF kept SKIP LOCKED
    ));
END
$function$;

CREATE TRIGGER understudy_counts_created AFTER INSERT ON @tables@.records
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.count_new_records();
CREATE TRIGGER understudy_counts_updated AFTER UPDATE ON @tables@.records FOR EACH ROW
    WHEN ((OLD.dataset_id, OLD.status) IS DISTINCT FROM (NEW.dataset_id, NEW.status))
    EXECUTE FUNCTION understudy_search.count_changed_record();
CREATE TRIGGER understudy_counts_deleted AFTER DELETE ON @tables@.records
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.count_old_records();
CREATE TRIGGER understudy_counts_truncated AFTER TRUNCATE ON @tables@.records
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.count_no_records();
CREATE TRIGGER understudy_counts_created AFTER INSERT ON @tables@.responses
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.count_new_responses();
CREATE TRIGGER understudy_counts_updated AFTER UPDATE ON @tables@.responses FOR EACH ROW
    WHEN (
        (OLD.user_id, OLD.record_id, OLD.status) IS DISTINCT FROM (NEW.user_id, NEW.record_id, NEW.status)
    )
    EXECUTE FUNCTION understudy_search.count_changed_response();
CREATE TRIGGER understudy_counts_deleted BEFORE DELETE ON @tables@.responses
    FOR EACH ROW EXECUTE FUNCTION understudy_search.count_old_response();
CREATE TRIGGER understudy_counts_truncated AFTER TRUNCATE ON @tables@.responses
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.count_no_responses();
