-- Every record; and every reference of one record to another, with the member that holds it. The rules read from these two.
WITH records (type, id, dataset, external_id, public, state) AS (
    SELECT type, id, dataset, external_id, access = 'public', state
    FROM (
        SELECT 'article', id, dataset, external_id, state FROM articles
        UNION ALL SELECT 'entity', id, dataset, external_id, state FROM entities
        UNION ALL SELECT 'incident', id, dataset, external_id, state FROM incidents
    ) AS record (type, id, dataset, external_id, state)
    JOIN datasets ON slug = dataset
), links (type, id, member, target_type, target) AS (
    SELECT 'article', id, 'publisher', 'entity', publisher_id FROM articles WHERE publisher_id IS NOT NULL
    UNION ALL SELECT 'article', article_id, 'mentions/' || position, 'entity', entity_id FROM mentions
    UNION ALL SELECT 'entity', entity_id, 'relations/' || position || '/entity', 'entity', target_id FROM entity_relations
    UNION ALL SELECT 'entity', entity_id, 'relations/' || position || '/article', 'article', article_id FROM entity_relations WHERE article_id IS NOT NULL
    UNION ALL SELECT 'incident', incident_id, 'participants/' || position || '/entity', 'entity', entity_id FROM participants WHERE entity_id IS NOT NULL
    UNION ALL SELECT 'incident', incident_id, 'participants/' || position || '/article', 'article', article_id FROM participants WHERE article_id IS NOT NULL
    UNION ALL SELECT 'incident', incident_id, 'figures/' || position || '/claimant', 'entity', claimant_id FROM figures WHERE claimant_id IS NOT NULL
    UNION ALL SELECT 'incident', incident_id, 'figures/' || position || '/article', 'article', article_id FROM figures WHERE article_id IS NOT NULL
    UNION ALL SELECT 'incident', incident_id, 'legal_steps/' || position || '/entity', 'entity', entity_id FROM legal_steps
    UNION ALL SELECT 'incident', incident_id, 'legal_steps/' || position || '/authority', 'entity', authority_id FROM legal_steps WHERE authority_id IS NOT NULL
    UNION ALL SELECT 'incident', incident_id, 'legal_steps/' || position || '/article', 'article', article_id FROM legal_steps WHERE article_id IS NOT NULL
    UNION ALL SELECT 'incident', incident_id, 'sources/' || position || '/article', 'article', article_id FROM sources
    UNION ALL SELECT 'incident', incident_id, 'relations/' || position || '/incident', 'incident', target_id FROM incident_relations
)
