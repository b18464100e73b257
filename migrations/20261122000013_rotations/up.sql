-- For completing what somebody types, each name is kept turned so that each of its words comes first: then all of its words
-- stand in one index, and words typed in another order than the name's are one beginning, too.

DROP INDEX entity_tails_tail, entity_tails_two_letters, entity_tails_one_letter;
DROP INDEX place_tails_tail, place_tails_two_letters, place_tails_one_letter;
DROP TRIGGER entity_tails_follow ON entities;

ALTER TABLE entity_tails RENAME TO entity_rotations;
ALTER TABLE entity_rotations RENAME tail TO rotation;
ALTER TABLE entity_rotations RENAME CONSTRAINT entity_tails_pkey TO entity_rotations_pkey;
ALTER TABLE entity_rotations RENAME CONSTRAINT entity_tails_entity_fkey TO entity_rotations_entity_fkey;
ALTER TABLE entity_rotations ADD length integer;
UPDATE entity_rotations AS turned SET length = char_length(turned.rotation), rotation = rtrim(
    turned.rotation || ' ' || rtrim(left(whole.rotation, char_length(whole.rotation) - char_length(turned.rotation))))
FROM entity_rotations AS whole WHERE whole.entity_id = turned.entity_id AND whole.position = turned.position AND whole.word = 0;
ALTER TABLE entity_rotations ALTER length SET NOT NULL;

ALTER TABLE place_tails RENAME TO place_rotations;
ALTER TABLE place_rotations RENAME tail TO rotation;
ALTER INDEX place_tails_place RENAME TO place_rotations_place;
ALTER TABLE place_rotations ADD length integer;
UPDATE place_rotations AS turned SET length = char_length(turned.rotation), rotation = rtrim(
    turned.rotation || ' ' || rtrim(left(whole.rotation, char_length(whole.rotation) - char_length(turned.rotation))))
FROM place_rotations AS whole WHERE whole.place = turned.place AND coalesce(whole.country, '') = coalesce(turned.country, '') AND whole.word = 0;
ALTER TABLE place_rotations ALTER length SET NOT NULL;

-- Of short beginnings there are many: their indexes hold them in the order in which they are wanted.
CREATE INDEX entity_rotations_one_letter ON entity_rotations (kind, left(rotation, 1), length, rotation, entity_id, position)
    INCLUDE (country, dataset) WHERE published;
CREATE INDEX entity_rotations_two_letters ON entity_rotations (kind, left(rotation, 2), length, rotation, entity_id, position)
    INCLUDE (country, dataset) WHERE published;
CREATE INDEX entity_rotations_three_letters ON entity_rotations (kind, left(rotation, 3), length, rotation, entity_id, position)
    INCLUDE (country, dataset) WHERE published;
CREATE INDEX entity_rotations_rotation ON entity_rotations (kind, rotation)
    INCLUDE (length, country, dataset, entity_id, position) WHERE published;
CREATE INDEX place_rotations_one_letter ON place_rotations (left(rotation, 1), length, rotation);
CREATE INDEX place_rotations_two_letters ON place_rotations (left(rotation, 2), length, rotation);
CREATE INDEX place_rotations_three_letters ON place_rotations (left(rotation, 3), length, rotation);
CREATE INDEX place_rotations_rotation ON place_rotations (rotation);

ANALYZE entity_rotations;
ANALYZE place_rotations;

-- Whether a place has an incident that may be seen.
CREATE INDEX incidents_seen_place ON incidents (place, coalesce(country, '')) INCLUDE (dataset)
    WHERE state = 'published' AND place IS NOT NULL;

COMMENT ON TABLE entity_rotations IS 'The names of entities, folded, once with each of their words first: for completing what somebody begins to type.';
COMMENT ON COLUMN entity_rotations.word IS 'Which word comes first, from 0.';
COMMENT ON COLUMN entity_rotations.rotation IS 'The folded words from this one on, and then those before it.';
COMMENT ON COLUMN entity_rotations.length IS 'How many letters there are from this word to the end of the name, with the spaces between them.';
COMMENT ON TABLE place_rotations IS 'The names of places where incidents happened, as of entities. A place stays when its last incident is withdrawn, and is not shown then.';
COMMENT ON COLUMN place_rotations.word IS 'Which word comes first, from 0.';
COMMENT ON COLUMN place_rotations.rotation IS 'The folded words from this one on, and then those before it.';
COMMENT ON COLUMN place_rotations.length IS 'As of entities.';

CREATE OR REPLACE FUNCTION follow_entity() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
    UPDATE entity_rotations SET kind = NEW.kind, country = NEW.country, dataset = NEW.dataset, published = NEW.state = 'published'
    WHERE entity_id = NEW.id;
    RETURN NULL;
END $$;
COMMENT ON FUNCTION follow_entity() IS 'Keeps what entity_rotations repeats of an entity true, whoever changes the entity.';
CREATE TRIGGER entity_rotations_follow AFTER UPDATE OF kind, country, dataset, state ON entities
FOR EACH ROW WHEN ((OLD.kind, OLD.country, OLD.dataset, OLD.state) IS DISTINCT FROM (NEW.kind, NEW.country, NEW.dataset, NEW.state))
EXECUTE FUNCTION follow_entity();
