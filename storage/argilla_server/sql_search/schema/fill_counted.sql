DELETE FROM understudy_search.vector_changes AS older
WHERE EXISTS (
    SELECT FROM understudy_search.vector_changes AS newer
    WHERE newer.vector_settings_id = older.vector_settings_id AND newer.seq > older.seq
);
