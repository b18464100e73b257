CREATE OR REPLACE FUNCTION number_changes() RETURNS bigint LANGUAGE plpgsql AS $$
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
