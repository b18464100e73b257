COMMENT ON COLUMN entity_names.key IS 'Its words, folded, without a patronymic, for looking up what is spelt alike.';
CREATE INDEX entity_names_key ON entity_names USING gin (key gin_trgm_ops) WITH (fastupdate = off);
DROP INDEX entity_names_same;
DROP TABLE name_words;
