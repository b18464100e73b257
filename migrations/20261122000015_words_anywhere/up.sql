-- Several words that somebody types need not stand side by side in a name: names that have all of them are found by the
-- trigrams of all, however many names have each.

CREATE INDEX entity_rotations_words ON entity_rotations USING gin ((' ' || rotation) gin_trgm_ops)
    WITH (fastupdate = off) WHERE word = 0;
CREATE INDEX place_rotations_words ON place_rotations USING gin ((' ' || rotation) gin_trgm_ops)
    WITH (fastupdate = off) WHERE word = 0;
