-- What records are searched by. Derived from the records by the program, which alone knows how words are folded; so the
-- edition of its rules is kept, and records that were derived by another one are derived again.

CREATE TABLE article_words (
    article_id uuid PRIMARY KEY CONSTRAINT article_words_article_fkey REFERENCES articles ON DELETE CASCADE,
    words tsvector NOT NULL
);
CREATE INDEX article_words_words ON article_words USING gin (words) WITH (gin_pending_list_limit = 512);
COMMENT ON TABLE article_words IS 'The words that articles are found by.';
COMMENT ON COLUMN article_words.article_id IS 'The article.';
COMMENT ON COLUMN article_words.words IS 'The stem and the fold of each word at its place; again with ^ if it stands in the title, with @ if in the title or a name; and = with the id of each entity.';

CREATE TABLE entity_words (
    entity_id uuid PRIMARY KEY CONSTRAINT entity_words_entity_fkey REFERENCES entities ON DELETE CASCADE,
    words tsvector NOT NULL
);
CREATE INDEX entity_words_words ON entity_words USING gin (words) WITH (gin_pending_list_limit = 512);
COMMENT ON TABLE entity_words IS 'The words that entities are found by.';
COMMENT ON COLUMN entity_words.entity_id IS 'The entity.';
COMMENT ON COLUMN entity_words.words IS 'As of articles; the title is the name, the names are the aliases.';

CREATE TABLE incident_words (
    incident_id uuid PRIMARY KEY CONSTRAINT incident_words_incident_fkey REFERENCES incidents ON DELETE CASCADE,
    words tsvector NOT NULL
);
CREATE INDEX incident_words_words ON incident_words USING gin (words) WITH (gin_pending_list_limit = 512);
COMMENT ON TABLE incident_words IS 'The words that incidents are found by.';
COMMENT ON COLUMN incident_words.incident_id IS 'The incident.';
COMMENT ON COLUMN incident_words.words IS 'As of articles.';

ALTER TABLE article_words ALTER words SET STATISTICS 300;
ALTER TABLE entity_words ALTER words SET STATISTICS 300;
ALTER TABLE incident_words ALTER words SET STATISTICS 300;

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

CREATE TABLE entity_tails (
    entity_id uuid NOT NULL CONSTRAINT entity_tails_entity_fkey REFERENCES entities ON DELETE CASCADE,
    position smallint NOT NULL,
    word smallint NOT NULL,
    tail text COLLATE "C" NOT NULL,
    kind entity_kind NOT NULL,
    country country,
    PRIMARY KEY (entity_id, position, word)
);
CREATE INDEX entity_tails_tail ON entity_tails (tail) INCLUDE (kind, country, entity_id, position);
CREATE INDEX entity_tails_two_letters ON entity_tails (left(tail, 2), char_length(tail), tail) INCLUDE (kind, country, entity_id, position);
CREATE INDEX entity_tails_one_letter ON entity_tails (left(tail, 1), char_length(tail), tail) INCLUDE (kind, country, entity_id, position);
COMMENT ON TABLE entity_tails IS 'The names of entities from each of their words on, folded: for completing what somebody begins to type.';
COMMENT ON COLUMN entity_tails.entity_id IS 'The entity.';
COMMENT ON COLUMN entity_tails.position IS 'Which name it is: 0 is the name to show, 1 the first alias.';
COMMENT ON COLUMN entity_tails.word IS 'From which word on, from 0.';
COMMENT ON COLUMN entity_tails.tail IS 'The folded words.';
COMMENT ON COLUMN entity_tails.kind IS 'The kind of the entity.';
COMMENT ON COLUMN entity_tails.country IS 'The country of the entity.';

CREATE TABLE place_tails (
    place one_line NOT NULL,
    country country,
    word smallint NOT NULL,
    tail text COLLATE "C" NOT NULL
);
CREATE UNIQUE INDEX place_tails_place ON place_tails (place, coalesce(country, ''), word);
CREATE INDEX place_tails_tail ON place_tails (tail);
COMMENT ON TABLE place_tails IS 'The names of places where incidents happened, as of entities. A place stays when its last incident is withdrawn, and is not shown then.';
COMMENT ON COLUMN place_tails.place IS 'The place.';
COMMENT ON COLUMN place_tails.country IS 'Its country.';
COMMENT ON COLUMN place_tails.word IS 'From which word on, from 0.';
COMMENT ON COLUMN place_tails.tail IS 'The folded words.';
