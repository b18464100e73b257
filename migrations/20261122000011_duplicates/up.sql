-- Records that may be the same: by what articles are found to be so, and what editors decided of pairs.

CREATE DOMAIN duplicate_decision AS text CONSTRAINT duplicate_decision_code CHECK (VALUE IN ('same', 'different'));
COMMENT ON DOMAIN duplicate_decision IS 'What an editor decided of two records that look alike.';

CREATE TABLE duplicate_decisions (
    record_type record_type NOT NULL,
    one_id uuid NOT NULL,
    other_id uuid NOT NULL,
    decision duplicate_decision NOT NULL,
    note prose,
    key_id uuid NOT NULL CONSTRAINT duplicate_decisions_key_fkey REFERENCES api_keys,
    decided_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (record_type, one_id, other_id),
    CONSTRAINT duplicate_decisions_in_order CHECK (one_id < other_id)
);
CREATE INDEX duplicate_decisions_other ON duplicate_decisions (record_type, other_id);
CREATE INDEX duplicate_decisions_key ON duplicate_decisions (key_id);
COMMENT ON TABLE duplicate_decisions IS 'Whether two records are the same, for pairs that an editor decided. Nobody is asked about these again.';
COMMENT ON COLUMN duplicate_decisions.record_type IS 'Which resource they are of.';
COMMENT ON COLUMN duplicate_decisions.one_id IS 'The one with the lesser id. It may have been merged since: then this was decided of what became of it.';
COMMENT ON COLUMN duplicate_decisions.other_id IS 'The one with the greater id, likewise.';
COMMENT ON COLUMN duplicate_decisions.decision IS 'Same, and to be merged, or different.';
COMMENT ON COLUMN duplicate_decisions.note IS 'Why.';
COMMENT ON COLUMN duplicate_decisions.key_id IS 'The key of the editor who decided.';
COMMENT ON COLUMN duplicate_decisions.decided_at IS 'When that was.';

CREATE TABLE article_addresses (
    article_id uuid NOT NULL CONSTRAINT article_addresses_article_fkey REFERENCES articles ON DELETE CASCADE,
    position smallint NOT NULL,
    address text NOT NULL,
    PRIMARY KEY (article_id, position)
);
-- Hashed, for an address may be longer than what a tree takes.
CREATE INDEX article_addresses_address ON article_addresses USING hash (address);
COMMENT ON TABLE article_addresses IS 'Where articles are found, each address in one spelling. Derived: the rules are those of the program.';
COMMENT ON COLUMN article_addresses.article_id IS 'The article.';
COMMENT ON COLUMN article_addresses.position IS '0 for where it was published, 1 for the stored copy.';
COMMENT ON COLUMN article_addresses.address IS 'The address without what does not tell pages apart; of a copy in an archive, that of what was copied.';

CREATE TABLE article_titles (
    article_id uuid PRIMARY KEY CONSTRAINT article_titles_article_fkey REFERENCES articles ON DELETE CASCADE,
    title text NOT NULL
);
-- Without a pending list, which every search would read from end to end.
CREATE INDEX article_titles_title ON article_titles USING gin (title gin_trgm_ops) WITH (fastupdate = off);
-- Hashed, as the addresses are.
CREATE INDEX article_titles_same ON article_titles USING hash (title);
COMMENT ON TABLE article_titles IS 'The titles of articles in one spelling. Derived: the rules are those of the program.';
COMMENT ON COLUMN article_titles.article_id IS 'The article.';
COMMENT ON COLUMN article_titles.title IS 'The words of its title, folded.';

-- What is new here is not derived yet of the articles that are there.
UPDATE derivations SET edition = 0, done_up_to = NULL WHERE record_type = 'article';
