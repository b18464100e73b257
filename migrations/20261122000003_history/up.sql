-- What was written when, by whom and why; who may write; and the secrets that all servers share.

CREATE TABLE api_keys (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    name one_line NOT NULL,
    role text NOT NULL CONSTRAINT api_keys_role_code CHECK (role IN ('reader', 'editor', 'admin')),
    hash bytea NOT NULL CONSTRAINT api_keys_hash_key UNIQUE CONSTRAINT api_keys_hash_length CHECK (octet_length(hash) = 32),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,
    revoked_at timestamptz
);
COMMENT ON TABLE api_keys IS 'The keys that callers authenticate with; a key itself is shown once and never stored.';
COMMENT ON COLUMN api_keys.id IS 'The id, by which a key is revoked.';
COMMENT ON COLUMN api_keys.name IS 'Whose it is.';
COMMENT ON COLUMN api_keys.role IS 'What it allows: reader, editor or admin.';
COMMENT ON COLUMN api_keys.hash IS 'The SHA-256 of the key.';
COMMENT ON COLUMN api_keys.created_at IS 'When it was made.';
COMMENT ON COLUMN api_keys.expires_at IS 'From when it is no longer taken.';
COMMENT ON COLUMN api_keys.revoked_at IS 'When it was revoked.';

CREATE TABLE secrets (
    name text PRIMARY KEY,
    value bytea NOT NULL CONSTRAINT secrets_value_length CHECK (octet_length(value) >= 32)
);
INSERT INTO secrets (name, value)
VALUES ('cursor', uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()));
COMMENT ON TABLE secrets IS 'Secrets made once and shared by all servers of this database.';
COMMENT ON COLUMN secrets.name IS 'What it is for.';
COMMENT ON COLUMN secrets.value IS 'Random bytes.';

CREATE TABLE versions (
    record_type record_type NOT NULL,
    record_id uuid NOT NULL,
    version integer NOT NULL CONSTRAINT versions_version_positive CHECK (version >= 1),
    at timestamptz NOT NULL DEFAULT now(),
    reason change_reason NOT NULL,
    changed text[] NOT NULL,
    origin text NOT NULL CONSTRAINT versions_origin_code CHECK (origin IN ('api', 'seed', 'import')),
    key_id uuid CONSTRAINT versions_key_fkey REFERENCES api_keys,
    record jsonb NOT NULL,
    PRIMARY KEY (record_type, record_id, version)
);
CREATE INDEX versions_key ON versions (key_id) WHERE key_id IS NOT NULL;
COMMENT ON TABLE versions IS 'Every version of every record, written in the transaction of the change and never changed.';
COMMENT ON COLUMN versions.record_type IS 'Which resource it is.';
COMMENT ON COLUMN versions.record_id IS 'Which record it is.';
COMMENT ON COLUMN versions.version IS 'The version, from 1.';
COMMENT ON COLUMN versions.at IS 'When it was stored.';
COMMENT ON COLUMN versions.reason IS 'Why it was written.';
COMMENT ON COLUMN versions.changed IS 'The members that differ from the version before.';
COMMENT ON COLUMN versions.origin IS 'What wrote it: the API, the seed dataset or an import.';
COMMENT ON COLUMN versions.key_id IS 'The key that wrote it.';
COMMENT ON COLUMN versions.record IS 'The record as it is written: references as ids, nothing derived.';

CREATE TABLE changes (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    seq bigint CONSTRAINT changes_seq_key UNIQUE,
    record_type record_type NOT NULL,
    record_id uuid NOT NULL,
    version integer NOT NULL,
    op text NOT NULL CONSTRAINT changes_op_code CHECK (op IN ('upsert', 'delete', 'merge')),
    merged_into uuid CONSTRAINT changes_merge_has_target CHECK ((op = 'merge') = (merged_into IS NOT NULL)),
    CONSTRAINT changes_version_fkey FOREIGN KEY (record_type, record_id, version) REFERENCES versions
);
CREATE INDEX changes_version ON changes (record_type, record_id, version);
CREATE INDEX changes_unnumbered ON changes (id) WHERE seq IS NULL;
COMMENT ON TABLE changes IS 'The change log. A change is stored with its record, and numbered once it is committed.';
COMMENT ON COLUMN changes.id IS 'Order of storing: later for the later of two writers of one record.';
COMMENT ON COLUMN changes.seq IS 'The number by which readers follow the log; none until it is numbered.';
COMMENT ON COLUMN changes.record_type IS 'Which resource it is.';
COMMENT ON COLUMN changes.record_id IS 'Which record it is.';
COMMENT ON COLUMN changes.version IS 'The version that it made.';
COMMENT ON COLUMN changes.op IS 'What it means for a mirror: upsert, delete or merge.';
COMMENT ON COLUMN changes.merged_into IS 'The survivor of a merge.';

-- A sequence taken by the writers would be seen out of order: a reader that has read 8 would never see the 7 of a
-- transaction that commits later. So writers take no number. Afterwards, one caller at a time numbers the changes that
-- are committed by then. What commits later is numbered later, and a writer waits for nobody. Of two changes of one
-- record, or of a record and one that refers to it, the later was stored when the earlier was committed, and so has the
-- greater id. To be called outside of a transaction, so that it sees what was committed while it waited.
CREATE FUNCTION number_changes() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('civicspace.number_changes', 0));
    SELECT coalesce(max(seq), 0) INTO head FROM changes;
    WITH unnumbered AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place FROM changes WHERE seq IS NULL
    )
    UPDATE changes SET seq = head + place FROM unnumbered WHERE changes.id = unnumbered.id;
    SELECT coalesce(max(seq), 0) INTO head FROM changes;
    RETURN head;
END
$$;
COMMENT ON FUNCTION number_changes() IS 'Numbers the changes that are committed and returns the head of the log.';
