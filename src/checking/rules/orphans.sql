SELECT 'entity', entity.id, entity.name || ' is named by no article, incident or other entity'
FROM entities AS entity
WHERE NOT EXISTS (SELECT FROM entity_relations WHERE entity_id = entity.id)
    AND NOT EXISTS (SELECT FROM links WHERE links.target_type = 'entity' AND links.target_id = entity.id)
