-- Measures the queries of the API on a database that generate.sql filled, and prints one line a query.
--
--     psql -X "$DATABASE_URL" -f benches/plans.sql > plans.txt
--     psql -X "$DATABASE_URL" -v only='country%' -v generic=1 -f benches/plans.sql
--
-- Each query runs twice, and the second run counts: warm, as a busy server is. A line has the milliseconds, the rows,
-- the rows that filters threw away, the buffers (8 kB each), and the nodes of the plan from the top. `generic=1` adds
-- the generic plans of prepared statements, `slow=50` leaves out what takes less,
-- `single=0` writes one value as `= ANY('{x}')`, whose index gives no order, and `parallel=2` lets workers help. A query is stopped after ten seconds;
-- page 2 begins after the 2000th record, or the last. It writes nothing.

\set ON_ERROR_STOP on
\if :{?only} \else \set only '%' \endif
\if :{?generic} \else \set generic 0 \endif
\if :{?slow} \else \set slow 0 \endif
\if :{?dates} \else \set dates split \endif
\if :{?box} \else \set box plain \endif
\if :{?single} \else \set single 1 \endif
\if :{?parallel} \else \set parallel 0 \endif
\pset pager off
\pset footer off
SET jit = off;
SET statement_timeout = '10s';
SET plan_cache_mode = force_custom_plan;
SET max_parallel_workers_per_gather = :parallel;

-- The nodes of a plan, in reading order, without what only passes rows on.
CREATE FUNCTION pg_temp.nodes(plan jsonb) RETURNS TABLE (node text, removed bigint) LANGUAGE sql AS $$
    WITH RECURSIVE walk (plan, path) AS (
        SELECT plan, ARRAY[0]::bigint[]
        UNION ALL
        SELECT child, path || place FROM walk, jsonb_array_elements(walk.plan -> 'Plans') WITH ORDINALITY AS t (child, place))
    SELECT concat_ws(' ', replace(replace(plan ->> 'Node Type', 'Incremental Sort', 'IncSort'), 'Nested Loop', 'NL')
            || CASE WHEN plan ->> 'Join Type' IN ('Semi', 'Anti') THEN ' ' || (plan ->> 'Join Type') ELSE '' END,
            CASE WHEN plan ->> 'Scan Direction' = 'Backward' THEN 'back' END, coalesce(plan ->> 'Index Name', plan ->> 'Relation Name'),
            CASE WHEN (plan ->> 'Actual Loops')::numeric * (plan ->> 'Actual Rows')::numeric > 999
                THEN '×' || ((plan ->> 'Actual Loops')::numeric * (plan ->> 'Actual Rows')::numeric)::bigint END),
        ((coalesce(plan ->> 'Rows Removed by Filter', '0')::numeric + coalesce(plan ->> 'Rows Removed by Index Recheck', '0')::numeric
            + coalesce(plan ->> 'Rows Removed by Join Filter', '0')::numeric) * (plan ->> 'Actual Loops')::numeric)::bigint
    FROM walk WHERE plan ->> 'Node Type' NOT IN ('Limit', 'Hash', 'Materialize', 'Subquery Scan') AND coalesce(plan ->> 'Relation Name', '') <> 'datasets' ORDER BY path
$$;
CREATE TEMP TABLE measured (place serial, list text, sort text, name text, ms numeric, rows bigint, removed bigint, buffers bigint, plan text, sql text);
CREATE FUNCTION pg_temp.run(query text, OUT ms numeric, OUT rows bigint, OUT removed bigint, OUT buffers bigint, OUT plan text) LANGUAGE plpgsql AS $$
DECLARE
    answer jsonb;
BEGIN
    FOR round IN 1..2 LOOP
        EXECUTE 'EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) ' || query INTO answer;
        EXIT WHEN (answer -> 0 ->> 'Execution Time')::numeric > 3000;
    END LOOP;
    ms := round((answer -> 0 ->> 'Execution Time')::numeric + (answer -> 0 ->> 'Planning Time')::numeric, 1);
    rows := answer -> 0 -> 'Plan' ->> 'Actual Rows';
    buffers := (answer -> 0 -> 'Plan' ->> 'Shared Hit Blocks')::bigint + (answer -> 0 -> 'Plan' ->> 'Shared Read Blocks')::bigint;
    SELECT string_agg(node, ' > '), sum(t.removed) INTO plan, removed FROM pg_temp.nodes(answer -> 0 -> 'Plan') AS t;
EXCEPTION WHEN query_canceled THEN
    ms := 10000; plan := 'stopped';
END $$;
CREATE FUNCTION pg_temp.measure(list text, sort text, name text, query text) RETURNS void LANGUAGE sql AS $$
    INSERT INTO measured (list, sort, name, ms, rows, removed, buffers, plan, sql)
    SELECT list, sort, name, ms, rows, removed, buffers, plan, query FROM pg_temp.run(query)
$$;

-- What the filters ask for: a heavy, a medium and a light entity; an article with incidents; ids that are there.
SELECT count(*) AS n FROM incidents \gset
CREATE TEMP TABLE degree AS SELECT entity_id, count(*) AS n FROM incident_entities GROUP BY 1;
SELECT entity_id AS heavy FROM degree ORDER BY n DESC, 1 LIMIT 1 \gset
SELECT entity_id AS second FROM degree ORDER BY n DESC, 1 LIMIT 1 OFFSET 1 \gset
SELECT entity_id AS medium FROM degree WHERE n < 2000 ORDER BY n DESC, 1 LIMIT 1 \gset
SELECT entity_id AS light FROM degree WHERE n = 3 ORDER BY 1 LIMIT 1 \gset
SELECT article_id AS article FROM sources GROUP BY 1 ORDER BY count(*) DESC, 1 LIMIT 1 \gset
SELECT external_id FROM incidents WHERE external_id IS NOT NULL AND state = 'published' ORDER BY id DESC LIMIT 1 OFFSET 100 \gset
SELECT publisher_id AS publisher, count(*) FROM articles WHERE publisher_id IS NOT NULL GROUP BY 1 ORDER BY 2 DESC, 1 LIMIT 1 \gset
SELECT publisher_id AS small_publisher, count(*) FROM articles WHERE publisher_id IS NOT NULL GROUP BY 1 HAVING count(*) < 100 ORDER BY 2 DESC, 1 LIMIT 1 \gset
SELECT id AS incident FROM incidents WHERE state = 'published' ORDER BY id LIMIT 1 OFFSET 1000 \gset
SELECT value AS identifier FROM identifiers WHERE scheme = 'wikidata' ORDER BY 1 LIMIT 1 \gset
SELECT count(*) AS articles FROM articles \gset
SELECT count(*) AS entities FROM entities \gset

CREATE TEMP TABLE filters (place serial, list text, name text, cond text);
INSERT INTO filters (list, name, cond) VALUES
    ('incidents', 'none', 'true'),
    ('incidents', 'kind one code', $$kind = ANY('{liberty.detention}')$$),
    ('incidents', 'kind category', $$kind = ANY('{assembly.protest,assembly.violent_protest,assembly.dispersal,assembly.restriction}')$$),
    ('incidents', 'kind rare', $$kind = ANY('{rating.change}')$$),
    ('incidents', 'kind two rare', $$kind = ANY('{politics.power_seizure,law.withdrawn}')$$),
    ('incidents', 'kind_not', $$kind <> ALL('{liberty.detention,assembly.protest}')$$),
    ('incidents', 'effect restriction', $$effect = ANY('{restriction}')$$),
    ('incidents', 'effect positive', $$effect = ANY('{positive}')$$),
    ('incidents', 'country KZ', $$country = ANY('{KZ}')$$),
    ('incidents', 'country TM', $$country = ANY('{TM}')$$),
    ('incidents', 'country MM', $$country = ANY('{MM}')$$),
    ('incidents', 'country five', $$country = ANY('{KZ,UZ,KG,TJ,TM}')$$),
    ('incidents', 'country five rare', $$country = ANY('{MM,LT,AE,CZ,FR}')$$),
    ('incidents', 'country_not', $$(country <> ALL('{KZ,UZ,KG,TJ}') OR country IS NULL)$$),
    ('incidents', 'admin1', $$lower(admin1) = lower('Mangystau Region')$$),
    ('incidents', 'place', $$lower(place) = lower('Almaty')$$),
    ('incidents', 'place rare', $$lower(place) = lower('Altynbay')$$),
    ('incidents', 'dates recent month', 'DATES 2026-05-01 2026-05-31'),
    ('incidents', 'dates burst day', 'DATES 2022-01-05 2022-01-05'),
    ('incidents', 'dates old month', 'DATES 2012-10-01 2012-10-31'),
    ('incidents', 'dates old', 'DATES 1990-01-01 1999-12-31'),
    ('incidents', 'dates wide', 'DATES 2010-01-01 2025-12-31'),
    ('incidents', 'date_from', 'DATES 2024-01-01 infinity'),
    ('incidents', 'date_to', 'DATES -infinity 2012-12-31'),
    ('incidents', 'entity heavy', 'ENTITY :heavy'), ('incidents', 'entity medium', 'ENTITY :medium'), ('incidents', 'entity light', 'ENTITY :light'),
    ('incidents', 'entity heavy role', $$EXISTS (SELECT FROM participants p WHERE p.incident_id = i.id AND p.entity_id = ANY('{:heavy}') AND p.role = ANY('{authority}'))$$),
    ('incidents', 'entity heavy wrong role', $$EXISTS (SELECT FROM participants p WHERE p.incident_id = i.id AND p.entity_id = ANY('{:heavy}') AND p.role = ANY('{witness}'))$$),
    ('incidents', 'role court', $$EXISTS (SELECT FROM participants p WHERE p.incident_id = i.id AND p.role = ANY('{court}'))$$),
    ('incidents', 'role rare', $$EXISTS (SELECT FROM participants p WHERE p.incident_id = i.id AND p.role = ANY('{expert}'))$$),
    ('incidents', 'article', $$EXISTS (SELECT FROM sources s WHERE s.incident_id = i.id AND s.article_id = ANY('{:article}'))$$),
    ('incidents', 'tag common', 'TAG journalist'), ('incidents', 'tag medium', 'TAG tear_gas'), ('incidents', 'tag rare', 'TAG water_cannon'),
    ('incidents', 'freedom common', $$freedoms && '{expression}'$$), ('incidents', 'freedom medium', $$freedoms && '{movement}'$$),
    ('incidents', 'verification verified', $$verification = ANY('{verified}')$$), ('incidents', 'verification single_source', $$verification = ANY('{single_source}')$$),
    ('incidents', 'measure detained', $$EXISTS (SELECT FROM figures f WHERE f.incident_id = i.id AND f.measure = ANY('{detained}'))$$),
    ('incidents', 'measure rare', $$EXISTS (SELECT FROM figures f WHERE f.incident_id = i.id AND f.measure = ANY('{votes_for}'))$$),
    ('incidents', 'measure detained min 100', $$EXISTS (SELECT FROM figures f WHERE f.incident_id = i.id AND f.measure = ANY('{detained}') AND f.low >= 100)$$),
    ('incidents', 'measure detained min 5000', $$EXISTS (SELECT FROM figures f WHERE f.incident_id = i.id AND f.measure = ANY('{detained}') AND f.low >= 5000)$$),
    ('incidents', 'step common', 'STEP detained'), ('incidents', 'step medium', 'STEP house_arrest'), ('incidents', 'step rare', 'STEP died_in_custody'),
    ('incidents', 'claimant_class police', $$EXISTS (SELECT FROM figures f WHERE f.incident_id = i.id AND f.claimant_class = ANY('{police}'))$$),
    ('incidents', 'claimant_class rare', $$EXISTS (SELECT FROM figures f WHERE f.incident_id = i.id AND f.claimant_class = ANY('{health_authority}'))$$),
    ('incidents', 'bbox Almaty', 'BBOX 76.7,43.1,77.2,43.4'), ('incidents', 'bbox Central Asia', 'BBOX 46,35,88,56'), ('incidents', 'bbox empty', 'BBOX 61,45,61.4,45.4'), ('incidents', 'bbox Zhanaozen', 'BBOX 52.8,43.3,52.9,43.4'),
    ('incidents', 'updated_since recent', $$updated_at >= '2026-06-20Z'$$), ('incidents', 'updated_since old', $$updated_at >= '2023-06-01Z'$$),
    ('incidents', 'external_id', $$external_id = ANY('{:external_id}')$$), ('incidents', 'dataset courts', $$dataset = ANY('{courts}')$$),
    ('incidents', 'country+kind+dates', $$country = ANY('{KZ}') AND kind = ANY('{liberty.detention}') AND DATES 2022-01-01 2022-01-31$$),
    ('incidents', 'country+rare kind', $$country = ANY('{TJ}') AND kind = ANY('{law.withdrawn}')$$),
    ('incidents', 'TM+new dates', $$country = ANY('{TM}') AND DATES 2024-01-01 2025-12-31$$),
    ('incidents', 'KZ+entity heavy', $$country = ANY('{KZ}') AND ENTITY :heavy$$),
    ('incidents', 'TM+entity heavy', $$country = ANY('{TM}') AND ENTITY :heavy$$),
    ('incidents', 'UZ+entity heavy', $$country = ANY('{UZ}') AND ENTITY :heavy$$),
    ('incidents', 'rare kind+entity heavy', $$kind = ANY('{rating.change}') AND ENTITY :heavy$$),
    ('incidents', 'entity heavy+old dates', $$ENTITY :heavy AND DATES 2004-01-01 2006-12-31$$),
    ('incidents', 'tag+country', $$TAG journalist AND country = ANY('{KG}')$$),
    ('incidents', 'tag+TM', $$TAG journalist AND country = ANY('{TM}')$$),
    ('incidents', 'tag rare+TM', $$TAG water_cannon AND country = ANY('{TM}')$$),
    ('incidents', 'step+country+dates', $$STEP detained AND country = ANY('{UZ}') AND DATES 2025-01-01 2025-12-31$$),
    ('incidents', 'step rare+country+dates', $$STEP died_in_custody AND country = ANY('{KZ}') AND DATES 2015-01-01 2025-12-31$$),
    ('incidents', 'bbox+kind+dates', $$BBOX 76.7,43.1,77.2,43.4 AND kind = ANY('{assembly.protest}') AND DATES 2022-01-01 2022-12-31$$),
    ('incidents', 'bbox+rare kind', $$BBOX 76.7,43.1,77.2,43.4 AND kind = ANY('{rating.change}')$$),
    ('incidents', 'place+kind', $$lower(place) = lower('Almaty') AND kind = ANY('{pressure.raid}')$$),
    ('incidents', 'freedom+country', $$freedoms && '{movement}' AND country = ANY('{TJ}')$$),
    ('incidents', 'verified+TM', $$verification = ANY('{verified}') AND country = ANY('{TM}')$$),
    ('incidents', 'measure min+country', $$EXISTS (SELECT FROM figures f WHERE f.incident_id = i.id AND f.measure = ANY('{detained}') AND f.low >= 100) AND country = ANY('{TJ}')$$),
    ('incidents', 'country+updated_since', $$country = ANY('{TM}') AND updated_at >= '2026-01-01Z'$$),
    ('articles', 'none', 'true'),
    ('articles', 'publisher big', $$publisher_id = ANY('{:publisher}')$$), ('articles', 'publisher small', $$publisher_id = ANY('{:small_publisher}')$$),
    ('articles', 'language ru', $$language = ANY('{ru}')$$), ('articles', 'language tk', $$language = ANY('{tk}')$$),
    ('articles', 'published recent', 'PUBLISHED 2026-05-01 2026-05-31'), ('articles', 'published old', 'PUBLISHED 2004-01-01 2004-12-31'), ('articles', 'published wide', 'PUBLISHED 2010-01-01 2025-12-31'),
    ('articles', 'entity heavy', 'MENTION :heavy'), ('articles', 'entity medium', 'MENTION :medium'), ('articles', 'entity light', 'MENTION :light'),
    ('articles', 'incident', $$EXISTS (SELECT FROM sources s WHERE s.article_id = i.id AND s.incident_id = ANY('{:incident}'))$$),
    ('articles', 'updated_since recent', $$updated_at >= '2026-06-20Z'$$), ('articles', 'dataset blockings', $$dataset = ANY('{blockings}')$$),
    ('articles', 'url', $$url = ANY('{https://news1.example/none}')$$),
    ('articles', 'language+publisher', $$language = ANY('{tk}') AND publisher_id = ANY('{:publisher}')$$),
    ('articles', 'publisher+published', $$publisher_id = ANY('{:publisher}') AND PUBLISHED 2005-01-01 2008-12-31$$),
    ('articles', 'entity+language', $$MENTION :heavy AND language = ANY('{tk}')$$),
    ('entities', 'none', 'true'), ('entities', 'kind person', $$kind = ANY('{person}')$$), ('entities', 'kind platform', $$kind = ANY('{platform}')$$), ('entities', 'kind two', $$kind = ANY('{media,organization}')$$),
    ('entities', 'country KZ', $$country = ANY('{KZ}')$$), ('entities', 'country MM', $$country = ANY('{MM}')$$), ('entities', 'country+kind', $$country = ANY('{TM}') AND kind = ANY('{media}')$$),
    ('entities', 'identifier', $$EXISTS (SELECT FROM identifiers d WHERE d.entity_id = i.id AND (d.scheme, d.value) IN (('wikidata', ':identifier')))$$),
    ('entities', 'updated_since recent', $$updated_at >= '2026-06-20Z'$$), ('entities', 'dataset courts', $$dataset = ANY('{courts}')$$);
-- The shorthands.
UPDATE filters SET cond = regexp_replace(cond, 'ENTITY (\S+)', 'EXISTS (SELECT FROM incident_entities e WHERE e.incident_id = i.id AND e.entity_id = ANY(''{\1}''))');
UPDATE filters SET cond = regexp_replace(cond, 'MENTION (\S+)', 'EXISTS (SELECT FROM mentions e WHERE e.article_id = i.id AND e.entity_id = ANY(''{\1}''))');
UPDATE filters SET cond = regexp_replace(cond, 'TAG (\S+)', 'EXISTS (SELECT FROM incident_tags t WHERE t.incident_id = i.id AND t.tag = ANY(''{\1}''))');
UPDATE filters SET cond = regexp_replace(cond, 'STEP (\S+)', 'EXISTS (SELECT FROM legal_steps l WHERE l.incident_id = i.id AND l.step = ANY(''{\1}''))');
-- A box by plain comparisons (`box=gist`: by the point, whose share the planner cannot estimate). A period by its start,
-- which for all but the long ones lies at most a month before the window (`dates=range`: by the overlap of ranges).
UPDATE filters SET cond = regexp_replace(cond, 'BBOX ([^,]+),([^,]+),([^,]+),(\S+)', CASE :'box' WHEN 'gist' THEN 'lat IS NOT NULL AND point(lon, lat) <@ box(point(\1, \2), point(\3, \4))'
    ELSE 'lat BETWEEN \2 AND \4 AND lon BETWEEN \1 AND \3' END);
UPDATE filters SET cond = regexp_replace(replace(replace(cond, '-infinity', '1800-01-01'), 'infinity', '2199-12-31'), 'DATES (\S+) (\S+)', CASE :'dates'
    WHEN 'range' THEN 'daterange(start_date, end_date, ''[]'') && daterange(''\1'', ''\2'', ''[]'') AND start_date IS NOT NULL AND date_down <= ''\2'''
    ELSE 'date_down <= ''\2'' AND end_date >= ''\1'' AND (end_date - start_date > 31 OR date_down >= date ''\1'' - 31)' END);
UPDATE filters SET cond = regexp_replace(cond, 'PUBLISHED (\S+) (\S+)', CASE :'dates'
    WHEN 'range' THEN 'daterange(published_on, published_until, ''[]'') && daterange(''\1'', ''\2'', ''[]'') AND published_on IS NOT NULL AND published_down <= ''\2'''
    ELSE 'published_down <= ''\2'' AND published_until >= ''\1'' AND published_down >= date ''\1'' - 365' END);
UPDATE filters SET cond = replace(replace(replace(replace(replace(replace(replace(replace(replace(cond,
    ':heavy', :'heavy'), ':medium', :'medium'), ':light', :'light'), ':article', :'article'), ':external_id', :'external_id'),
    ':publisher', :'publisher'), ':small_publisher', :'small_publisher'), ':incident', :'incident'), ':identifier', :'identifier');

\if :single
UPDATE filters SET cond = regexp_replace(cond, ' = ANY\(''{([^,}]+)}''\)', ' = ''\1''', 'g');
\endif

-- The sorts. A date filter leaves no unknown dates, so both directions go by date_down.
CREATE TEMP TABLE sorts (list text, sort text, key text, direction text);
INSERT INTO sorts VALUES
    ('incidents', '-date', 'date_down', 'DESC'), ('incidents', 'date', 'date_up', 'ASC'), ('incidents', '-updated', 'updated_at', 'DESC'), ('incidents', 'updated', 'updated_at', 'ASC'), ('incidents', '-created', 'created_at', 'DESC'),
    ('articles', '-published', 'published_down', 'DESC'), ('articles', 'published', 'published_up', 'ASC'), ('articles', '-updated', 'updated_at', 'DESC'), ('articles', '-created', 'created_at', 'DESC'),
    ('entities', 'name', 'name', 'ASC'), ('entities', '-updated', 'updated_at', 'DESC'), ('entities', '-created', 'created_at', 'DESC');

\if :{?visible} \else
SELECT format('state = ''published'' AND dataset <> ALL (%L)', array_agg(slug::text)::text) AS visible FROM datasets WHERE access = 'internal' \gset
\endif
CREATE TEMP TABLE queries AS
SELECT place, list, sort, name, CASE WHEN direction = 'ASC' AND cond ~ '(date|published)_down <=' AND key LIKE '%\_up' THEN replace(key, '_up', '_down') ELSE key END AS key, direction, cond FROM filters JOIN sorts USING (list);
-- An OR gives an index no bounds. Where the date orders or bounds the work, ask for the short ones and the long ones apart.
CREATE FUNCTION pg_temp.split(query text, ending text) RETURNS text LANGUAGE sql AS $$
    SELECT CASE WHEN query LIKE '%(end_date - start_date > 31 OR %'
        THEN format('(%s) UNION ALL (%s)%s', replace(query, '(end_date - start_date > 31 OR ', '(end_date - start_date <= 31 AND '), regexp_replace(query, '\(end_date - start_date > 31 OR [^)]*\)', 'end_date - start_date > 31'), ending)
        ELSE query END
$$;
-- A list from its start, or from its 2000th record on (from its last, where it has fewer): where a cursor would stand.
CREATE FUNCTION pg_temp.page(q queries, visible text, after int) RETURNS text LANGUAGE plpgsql AS $$
DECLARE
    body text := format('FROM %I i WHERE %s AND %s', q.list, visible, q.cond);
    k text;
BEGIN
    IF after > 0 THEN
        EXECUTE format('SELECT format(''AND (%1$s, id) %2$s (%%L, %%L)'', k, id) FROM (SELECT %1$s AS k, id, row_number() OVER (ORDER BY %1$s %3$s, id %3$s) AS n %4$s ORDER BY %1$s %3$s, id %3$s LIMIT %5$s) t ORDER BY n DESC LIMIT 1',
            q.key, CASE q.direction WHEN 'ASC' THEN '>' ELSE '<' END, q.direction, body, after) INTO k;
    END IF;
    k := format('SELECT i.* %s %s ORDER BY %s %s, id %4$s LIMIT 26', body, coalesce(k, ''), q.key, q.direction);
    RETURN CASE WHEN q.key = 'date_down' THEN pg_temp.split(k, format(' ORDER BY date_down %s, id %1$s LIMIT 26', q.direction)) ELSE k END;
END $$;
-- A statement a query, for the time limit.
CREATE FUNCTION pg_temp.measure_page(wanted int, by text, page int, visible text) RETURNS void LANGUAGE sql AS $$
    SELECT pg_temp.measure(q.list, q.sort, q.name || ', page ' || page, pg_temp.page(q, visible, CASE page WHEN 1 THEN 0 ELSE 2000 END))
    FROM queries q WHERE q.place = wanted AND q.sort = by
$$;
\set ON_ERROR_STOP off
\o /dev/null
SELECT statement FROM (
    SELECT place, sort, page, name, list, format('SELECT pg_temp.measure_page(%s, %L, %s, %L)', place, sort, page, :'visible') AS statement FROM queries, (VALUES (1), (2)) AS t (page)
    UNION ALL
    SELECT place, 'total', 0, name, list, format('SELECT pg_temp.measure(%L, %L, %L, %L)', list, 'total', name, format('SELECT count(*) FROM (%s) t', pg_temp.split(format('SELECT 1 FROM %I i WHERE %s AND %s LIMIT 10001', list, :'visible', cond), ' LIMIT 10001'))) FROM filters) AS t
WHERE name LIKE :'only' ORDER BY list DESC, place, sort, page \gexec
\o
\set ON_ERROR_STOP on

-- What follows a page: its parts, the references in them, and the counts of a page of entities or articles.
CREATE TEMP TABLE pages AS
SELECT 'incidents' AS list, n, (SELECT format('%L::uuid[]', array_agg(id)) FROM (SELECT id FROM incidents WHERE state = 'published' ORDER BY date_down DESC, id DESC LIMIT n) AS t) AS ids FROM (VALUES (25), (200)) AS t (n)
UNION ALL
SELECT 'articles', n, (SELECT format('%L::uuid[]', array_agg(id)) FROM (SELECT id FROM articles WHERE state = 'published' ORDER BY published_down DESC, id DESC LIMIT n) AS t) FROM (VALUES (25), (200)) AS t (n)
UNION ALL
SELECT 'entities', n, (SELECT format('%L::uuid[]', array_agg(id)) FROM (SELECT id FROM entities WHERE state = 'published' ORDER BY name, id LIMIT n) AS t) FROM (VALUES (25), (200)) AS t (n)
UNION ALL
SELECT 'entities', 26, (SELECT format('%L::uuid[]', array_agg(entity_id)) FROM (SELECT entity_id FROM degree ORDER BY n DESC LIMIT 25) AS t);
CREATE TEMP TABLE parts (list text, name text, sql text);
INSERT INTO parts VALUES
    ('incidents', 'tags', 'SELECT * FROM incident_tags WHERE incident_id = ANY(IDS) ORDER BY incident_id, position'),
    ('incidents', 'participants', 'SELECT p.*, e.name, e.kind, a.title, a.url, a.published_on FROM participants p LEFT JOIN entities e ON e.id = p.entity_id LEFT JOIN articles a ON a.id = p.article_id WHERE p.incident_id = ANY(IDS) ORDER BY p.incident_id, p.position'),
    ('incidents', 'figures', 'SELECT f.*, e.name, e.kind, a.title, a.url, a.published_on FROM figures f LEFT JOIN entities e ON e.id = f.claimant_id LEFT JOIN articles a ON a.id = f.article_id WHERE f.incident_id = ANY(IDS) ORDER BY f.incident_id, f.position'),
    ('incidents', 'legal_steps', 'SELECT l.*, e.name, e.kind, b.name, b.kind, a.title, a.url, a.published_on FROM legal_steps l JOIN entities e ON e.id = l.entity_id LEFT JOIN entities b ON b.id = l.authority_id LEFT JOIN articles a ON a.id = l.article_id WHERE l.incident_id = ANY(IDS) ORDER BY l.incident_id, l.position'),
    ('incidents', 'sources', 'SELECT s.*, a.title, a.url, a.published_on FROM sources s JOIN articles a ON a.id = s.article_id WHERE s.incident_id = ANY(IDS) ORDER BY s.incident_id, s.position'),
    ('incidents', 'relations out', 'SELECT r.*, i.title, i.kind, i.start_date FROM incident_relations r JOIN incidents i ON i.id = r.target_id WHERE r.incident_id = ANY(IDS) ORDER BY r.incident_id, r.position'),
    ('incidents', 'relations in', 'SELECT r.*, i.title, i.kind, i.start_date FROM incident_relations r JOIN incidents i ON i.id = r.incident_id WHERE r.target_id = ANY(IDS) AND i.state = ''published'' ORDER BY r.target_id, r.incident_id, r.position'),
    ('articles', 'mentions', 'SELECT m.*, e.name, e.kind FROM mentions m JOIN entities e ON e.id = m.entity_id WHERE m.article_id = ANY(IDS) ORDER BY m.article_id, m.position'),
    ('articles', 'incident_count', 'SELECT s.article_id, count(*) FROM sources s JOIN incidents i ON i.id = s.incident_id WHERE s.article_id = ANY(IDS) AND VISIBLE GROUP BY 1'),
    ('entities', 'aliases', 'SELECT * FROM aliases WHERE entity_id = ANY(IDS) ORDER BY entity_id, position'),
    ('entities', 'identifiers', 'SELECT * FROM identifiers WHERE entity_id = ANY(IDS) ORDER BY entity_id, position'),
    ('entities', 'relations', 'SELECT r.*, e.name, e.kind FROM entity_relations r JOIN entities e ON e.id = r.target_id WHERE r.entity_id = ANY(IDS) UNION ALL SELECT r.*, e.name, e.kind FROM entity_relations r JOIN entities e ON e.id = r.entity_id WHERE r.target_id = ANY(IDS)'),
    ('entities', 'incident_count', 'SELECT l.entity_id, count(*) FROM incident_entities l JOIN incidents i ON i.id = l.incident_id WHERE l.entity_id = ANY(IDS) AND VISIBLE GROUP BY 1'),
    ('entities', 'article_count', 'SELECT m.entity_id, count(*) FROM mentions m JOIN articles i ON i.id = m.article_id WHERE m.entity_id = ANY(IDS) AND VISIBLE GROUP BY 1');
\o /dev/null
SELECT format('SELECT pg_temp.measure(%L, %L, %L, %L)', list, 'parts', name || CASE n WHEN 26 THEN ' of 25 heavy' ELSE ' of ' || n END, replace(replace(sql, 'IDS', ids), 'VISIBLE', 'i.' || replace(:'visible', ' AND ', ' AND i.')))
FROM parts JOIN pages USING (list) WHERE name LIKE :'only' ORDER BY list DESC, name, n \gexec
\o

-- The same lists as prepared statements with a generic plan: filters of one array, as the API binds them.
\if :generic
CREATE FUNCTION pg_temp.generic(name text, types text, query text, arguments text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    SET LOCAL plan_cache_mode = force_generic_plan;
    EXECUTE format('PREPARE measured_plan (%s) AS %s', types, query);
    INSERT INTO measured (list, sort, name, ms, rows, removed, buffers, plan, sql)
    SELECT 'generic', '', name, t.*, query FROM pg_temp.run(format('EXECUTE measured_plan (%s)', arguments)) AS t;
    DEALLOCATE measured_plan;
END $$;
\o /dev/null
SELECT format('SELECT pg_temp.generic(%L, %L, %L, %L)', name || ' ' || arguments || ', ' || sort, types, format('SELECT i.* FROM incidents i WHERE %s AND %s ORDER BY %s LIMIT 26', :'visible', cond, ordering), arguments)
FROM (VALUES ('country', 'text[]', 'country = ANY($1)', '''{KZ}'''), ('country', 'text[]', 'country = ANY($1)', '''{TM}'''), ('country', 'text[]', 'country = ANY($1)', '''{MM}'''),
    ('kind', 'text[]', 'kind = ANY($1)', '''{liberty.detention}'''), ('kind', 'text[]', 'kind = ANY($1)', '''{rating.change}'''),
    ('tag', 'text[]', 'EXISTS (SELECT FROM incident_tags t WHERE t.incident_id = i.id AND t.tag = ANY($1))', '''{journalist}'''),
    ('tag', 'text[]', 'EXISTS (SELECT FROM incident_tags t WHERE t.incident_id = i.id AND t.tag = ANY($1))', '''{water_cannon}'''),
    ('entity', 'uuid[]', 'EXISTS (SELECT FROM incident_entities e WHERE e.incident_id = i.id AND e.entity_id = ANY($1))', quote_literal('{' || :'heavy' || '}')),
    ('entity', 'uuid[]', 'EXISTS (SELECT FROM incident_entities e WHERE e.incident_id = i.id AND e.entity_id = ANY($1))', quote_literal('{' || :'light' || '}')),
    ('measure+min', 'text[], float8', 'EXISTS (SELECT FROM figures f WHERE f.incident_id = i.id AND f.measure = ANY($1) AND f.low >= $2)', '''{detained}'', 5000'),
    ('dates', 'date, date', 'daterange(start_date, end_date, ''[]'') && daterange($1, $2, ''[]'') AND date_down <= $2', '''2012-10-01'', ''2012-10-31'''),
    ('bbox', 'float8, float8, float8, float8', 'lat IS NOT NULL AND point(lon, lat) <@ box(point($1, $2), point($3, $4))', '52.8, 43.3, 52.9, 43.4'),
    ('country+entity', 'text[], uuid[]', 'country = ANY($1) AND EXISTS (SELECT FROM incident_entities e WHERE e.incident_id = i.id AND e.entity_id = ANY($2))', '''{TM}'', ' || quote_literal('{' || :'heavy' || '}'))) AS t (name, types, cond, arguments),
    (VALUES ('-date', 'date_down DESC, id DESC'), ('-updated', 'updated_at DESC, id DESC')) AS s (sort, ordering)
WHERE name LIKE :'only' \gexec
\o
\endif

\pset format unaligned
\pset fieldsep ' | '
SELECT list, sort, name, ms, rows, removed, buffers, plan FROM measured WHERE ms >= :slow ORDER BY place;
