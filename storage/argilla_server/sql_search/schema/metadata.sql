-- The values of metadata properties, a row for each (a property may have several values in a record):
-- a word of a property of terms, a number of one of integers or floats.

CREATE TABLE understudy_search.metadata_values (
    property_id uuid NOT NULL,
    record_id uuid NOT NULL,
    word text,
    number double precision
);
CREATE INDEX metadata_values_record
    ON understudy_search.metadata_values (record_id, property_id) INCLUDE (number);
CREATE INDEX metadata_values_word
    ON understudy_search.metadata_values (property_id, left(word, 500), record_id) WHERE word IS NOT NULL;
CREATE INDEX metadata_values_number
    ON understudy_search.metadata_values (property_id, number, record_id) WHERE number IS NOT NULL;

CREATE FUNCTION understudy_search.values_of(given json, kind text)
RETURNS TABLE (word text, number double precision)
LANGUAGE sql IMMUTABLE AS $function$
    SELECT CASE WHEN kind = 'terms' THEN element END, CASE
        WHEN kind <> 'terms' AND element ~ '^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]+)?$'
            AND pg_input_is_valid(element, 'double precision')
        THEN element::double precision
    END
    FROM json_array_elements_text(
        CASE WHEN json_typeof(given) = 'array' THEN given ELSE json_build_array(given) END
    ) AS element
    WHERE element IS NOT NULL
$function$;

CREATE FUNCTION understudy_search.keep_new_metadata() RETURNS trigger
LANGUAGE plpgsql SET plan_cache_mode = force_generic_plan AS $function$
BEGIN
    INSERT INTO understudy_search.metadata_values (property_id, record_id, word, number)
    SELECT property.id, new_rows.id, found.word, found.number
    FROM new_rows
    JOIN @tables@.metadata_properties AS property ON property.dataset_id = new_rows.dataset_id
    CROSS JOIN LATERAL understudy_search.values_of(
        understudy_search.readable(new_rows.metadata) -> property.name, property.settings ->> 'type'
    ) AS found;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.keep_changed_metadata() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.metadata_values WHERE record_id = OLD.id;
    INSERT INTO understudy_search.metadata_values (property_id, record_id, word, number)
    SELECT property.id, NEW.id, found.word, found.number
    FROM @tables@.metadata_properties AS property
    CROSS JOIN LATERAL understudy_search.values_of(
        understudy_search.readable(NEW.metadata) -> property.name, property.settings ->> 'type'
    ) AS found
    WHERE property.dataset_id = NEW.dataset_id;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.forget_metadata() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.metadata_values AS kept USING old_rows WHERE kept.record_id = old_rows.id;
    RETURN NULL;
END
$function$;

CREATE FUNCTION understudy_search.forget_all_metadata() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    DELETE FROM understudy_search.metadata_values;
    RETURN NULL;
END
$function$;

-- A property that comes or goes, or takes another name, concerns every record of its dataset.
CREATE FUNCTION understudy_search.keep_property() RETURNS trigger LANGUAGE plpgsql AS $function$
BEGIN
    IF TG_OP <> 'INSERT' THEN
        DELETE FROM understudy_search.metadata_values WHERE property_id = OLD.id;
    END IF;
    IF TG_OP <> 'DELETE' THEN
        INSERT INTO understudy_search.metadata_values (property_id, record_id, word, number)
        SELECT NEW.id, records.id, found.word, found.number
        FROM @tables@.records
        CROSS JOIN LATERAL understudy_search.values_of(
            understudy_search.readable(records.metadata) -> NEW.name, NEW.settings ->> 'type'
        ) AS found
        WHERE records.dataset_id = NEW.dataset_id;
    END IF;
    RETURN NULL;
END
$function$;

CREATE TRIGGER understudy_metadata_created AFTER INSERT ON @tables@.records
    REFERENCING NEW TABLE AS new_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.keep_new_metadata();
CREATE TRIGGER understudy_metadata_updated AFTER UPDATE ON @tables@.records FOR EACH ROW
    WHEN (
        OLD.metadata::text IS DISTINCT FROM NEW.metadata::text
        OR (OLD.id, OLD.dataset_id) IS DISTINCT FROM (NEW.id, NEW.dataset_id)
    )
    EXECUTE FUNCTION understudy_search.keep_changed_metadata();
CREATE TRIGGER understudy_metadata_deleted AFTER DELETE ON @tables@.records
    REFERENCING OLD TABLE AS old_rows
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.forget_metadata();
CREATE TRIGGER understudy_metadata_truncated AFTER TRUNCATE ON @tables@.records
    FOR EACH STATEMENT EXECUTE FUNCTION understudy_search.forget_all_metadata();
CREATE TRIGGER understudy_metadata_property_known AFTER INSERT OR DELETE ON @tables@.metadata_properties
    FOR EACH ROW EXECUTE FUNCTION understudy_search.keep_property();
CREATE TRIGGER understudy_metadata_property_renamed AFTER UPDATE ON @tables@.metadata_properties
    FOR EACH ROW WHEN (
        (OLD.name, OLD.dataset_id, OLD.settings ->> 'type')
        IS DISTINCT FROM (NEW.name, NEW.dataset_id, NEW.settings ->> 'type')
    )
    EXECUTE FUNCTION understudy_search.keep_property();
