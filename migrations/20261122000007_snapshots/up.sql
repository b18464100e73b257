-- Snapshots: what each one is, and whether it is served. The bytes lie in files below the snapshot directory.

CREATE TABLE snapshots (
    id uuid PRIMARY KEY,
    created_at timestamptz,
    as_of_seq bigint CONSTRAINT snapshots_as_of_seq_not_negative CHECK (as_of_seq >= 0),
    withdrawn_at timestamptz,
    withdrawn_reason change_reason,
    removed_at timestamptz,
    CONSTRAINT snapshots_finished_whole CHECK ((created_at IS NULL) = (as_of_seq IS NULL)),
    CONSTRAINT snapshots_withdrawn_with_reason CHECK ((withdrawn_at IS NULL) = (withdrawn_reason IS NULL))
);
COMMENT ON TABLE snapshots IS 'Every snapshot that was begun. A row stays for ever, so that every server knows which files may go.';
COMMENT ON COLUMN snapshots.id IS 'The id, which is also the name of its directory.';
COMMENT ON COLUMN snapshots.created_at IS 'The moment whose state it holds; none while it is being written.';
COMMENT ON COLUMN snapshots.as_of_seq IS 'The number of the last change that it holds; none while it is being written.';
COMMENT ON COLUMN snapshots.withdrawn_at IS 'When it was withdrawn, for it may hold what must not be shown any more.';
COMMENT ON COLUMN snapshots.withdrawn_reason IS 'Why it was withdrawn.';
COMMENT ON COLUMN snapshots.removed_at IS 'When it made room for newer ones, or was given up half-written.';

CREATE TABLE snapshot_files (
    snapshot_id uuid NOT NULL CONSTRAINT snapshot_files_snapshot_fkey REFERENCES snapshots,
    resource text NOT NULL CONSTRAINT snapshot_files_resource_code CHECK (resource IN ('articles', 'entities', 'incidents')),
    format text NOT NULL CONSTRAINT snapshot_files_format_code CHECK (format IN ('ndjson.gz', 'ndjson.zst')),
    bytes bigint NOT NULL CONSTRAINT snapshot_files_bytes_positive CHECK (bytes > 0),
    rows bigint NOT NULL CONSTRAINT snapshot_files_rows_not_negative CHECK (rows >= 0),
    sha256 text NOT NULL CONSTRAINT snapshot_files_sha256_shape CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    PRIMARY KEY (snapshot_id, resource, format)
);
COMMENT ON TABLE snapshot_files IS 'The files of finished snapshots. The name of a file is its resource, a dot and its format: no name is stored.';
COMMENT ON COLUMN snapshot_files.snapshot_id IS 'The snapshot.';
COMMENT ON COLUMN snapshot_files.resource IS 'Which records it holds.';
COMMENT ON COLUMN snapshot_files.format IS 'How they are written and compressed.';
COMMENT ON COLUMN snapshot_files.bytes IS 'Its length.';
COMMENT ON COLUMN snapshot_files.rows IS 'How many records it holds.';
COMMENT ON COLUMN snapshot_files.sha256 IS 'The SHA-256 of its bytes, in hexadecimal.';
