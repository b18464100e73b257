-- The names of entities in the spellings that they are found by. Derived: the rules of folding are those of the program.

CREATE EXTENSION IF NOT EXISTS pg_trgm;

CREATE TABLE entity_names (
    entity_id uuid NOT NULL CONSTRAINT entity_names_entity_fkey REFERENCES entities ON DELETE CASCADE,
    position smallint NOT NULL,
    name one_line NOT NULL,
    language language_tag,
    key text NOT NULL,
    tokens text[] NOT NULL,
    codes text[] NOT NULL,
    weak boolean NOT NULL,
    PRIMARY KEY (entity_id, position)
);
-- Without a pending list, which every search would read from end to end.
CREATE INDEX entity_names_key ON entity_names USING gin (key gin_trgm_ops) WITH (fastupdate = off);
CREATE INDEX entity_names_tokens ON entity_names USING gin (tokens) WITH (fastupdate = off);
CREATE INDEX entity_names_codes ON entity_names USING gin (codes) WITH (fastupdate = off);
COMMENT ON TABLE entity_names IS 'The names of entities in the spellings that they are found by; derived from entities and aliases.';
COMMENT ON COLUMN entity_names.entity_id IS 'The entity.';
COMMENT ON COLUMN entity_names.position IS 'Zero for its own name; its aliases follow in their order.';
COMMENT ON COLUMN entity_names.name IS 'The name as it is written.';
COMMENT ON COLUMN entity_names.language IS 'The language that the name belongs to.';
COMMENT ON COLUMN entity_names.key IS 'Its words, folded, without a patronymic, for looking up what is spelt alike.';
COMMENT ON COLUMN entity_names.tokens IS 'Its words, folded, each once, for looking up what has the same words.';
COMMENT ON COLUMN entity_names.codes IS 'Codes of how its words sound, and of its words with an initial each.';
COMMENT ON COLUMN entity_names.weak IS 'Whether the name says too little to tell who is meant: an acronym of three letters or less, a nickname.';
