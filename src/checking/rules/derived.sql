SELECT 'incident', coalesce(stored.incident_id, concerned.incident_id), 'the list of entities that it concerns is not what its parts say'
FROM (
    SELECT incident_entities.incident_id, entity_id FROM incident_entities JOIN incidents ON incidents.id = incident_id
    WHERE incident_entities.dataset = incidents.dataset AND published = (state = 'published')
) AS stored
FULL JOIN (
    SELECT incident_id, entity_id FROM participants WHERE entity_id IS NOT NULL
    UNION SELECT incident_id, claimant_id FROM figures WHERE claimant_id IS NOT NULL
    UNION SELECT incident_id, entity_id FROM legal_steps
) AS concerned USING (incident_id, entity_id)
WHERE stored.incident_id IS NULL OR concerned.incident_id IS NULL
