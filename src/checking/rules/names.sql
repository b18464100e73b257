SELECT 'entity', entity_id, '"' || name || '" is also a name of ' || other
FROM (
    SELECT entity_id, name,
        min(label) OVER named AS other, count(*) OVER named AS owners, label
    FROM (
        SELECT DISTINCT ON (entity.id, lower(called.name)) entity.dataset, entity.id, called.name,
            coalesce(entity.external_id, entity.id::text)
        FROM entities AS entity
        CROSS JOIN LATERAL (
            SELECT entity.name UNION ALL SELECT alias.name FROM aliases AS alias WHERE alias.entity_id = entity.id
        ) AS called (name)
        WHERE entity.state = 'published'
        ORDER BY entity.id, lower(called.name)
    ) AS called (dataset, entity_id, name, label)
    WINDOW named AS (PARTITION BY dataset, lower(name))
) AS called
WHERE owners > 1 AND label <> other
