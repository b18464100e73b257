SELECT record.type, record.id, 'is version ' || record.version || ', and its history '
    || coalesce('ends with ' || latest.version, 'is empty')
FROM (
    SELECT 'article', id, version FROM articles
    UNION ALL SELECT 'entity', id, version FROM entities
    UNION ALL SELECT 'incident', id, version FROM incidents
) AS record (type, id, version)
LEFT JOIN (SELECT record_type, record_id, max(version) AS version FROM versions GROUP BY 1, 2) AS latest
    ON latest.record_type = record.type AND latest.record_id = record.id
WHERE latest.version IS DISTINCT FROM record.version
