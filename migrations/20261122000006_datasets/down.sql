ALTER TABLE datasets DROP COLUMN hidden_because, DROP COLUMN public_until, DROP COLUMN origin;

CREATE OR REPLACE FUNCTION number_changes() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    head bigint;
    numbered bigint;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtextextended('civicspace.number_changes', 0));
    SELECT coalesce(max(seq), 0) INTO head FROM changes;
    WITH unnumbered AS (
        SELECT id, row_number() OVER (ORDER BY id) AS place FROM changes WHERE seq IS NULL
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
