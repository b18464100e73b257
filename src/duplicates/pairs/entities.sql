-- Of one kind, what has one name, its words in whatever order and script; people whose names sound the same; and what has one
-- identifier. It is brought side by side, and each is compared with the twenty behind it, however many there are.
-- Those are left out that stand in a relation to each other, and those that a register with one identifier for each calls
-- differently.
WITH live AS (
    SELECT id, kind, country FROM entities WHERE state IN ('published', 'draft')
), named AS (
    SELECT DISTINCT entity_id AS id, kind, country, tokens, codes FROM entity_names JOIN live ON live.id = entity_id
    WHERE NOT weak AND cardinality(tokens) > 0
), by_tokens AS (
    SELECT *, row_number() OVER (ORDER BY kind, tokens, id) AS place FROM named
), by_codes AS (
    SELECT *, row_number() OVER (ORDER BY kind, codes, id) AS place FROM named
    WHERE kind = 'person' AND cardinality(tokens) > 1
), by_name AS (
    SELECT one.id AS one_id, other.id AS other_id, one.country IS DISTINCT FROM other.country AS elsewhere,
        'name ' || array_to_string(one.tokens, ' ') AS reason
    FROM by_tokens one CROSS JOIN generate_series(1, 20) step JOIN by_tokens other ON other.place = one.place + step
    WHERE other.kind = one.kind AND other.tokens = one.tokens AND other.id <> one.id
    UNION ALL
    SELECT one.id, other.id, true, 'sound of ' || array_to_string(one.tokens, ' ')
    FROM by_codes one CROSS JOIN generate_series(1, 20) step JOIN by_codes other ON other.place = one.place + step
    WHERE other.kind = one.kind AND other.codes = one.codes AND other.tokens <> one.tokens AND other.id <> one.id
), identified AS (
    SELECT DISTINCT scheme, value, entity_id AS id FROM identifiers JOIN live ON live.id = entity_id
), by_identifiers AS (
    SELECT *, row_number() OVER (ORDER BY scheme, value, id) AS place FROM identified
), by_identifier AS (
    SELECT one.id AS one_id, other.id AS other_id, 'identifier ' || one.scheme || ':' || one.value AS reason
    FROM by_identifiers one CROSS JOIN generate_series(1, 20) step JOIN by_identifiers other ON other.place = one.place + step
    WHERE other.scheme = one.scheme AND other.value = one.value
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
SELECT least(one_id, other_id) AS one_id, greatest(one_id, other_id) AS other_id, strength, reason FROM found
WHERE NOT EXISTS (SELECT FROM entity_relations WHERE entity_id = one_id AND target_id = other_id)
    AND NOT EXISTS (SELECT FROM entity_relations WHERE entity_id = other_id AND target_id = one_id)
