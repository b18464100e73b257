CREATE UNIQUE INDEX incident_tallies_kinds ON incident_tallies (country, kind, first_month, last_month, to_the_day, dataset)
    INCLUDE (count) WHERE folded;
DROP INDEX incident_tallies_folded;
ALTER INDEX incident_tallies_kinds RENAME TO incident_tallies_folded;

CREATE OR REPLACE FUNCTION fold_incident_tallies() RETURNS bigint LANGUAGE plpgsql AS $$
DECLARE
    many bigint;
BEGIN
    -- Two at once would sum up the same.
    IF NOT pg_try_advisory_xact_lock(hashtextextended('civicspace.fold_incident_tallies', 0)) THEN
        RETURN 0;
    END IF;
    WITH gone AS (
        DELETE FROM incident_tallies WHERE NOT folded RETURNING *
    ), added AS (
        INSERT INTO incident_tallies AS tallies (dataset, country, kind, first_month, last_month, to_the_day, count, folded)
        SELECT dataset, country, kind, first_month, last_month, to_the_day, sum(count)::integer, true
        FROM gone GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(count) <> 0
        ON CONFLICT (country, kind, first_month, last_month, to_the_day, dataset) WHERE folded
        DO UPDATE SET count = tallies.count + excluded.count
    )
    SELECT count(*) INTO many FROM gone;
    DELETE FROM incident_tallies WHERE folded AND count = 0;
    RETURN many;
END
$$;
