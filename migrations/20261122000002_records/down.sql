DROP TABLE incident_entities, incident_relations, sources, legal_steps, figures, participants, incident_tags, incidents,
    entity_relations, identifiers, aliases, mentions, articles, entities, datasets;
DROP FUNCTION follow_incident();
