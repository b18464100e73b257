-- Every record, for the rules to read beside the links between records.
WITH records (type, id, dataset, external_id, public, state) AS (
    SELECT type, id, dataset, external_id, access = 'public', state
    FROM (
        SELECT 'article', id, dataset, external_id, state FROM articles
        UNION ALL SELECT 'entity', id, dataset, external_id, state FROM entities
        UNION ALL SELECT 'incident', id, dataset, external_id, state FROM incidents
    ) AS record (type, id, dataset, external_id, state)
    JOIN datasets ON slug = dataset
)
