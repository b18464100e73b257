-- Datasets are written: by whom last, and what becomes of the log when one is no longer public.

ALTER TABLE datasets
    ADD COLUMN origin text NOT NULL DEFAULT 'seed' CONSTRAINT datasets_origin_code CHECK (origin IN ('api', 'seed', 'import')),
    ADD COLUMN public_until timestamptz,
    ADD COLUMN hidden_because change_reason,
    ADD CONSTRAINT datasets_hidden_is_internal CHECK (public_until IS NULL OR access = 'internal'),
    ADD CONSTRAINT datasets_hidden_has_reason CHECK ((public_until IS NULL) = (hidden_because IS NULL));
COMMENT ON COLUMN datasets.origin IS 'What wrote it last: the API, the seed dataset or an import.';
COMMENT ON COLUMN datasets.public_until IS 'When it was turned internal; none if it is public or never was. What was published in it before then is deleted for those who follow the log.';
COMMENT ON COLUMN datasets.hidden_because IS 'Why it was turned internal.';

-- As before, but a bounded number at a time: a dataset whose access is changed may add a change for each of a million
-- records at once, and who reads the log numbers them within the time that a statement may take. The next caller goes on
-- where this one stopped. The order is kept: always those of the smallest ids are numbered, so of two changes of one
-- record never the later alone.
CREATE OR REPLACE FUNCTION number_changes() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    numbered bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('civicspace.number_changes', 0));
    SELECT coalesce(max(seq), 0) INTO head FROM changes;
    WITH unnumbered AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place FROM changes WHERE seq IS NULL ORDER BY id LIMIT 20000
    )
    UPDATE changes SET seq = head + place FROM unnumbered WHERE changes.id = unnumbered.id;
    GET DIAGNOSTICS numbered = ROW_COUNT;
    IF numbered > 0 THEN
        DELETE FROM changes AS earlier USING changes AS later
        WHERE later.seq > head AND earlier.seq < later.seq
            AND earlier.record_type = later.record_type AND earlier.record_id = later.record_id;
        PERFORM pg_notify('civicspace_changes', '');
    END IF;
    RETURN head + numbered;
END
$$;
