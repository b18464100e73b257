DROP INDEX incidents_seen_place;
DROP INDEX entity_rotations_one_letter, entity_rotations_two_letters, entity_rotations_three_letters, entity_rotations_rotation;
DROP INDEX place_rotations_one_letter, place_rotations_two_letters, place_rotations_three_letters, place_rotations_rotation;
DROP TRIGGER entity_rotations_follow ON entities;

UPDATE entity_rotations SET rotation = left(rotation, length) WHERE word > 0;
ALTER TABLE entity_rotations DROP length;
ALTER TABLE entity_rotations RENAME CONSTRAINT entity_rotations_entity_fkey TO entity_tails_entity_fkey;
ALTER TABLE entity_rotations RENAME CONSTRAINT entity_rotations_pkey TO entity_tails_pkey;
ALTER TABLE entity_rotations RENAME rotation TO tail;
ALTER TABLE entity_rotations RENAME TO entity_tails;

UPDATE place_rotations SET rotation = left(rotation, length) WHERE word > 0;
ALTER TABLE place_rotations DROP length;
ALTER INDEX place_rotations_place RENAME TO place_tails_place;
ALTER TABLE place_rotations RENAME rotation TO tail;
ALTER TABLE place_rotations RENAME TO place_tails;

CREATE INDEX entity_tails_tail ON entity_tails (tail)
    INCLUDE (kind, country, dataset, entity_id, position) WHERE published;
CREATE INDEX entity_tails_two_letters ON entity_tails (left(tail, 2), char_length(tail), tail)
    INCLUDE (kind, country, dataset, entity_id, position) WHERE published;
CREATE INDEX entity_tails_one_letter ON entity_tails (left(tail, 1), char_length(tail), tail)
    INCLUDE (kind, country, dataset, entity_id, position) WHERE published;
CREATE INDEX place_tails_tail ON place_tails (tail);
CREATE INDEX place_tails_two_letters ON place_tails (left(tail, 2), char_length(tail), tail);
CREATE INDEX place_tails_one_letter ON place_tails (left(tail, 1), char_length(tail), tail);

COMMENT ON TABLE entity_tails IS 'The names of entities from each of their words on, folded: for completing what somebody begins to type.';
COMMENT ON COLUMN entity_tails.word IS 'From which word on, from 0.';
COMMENT ON COLUMN entity_tails.tail IS 'The folded words.';
COMMENT ON TABLE place_tails IS 'The names of places where incidents happened, as of entities. A place stays when its last incident is withdrawn, and is not shown then.';
COMMENT ON COLUMN place_tails.word IS 'From which word on, from 0.';
COMMENT ON COLUMN place_tails.tail IS 'The folded words.';

CREATE OR REPLACE FUNCTION follow_entity() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE entity_tails SET kind = NEW.kind, country = NEW.country, dataset = NEW.dataset, published = NEW.state = 'published'
    WHERE entity_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION follow_entity() IS 'Keeps what entity_tails repeats of an entity true, whoever changes the entity.';
CREATE TRIGGER entity_tails_follow AFTER UPDATE OF kind, country, dataset, state ON entities
FOR EACH ROW WHEN ((OLD.kind, OLD.country, OLD.dataset, OLD.state) IS DISTINCT FROM (NEW.kind, NEW.country, NEW.dataset, NEW.state))
EXECUTE FUNCTION follow_entity();
