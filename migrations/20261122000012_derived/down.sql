DROP TRIGGER entity_tails_follow ON entities;
DROP FUNCTION follow_entity();
DROP INDEX place_tails_two_letters, place_tails_one_letter;
DROP INDEX entity_tails_tail, entity_tails_two_letters, entity_tails_one_letter;
ALTER TABLE entity_tails DROP dataset, DROP published;
CREATE INDEX entity_tails_tail ON entity_tails (tail) INCLUDE (kind, country, entity_id, position);
CREATE INDEX entity_tails_two_letters ON entity_tails (left(tail, 2), char_length(tail), tail) INCLUDE (kind, country, entity_id, position);
CREATE INDEX entity_tails_one_letter ON entity_tails (left(tail, 1), char_length(tail), tail) INCLUDE (kind, country, entity_id, position);

CREATE TABLE derivations (
    record_type record_type PRIMARY KEY,
    edition integer NOT NULL CONSTRAINT derivations_edition_positive CHECK (edition >= 0),
    done_up_to uuid
);
INSERT INTO derivations (record_type, edition) VALUES ('article', 0), ('entity', 0), ('incident', 0);
COMMENT ON TABLE derivations IS 'By which edition of the rules what is searched was derived from the records that were there before it.';
COMMENT ON COLUMN derivations.record_type IS 'Which resource it is.';
COMMENT ON COLUMN derivations.edition IS 'The edition; 0 is none.';
COMMENT ON COLUMN derivations.done_up_to IS 'Up to which id it was done, while it is not done with all.';
ALTER TABLE article_words DROP edition;
ALTER TABLE entity_words DROP edition;
ALTER TABLE incident_words DROP edition;
COMMENT ON COLUMN article_words.words IS 'The stem and the fold of each word at its place; again with ^ if it stands in the title, with @ if in the title or a name; and = with the id of each entity.';
