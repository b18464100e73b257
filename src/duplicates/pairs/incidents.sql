-- Incidents of one kind and place, whichever script it is written in, of which days overlap: what has a person in common, or
-- nearly the same title, is brought side by side, and each is compared with the twenty behind it, however many there are.
-- Those are left out that stand in a relation to each other.
WITH live AS (
    SELECT id, kind, incidents.country, coalesce(rotation, lower(incidents.place)) AS place, start_date, end_date,
        btrim(regexp_replace(lower(title), '[^[:alnum:]]+', ' ', 'g')) AS title
    FROM incidents LEFT JOIN place_rotations ON place_rotations.place = incidents.place AND word = 0
        AND coalesce(place_rotations.country, '') = coalesce(incidents.country, '')
    WHERE state IN ('published', 'draft') AND start_date IS NOT NULL AND incidents.country IS NOT NULL AND incidents.place IS NOT NULL
), people AS (
    SELECT incident_id AS id, entity_id FROM incident_entities JOIN entities ON entities.id = entity_id WHERE kind = 'person'
), concerned AS (
    SELECT live.*, entity_id, row_number() OVER (ORDER BY entity_id, kind, country, place, start_date, end_date, id) AS number
    FROM live JOIN people USING (id)
), titled AS (
    SELECT *, row_number() OVER (ORDER BY kind, country, place, title COLLATE "C", start_date, end_date, id) AS number FROM live
), found AS (
    SELECT one.id AS one_id, other.id AS other_id, 2 AS strength, 'title' AS reason
    FROM titled one CROSS JOIN generate_series(1, 20) step JOIN titled other ON other.number = one.number + step
    WHERE (other.kind, other.country, other.place) = (one.kind, one.country, one.place)
        AND other.start_date <= one.end_date AND one.start_date <= other.end_date AND similarity(one.title, other.title) >= 0.8
    UNION ALL
    SELECT one.id, other.id, 1, 'person'
    FROM concerned one CROSS JOIN generate_series(1, 20) step JOIN concerned other ON other.number = one.number + step
    WHERE (other.entity_id, other.kind, other.country, other.place) = (one.entity_id, one.kind, one.country, one.place)
        AND other.start_date <= one.end_date
)
SELECT least(one_id, other_id) AS one_id, greatest(one_id, other_id) AS other_id, strength, reason FROM found
WHERE NOT EXISTS (SELECT FROM incident_relations WHERE incident_id = one_id AND target_id = other_id)
    AND NOT EXISTS (SELECT FROM incident_relations WHERE incident_id = other_id AND target_id = one_id)
