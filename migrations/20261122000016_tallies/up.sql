-- How many published incidents there are of each dataset, country, kind and months, so that they are counted without reading
-- them. It is a log: whoever writes incidents adds rows with what came and what went, and waits for nobody. Rows are summed
-- when they are read; now and then many are folded into few. Each incident is told twice, in its country and in all countries
-- together: most do not ask for countries, and have fewer rows to read.

CREATE TABLE incident_tallies (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    dataset text NOT NULL,
    country text NOT NULL,
    kind text NOT NULL,
    first_month date NOT NULL,
    last_month date NOT NULL,
    to_the_day boolean NOT NULL,
    count integer NOT NULL,
    folded boolean NOT NULL DEFAULT false
);
COMMENT ON TABLE incident_tallies IS 'How many published incidents there are of each dataset, country, kind and months: a log whose rows are to be summed. Written by triggers of incidents.';
COMMENT ON COLUMN incident_tallies.id IS 'Which row it is; means nothing.';
COMMENT ON COLUMN incident_tallies.dataset IS 'The dataset of the incidents.';
COMMENT ON COLUMN incident_tallies.country IS 'Their country; empty if it is unknown, * for those of all countries together.';
COMMENT ON COLUMN incident_tallies.kind IS 'Their kind.';
COMMENT ON COLUMN incident_tallies.first_month IS 'The first day of the month of their first day. Without a date it is infinity, and so reached by no period.';
COMMENT ON COLUMN incident_tallies.last_month IS 'The first day of the month of their last day; without a date, minus infinity.';
COMMENT ON COLUMN incident_tallies.to_the_day IS 'Whether their dates are known to the day.';
COMMENT ON COLUMN incident_tallies.count IS 'How many there are more than the other rows of the same say; fewer, if it is negative.';
COMMENT ON COLUMN incident_tallies.folded IS 'Whether it is the sum of what was folded: of the same there is one such row.';

CREATE UNIQUE INDEX incident_tallies_folded ON incident_tallies (country, kind, first_month, last_month, to_the_day, dataset)
    INCLUDE (count) WHERE folded;
CREATE INDEX incident_tallies_unfolded ON incident_tallies (id) WHERE NOT folded;

-- Which incidents reach into the month that a period begins in is asked of them one by one.
CREATE INDEX incidents_end_date ON incidents (end_date, country);

CREATE VIEW tallied_incidents AS
SELECT dataset, CASE WHEN grouping(country) = 1 THEN '*' ELSE country END AS country, kind, first_month, last_month, to_the_day,
    count(*)::integer AS count
FROM (SELECT dataset::text AS dataset, coalesce(country::text, '') AS country, kind::text AS kind,
        coalesce(date_trunc('month', start_date::timestamp)::date, 'infinity') AS first_month,
        coalesce(date_trunc('month', end_date::timestamp)::date, '-infinity') AS last_month,
        date_precision = 'day' AS to_the_day
    FROM incidents WHERE state = 'published') AS published
GROUP BY GROUPING SETS ((dataset, kind, first_month, last_month, to_the_day, country), (dataset, kind, first_month, last_month, to_the_day));
COMMENT ON VIEW tallied_incidents IS 'What the tallies must say in all.';

INSERT INTO incident_tallies (dataset, country, kind, first_month, last_month, to_the_day, count, folded)
SELECT dataset, country, kind, first_month, last_month, to_the_day, count, true FROM tallied_incidents;

CREATE FUNCTION tally_incidents() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    rows text := CASE TG_OP
        WHEN 'INSERT' THEN 'SELECT 1 AS sign, * FROM after'
        WHEN 'DELETE' THEN 'SELECT -1 AS sign, * FROM before'
        ELSE 'SELECT 1 AS sign, * FROM after UNION ALL SELECT -1, * FROM before' END;
BEGIN
    EXECUTE format($q$
        INSERT INTO incident_tallies (dataset, country, kind, first_month, last_month, to_the_day, count)
        SELECT dataset, CASE WHEN grouping(country) = 1 THEN '*' ELSE country END, kind, first_month, last_month, to_the_day, sum(sign)
        FROM (SELECT sign, dataset, coalesce(country::text, '') AS country, kind,
                coalesce(date_trunc('month', start_date::timestamp)::date, 'infinity') AS first_month,
                coalesce(date_trunc('month', end_date::timestamp)::date, '-infinity') AS last_month,
                date_precision = 'day' AS to_the_day
            FROM (%s) AS changed WHERE state = 'published') AS published
        GROUP BY GROUPING SETS ((dataset, kind, first_month, last_month, to_the_day, country), (dataset, kind, first_month, last_month, to_the_day))
        HAVING sum(sign) <> 0$q$, rows);
    RETURN NULL;
END
$$;
COMMENT ON FUNCTION tally_incidents() IS 'Adds to the tallies what came and what went with a statement; nothing if it changed nothing that they tell.';
CREATE TRIGGER incident_tallies_insert AFTER INSERT ON incidents REFERENCING NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tally_incidents();
CREATE TRIGGER incident_tallies_update AFTER UPDATE ON incidents REFERENCING OLD TABLE AS before NEW TABLE AS after
    FOR EACH STATEMENT EXECUTE FUNCTION tally_incidents();
CREATE TRIGGER incident_tallies_delete AFTER DELETE ON incidents REFERENCING OLD TABLE AS before
    FOR EACH STATEMENT EXECUTE FUNCTION tally_incidents();

CREATE FUNCTION fold_incident_tallies() RETURNS bigint LANGUAGE plpgsql AS $$
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
COMMENT ON FUNCTION fold_incident_tallies() IS 'Folds many rows into few, and answers how many they were; 0 while another one does.';
