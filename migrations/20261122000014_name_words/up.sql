-- Words that are spelt alike are looked up among all words of names, which are few, and then the names that have them: among
-- a million names, those that are spelt alike as a whole take ten times as long to find.

CREATE TABLE name_words (
    word text NOT NULL
);
CREATE INDEX name_words_word ON name_words (word);
CREATE INDEX name_words_alike ON name_words USING gin (word gin_trgm_ops) WITH (fastupdate = off);
COMMENT ON TABLE name_words IS 'The words of the names of entities, folded; derived. Of two that store a new word at once both may. A word stays when the last name that had it is gone.';
COMMENT ON COLUMN name_words.word IS 'The word.';
INSERT INTO name_words SELECT DISTINCT unnest(tokens) FROM entity_names;
ANALYZE name_words;

DROP INDEX entity_names_key;
CREATE INDEX entity_names_same ON entity_names USING hash (tokens);
COMMENT ON COLUMN entity_names.key IS 'Its words, folded, without a patronymic, for telling how alike it is spelt.';
