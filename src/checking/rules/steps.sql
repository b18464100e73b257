SELECT 'incident', incident.id, 'legal_steps/' || position || ' is of ' || date || ', outside of the incident''s dates'
FROM legal_steps AS step JOIN incidents AS incident ON incident.id = step.incident_id
WHERE date NOT BETWEEN start_date AND end_date
UNION ALL
SELECT 'incident', incident_id, 'legal_steps/' || position || ' belongs to ' || name || ', which is no person'
FROM legal_steps AS step JOIN entities AS entity ON entity.id = step.entity_id WHERE entity.kind <> 'person'
