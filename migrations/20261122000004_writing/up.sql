-- What writing needs: where records refer to one another, answers that are given again, and a log that says when it grows.

CREATE VIEW links (record_type, record_id, member, target_type, target_id) AS
    SELECT 'article', id, 'publisher', 'entity', publisher_id FROM articles WHERE publisher_id IS NOT NULL
    UNION ALL SELECT 'article', article_id, 'mentions/' || position || '/entity', 'entity', entity_id FROM mentions
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
    UNION ALL SELECT 'incident', incident_id, 'relations/' || position || '/incident', 'incident', target_id FROM incident_relations;
COMMENT ON VIEW links IS 'Every reference of one record to another, with the member that holds it.';

CREATE TABLE idempotency_keys (
    key_id uuid NOT NULL CONSTRAINT idempotency_keys_key_fkey REFERENCES api_keys,
    name text NOT NULL CONSTRAINT idempotency_keys_name_length CHECK (char_length(name) BETWEEN 1 AND 200),
    digest bytea NOT NULL CONSTRAINT idempotency_keys_digest_length CHECK (octet_length(digest) = 32),
    at timestamptz NOT NULL DEFAULT now(),
    status smallint NOT NULL CONSTRAINT idempotency_keys_status_success CHECK (status BETWEEN 200 AND 299),
    location text NOT NULL,
    body bytea NOT NULL,
    PRIMARY KEY (key_id, name)
);
CREATE INDEX idempotency_keys_at ON idempotency_keys (at);
COMMENT ON TABLE idempotency_keys IS 'Answers to requests that carried an Idempotency-Key, stored in the transaction of their effect and given again for a day.';
COMMENT ON COLUMN idempotency_keys.key_id IS 'Who sent the request.';
COMMENT ON COLUMN idempotency_keys.name IS 'The Idempotency-Key.';
COMMENT ON COLUMN idempotency_keys.digest IS 'The SHA-256 of path and body: another request under the same key is refused.';
COMMENT ON COLUMN idempotency_keys.at IS 'When it was answered.';
COMMENT ON COLUMN idempotency_keys.status IS 'The status of the answer.';
COMMENT ON COLUMN idempotency_keys.location IS 'Its Location.';
COMMENT ON COLUMN idempotency_keys.body IS 'Its body.';
