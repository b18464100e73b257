-- Of very many of one kind, place and days, each is paired with the twenty behind it that concern the same person, or have the
-- same title: the number of pairs grows as that of incidents. Those are left out that stand in a relation to each other.
WITH live AS (
    SELECT id, kind, country, lower(place) AS place, start_date, end_date,
        btrim(regexp_replace(lower(title), '[^[:alnum:]]+', ' ', 'g')) AS title
    FROM incidents WHERE state IN ('published', 'draft') AND start_date IS NOT NULL AND country IS NOT NULL AND place IS NOT NULL
), people AS (
    SELECT incident_id AS id, entity_id FROM incident_entities JOIN entities ON entities.id = entity_id WHERE kind = 'person'
), concerned AS (
    SELECT live.*, entity_id, row_number() OVER (
        PARTITION BY entity_id, kind, country, place, start_date, end_date ORDER BY id) AS number
    FROM live JOIN people USING (id)
), titled AS (
    SELECT *, row_number() OVER (PARTITION BY title, kind, country, place, start_date, end_date ORDER BY id) AS number FROM live
), found AS (
    SELECT one.id AS one_id, other.id AS other_id, 2 AS strength, 'title' AS reason
    FROM titled one JOIN titled other USING (title, kind, country, place, start_date, end_date)
    WHERE other.number > one.number AND other.number <= one.number + 20
    UNION ALL
    SELECT one.id, other.id, 1, 'person'
    FROM concerned one JOIN concerned other USING (entity_id, kind, country, place, start_date, end_date)
    WHERE other.number > one.number AND other.number <= one.number + 20
)
SELECT one_id, other_id, strength, reason FROM found
WHERE NOT EXISTS (SELECT FROM incident_relations WHERE incident_id = one_id AND target_id = other_id)
    AND NOT EXISTS (SELECT FROM incident_relations WHERE incident_id = other_id AND target_id = one_id)
