-- After the first fill: building an index at once is faster than growing it.

CREATE INDEX record_text_words ON understudy_search.record_text USING gin (words);
CREATE INDEX record_text_dataset ON understudy_search.record_text (dataset_id, inserted_at, record_id);
CREATE INDEX record_text_news ON understudy_search.record_text (dataset_id, indexed_by);
CREATE INDEX changes_age ON understudy_search.changes (at);

-- On Argilla's own tables: what its searches ask for most.

CREATE INDEX understudy_records_arrival ON @tables@.records (dataset_id, inserted_at, id);
CREATE INDEX understudy_records_status ON @tables@.records (dataset_id, status, inserted_at, id);
CREATE INDEX understudy_records_shuffled ON @tables@.records (dataset_id, status, id);
CREATE INDEX understudy_responses_user ON @tables@.responses (user_id, status, record_id);
CREATE INDEX understudy_suggestions_label
    ON @tables@.suggestions (question_id, understudy_search.label(value), record_id);
