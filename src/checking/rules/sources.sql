SELECT 'incident', id, 'has no source' FROM incidents
WHERE NOT EXISTS (SELECT FROM sources WHERE incident_id = incidents.id)
UNION ALL
SELECT 'incident', part.incident_id, part.member || CASE WHEN part.article_id IS NULL
    THEN ' names no article' ELSE ' names an article that is not among the sources' END
FROM (
    SELECT incident_id, 'participants/' || position, article_id FROM participants
    UNION ALL SELECT incident_id, 'figures/' || position, article_id FROM figures
    UNION ALL SELECT incident_id, 'legal_steps/' || position, article_id FROM legal_steps
) AS part (incident_id, member, article_id)
LEFT JOIN sources AS source ON source.incident_id = part.incident_id AND source.article_id = part.article_id
WHERE source.article_id IS NULL
