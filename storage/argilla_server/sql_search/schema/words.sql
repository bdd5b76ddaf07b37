-- How text becomes words. The pattern comes from words.py, so that search texts are cut alike.

CREATE FUNCTION understudy_search.lowered(given text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN lower(given @collation@);

-- A JSON document that PostgreSQL can take apart: without NULs and halves of surrogate pairs, which
-- JSON may hold as escapes and text may not. Most documents have none and are passed on as they are.
CREATE FUNCTION understudy_search.readable(given json) RETURNS json
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $function$
DECLARE
    high CONSTANT text := '\\u[dD][89abAB][0-9a-fA-F]{2}';
    low CONSTANT text := '\\u[dD][c-fC-F][0-9a-fA-F]{2}';
    mended text := given::text;
BEGIN
    IF strpos(mended, '\u0000') = 0 AND mended !~ '\\u[dD][89a-fA-F]' THEN
        RETURN given;
    END IF;
    mended := regexp_replace(mended, '(?<!\\)((?:\\\\)*)\\u0000', '\1\\u0020', 'g');
    mended := regexp_replace(mended, '(?<!\\)((?:\\\\)*)' || high || '(?!' || low || ')', '\1\\ufffd', 'g');
    mended := regexp_replace(mended, '(?<!\\)((?:\\\\)*)(?<!' || high || ')' || low, '\1\\ufffd', 'g');
    RETURN CASE WHEN pg_input_is_valid(mended, 'jsonb') THEN mended::json ELSE '{}'::json END;
END
$function$;

-- What is searched of a record, a row for each text that a phrase may not leave: a text field, a role
-- or a content of a chat's turn, a value (not a key) of a custom field. Images are not searched.
CREATE FUNCTION understudy_search.texts(of_dataset uuid, given json)
RETURNS TABLE (field text, number bigint, said text)
LANGUAGE sql STABLE AS $function$
    SELECT kept.name, kept.number, found.said
    FROM (
        SELECT name, settings ->> 'type' AS kind, row_number() OVER (ORDER BY inserted_at, id) AS number
        FROM @tables@.fields WHERE dataset_id = of_dataset AND settings ->> 'type' <> 'image'
    ) AS kept
    CROSS JOIN (SELECT understudy_search.readable(given) AS fields) AS record
    CROSS JOIN LATERAL (
        SELECT record.fields ->> kept.name AS said WHERE kept.kind = 'text'
        UNION ALL
        SELECT part.said
        FROM json_array_elements(CASE
            WHEN kept.kind = 'chat' AND json_typeof(record.fields -> kept.name) = 'array'
            THEN record.fields -> kept.name ELSE '[]'
        END) AS turn
        CROSS JOIN LATERAL (VALUES (turn ->> 'role'), (turn ->> 'content')) AS part (said)
        UNION ALL
        SELECT leaf #>> '{}'
        FROM jsonb_path_query(CASE
            WHEN kept.kind = 'custom' THEN (record.fields -> kept.name)::jsonb
        END, 'strict $.**') AS leaf
        WHERE jsonb_typeof(leaf) IN ('string', 'number', 'boolean')
    ) AS found
    WHERE found.said IS NOT NULL
$function$;

-- The words of a record in their order, with blanks around each and U+0001 between texts.
CREATE FUNCTION understudy_search.spoken(of_dataset uuid, given json, only_field text) RETURNS text
LANGUAGE sql STABLE AS $function$
    SELECT ' ' || coalesce(string_agg(left(found[1], @longest@), ' '), '') || ' '
    FROM (
        SELECT understudy_search.lowered(string_agg(said, E'\x01' ORDER BY number)) AS said
        FROM understudy_search.texts(of_dataset, given) WHERE only_field IS NULL OR field = only_field
    ) AS whole
    CROSS JOIN LATERAL regexp_matches(whole.said, E'\x01|' || @pattern@, 'g') AS found
$function$;

CREATE AGGREGATE understudy_search.joined(tsvector) (sfunc = tsvector_concat, stype = tsvector, initcond = '');

-- A record's words as the index holds them: each with its places, and each place with the field it is
-- in. PostgreSQL has four labels for places (A to D), which serve the first four fields searched; in a
-- dataset with more of them, words from the fourth field on stand once more behind its number ('5/word').
-- `unplaced` says that PostgreSQL's limits (16,383 places, 255 of them a word, 1 MB) left some out:
-- every word is found all the same, and phrases are looked for in the record itself.
CREATE FUNCTION understudy_search.indexed(
    of_dataset uuid, given json, OUT words tsvector, OUT unplaced boolean
) LANGUAGE plpgsql STABLE SET plan_cache_mode = force_generic_plan AS $function$
DECLARE
    counted bigint;
    many boolean := (
        SELECT count(*) > 4 FROM @tables@.fields
        WHERE dataset_id = of_dataset AND settings ->> 'type' <> 'image'
    );
BEGIN
    IF octet_length(given::text) > 200000 THEN
        unplaced := true;
        SELECT array_to_tsvector(array_agg(word)) INTO words FROM (
            SELECT word, sum(octet_length(word) + 8) OVER (ORDER BY word) AS so_far FROM (
                SELECT DISTINCT unnest(ARRAY[
                    each.word, CASE WHEN many AND number > 3 THEN number || '/' || each.word END
                ])
                FROM understudy_search.texts(of_dataset, given)
                CROSS JOIN LATERAL regexp_matches(
                    understudy_search.lowered(said), @pattern@, 'g'
                ) AS cut (matched)
                CROSS JOIN LATERAL (SELECT left(matched[1], @longest@)) AS each (word)
            ) AS different (word) WHERE word IS NOT NULL
        ) AS kept WHERE so_far < 900000;
        words := coalesce(words, '');
        RETURN;
    END IF;
    SELECT coalesce(understudy_search.joined(field.words ORDER BY field.number), ''), sum(field.counted)
    INTO words, counted
    FROM (
        SELECT text.number, count(*) AS counted, setweight((
            string_agg('''' || each.word || ''':' || each.place, ' ')
            || CASE WHEN many AND text.number > 3
                THEN ' ' || string_agg('''' || text.number || '/' || each.word || ''':' || each.place, ' ')
                ELSE '' END
        )::tsvector, (ARRAY['A', 'B', 'C', 'D'])[least(text.number, 4)]::"char") AS words
        FROM (
            SELECT number, understudy_search.lowered(string_agg(said, E'\x01')) AS said
            FROM understudy_search.texts(of_dataset, given) GROUP BY number
        ) AS text
        CROSS JOIN LATERAL regexp_matches(text.said, E'\x01|' || @pattern@, 'g')
            WITH ORDINALITY AS cut (matched, nth)
        CROSS JOIN LATERAL (SELECT
            replace(left(matched[1], @longest@), '''', '''''') AS word,
            least(nth + 1, 16383) AS place  -- from 2 on: the fields' words must not be neighbours
        ) AS each
        WHERE matched[1] <> E'\x01'
        GROUP BY text.number
    ) AS field;
    unplaced := coalesce(counted, 0) > 15000 OR (
        coalesce(counted, 0) > 250
        AND EXISTS (SELECT FROM unnest(words) WHERE cardinality(positions) >= 250)
    );
END
$function$;

-- A suggested label as an index can hold it: null for anything but a string, and for a very long one.
CREATE FUNCTION understudy_search.label(given json) RETURNS text
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN CASE WHEN octet_length(given::text) <= 2000 AND json_typeof(given) = 'string'
    THEN understudy_search.readable(given) #>> '{}' END;
