-- Of very many that share one name, each is paired with the twenty behind it: the number of pairs grows as that of entities.
-- Those are left out that stand in a relation to each other, and those that a register with one identifier for each calls
-- differently.
WITH live AS (
    SELECT id, kind, country FROM entities WHERE state IN ('published', 'draft')
), named AS (
    SELECT DISTINCT entity_id AS id, kind, country, tokens FROM entity_names JOIN live ON live.id = entity_id
    WHERE NOT weak AND cardinality(tokens) > 0
), numbered AS (
    SELECT *, row_number() OVER (PARTITION BY kind, tokens ORDER BY id) AS number FROM named
), by_name AS (
    SELECT one.id AS one_id, other.id AS other_id, one.country IS DISTINCT FROM other.country AS elsewhere,
        'name ' || array_to_string(one.tokens, ' ') AS reason
    FROM numbered one JOIN numbered other ON other.kind = one.kind AND other.tokens = one.tokens
        AND other.number > one.number AND other.number <= one.number + 20
), identified AS (
    SELECT DISTINCT scheme, value, entity_id AS id FROM identifiers JOIN live ON live.id = entity_id
), counted AS (
    SELECT *, row_number() OVER (PARTITION BY scheme, value ORDER BY id) AS number FROM identified
), by_identifier AS (
    SELECT one.id AS one_id, other.id AS other_id, 'identifier ' || one.scheme || ':' || one.value AS reason
    FROM counted one JOIN counted other ON other.scheme = one.scheme AND other.value = one.value
        AND other.number > one.number AND other.number <= one.number + 20
), registered AS (
    SELECT entity_id AS id, array_agg(scheme::text) AS schemes FROM identifiers WHERE scheme IN ('wikidata', 'isni', 'viaf')
    GROUP BY entity_id
), found AS (
    SELECT one_id, other_id, 3 AS strength, reason FROM by_identifier
    UNION ALL
    SELECT one_id, other_id, CASE WHEN elsewhere THEN 1 ELSE 2 END, by_name.reason
    FROM by_name LEFT JOIN registered one ON one.id = one_id LEFT JOIN registered other ON other.id = other_id
    -- What a register calls the same is among the others already.
    WHERE NOT coalesce(one.schemes && other.schemes, false)
)
SELECT one_id, other_id, strength, reason FROM found
WHERE NOT EXISTS (SELECT FROM entity_relations WHERE entity_id = one_id AND target_id = other_id)
    AND NOT EXISTS (SELECT FROM entity_relations WHERE entity_id = other_id AND target_id = one_id)
