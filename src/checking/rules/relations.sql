SELECT 'entity', entity_id, 'relations/' || position || ' is stored at its other end, too'
FROM entity_relations AS relation
WHERE EXISTS (SELECT FROM entity_relations AS other WHERE other.entity_id = relation.target_id
    AND other.target_id = relation.entity_id AND other.relation = relation.relation)
UNION ALL
SELECT 'incident', incident_id, 'relations/' || position || ' is stored at its other end, too'
FROM incident_relations AS relation
WHERE EXISTS (SELECT FROM incident_relations AS other WHERE other.incident_id = relation.target_id
    AND other.target_id = relation.incident_id AND other.relation = relation.relation)
