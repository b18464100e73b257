-- Of what a record is searched by, it is kept by which edition of the rules that was derived; so what a server with older
-- rules writes is found, and derived again.

ALTER TABLE article_words ADD edition integer NOT NULL DEFAULT 0;
ALTER TABLE entity_words ADD edition integer NOT NULL DEFAULT 0;
ALTER TABLE incident_words ADD edition integer NOT NULL DEFAULT 0;
INSERT INTO article_words (article_id, words) SELECT id, '' FROM articles ON CONFLICT DO NOTHING;
INSERT INTO entity_words (entity_id, words) SELECT id, '' FROM entities ON CONFLICT DO NOTHING;
INSERT INTO incident_words (incident_id, words) SELECT id, '' FROM incidents ON CONFLICT DO NOTHING;
CREATE INDEX article_words_edition ON article_words (edition);
CREATE INDEX entity_words_edition ON entity_words (edition);
CREATE INDEX incident_words_edition ON incident_words (edition);
COMMENT ON COLUMN article_words.edition IS 'The edition of the rules by which this was derived, and all else that is derived from articles; 0 if it is not derived yet.';
COMMENT ON COLUMN entity_words.edition IS 'As of articles.';
COMMENT ON COLUMN incident_words.edition IS 'As of articles.';
COMMENT ON COLUMN article_words.words IS 'The stem and the fold of each word at its place, with ^ before it in the title and with @ in a name; and = with the id of each entity.';
DROP TABLE derivations;

-- Entities that nobody is shown complete nothing, and stand in nobody's way.
TRUNCATE entity_tails;
ALTER TABLE entity_tails ADD dataset slug NOT NULL, ADD published boolean NOT NULL;
COMMENT ON COLUMN entity_tails.dataset IS 'The dataset of the entity.';
COMMENT ON COLUMN entity_tails.published IS 'Whether the entity is published.';
DROP INDEX entity_tails_tail, entity_tails_two_letters, entity_tails_one_letter;
CREATE INDEX entity_tails_tail ON entity_tails (tail)
    INCLUDE (kind, country, dataset, entity_id, position) WHERE published;
CREATE INDEX entity_tails_two_letters ON entity_tails (left(tail, 2), char_length(tail), tail)
    INCLUDE (kind, country, dataset, entity_id, position) WHERE published;
CREATE INDEX entity_tails_one_letter ON entity_tails (left(tail, 1), char_length(tail), tail)
    INCLUDE (kind, country, dataset, entity_id, position) WHERE published;
CREATE INDEX place_tails_two_letters ON place_tails (left(tail, 2), char_length(tail), tail);
CREATE INDEX place_tails_one_letter ON place_tails (left(tail, 1), char_length(tail), tail);

CREATE FUNCTION follow_entity() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE entity_tails SET kind = NEW.kind, country = NEW.country, dataset = NEW.dataset, published = NEW.state = 'published'
    WHERE entity_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION follow_entity() IS 'Keeps what entity_tails repeats of an entity true, whoever changes the entity.';
CREATE TRIGGER entity_tails_follow AFTER UPDATE OF kind, country, dataset, state ON entities
FOR EACH ROW WHEN ((OLD.kind, OLD.country, OLD.dataset, OLD.state) IS DISTINCT FROM (NEW.kind, NEW.country, NEW.dataset, NEW.state))
EXECUTE FUNCTION follow_entity();
