-- Series by month and kind are what is asked for most. With the month that they are counted in among the columns, the index has
-- them in the order in which they are summed, and nothing is sorted or hashed. It is no column of the table: to add one would
-- write the table anew, and who reads meanwhile would find it empty.

CREATE UNIQUE INDEX incident_tallies_months ON incident_tallies (country, kind,
    (CASE WHEN to_the_day OR first_month = last_month THEN first_month ELSE '-infinity' END),
    first_month, last_month, to_the_day, dataset) INCLUDE (count) WHERE folded;
DROP INDEX incident_tallies_folded;
ALTER INDEX incident_tallies_months RENAME TO incident_tallies_folded;

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
        ON CONFLICT (country, kind,
            (CASE WHEN to_the_day OR first_month = last_month THEN first_month ELSE '-infinity' END),
            first_month, last_month, to_the_day, dataset) WHERE folded
        DO UPDATE SET count = tallies.count + excluded.count
    )
    SELECT count(*) INTO many FROM gone;
    DELETE FROM incident_tallies WHERE folded AND count = 0;
    RETURN many;
END
$$;

ANALYZE incident_tallies;
