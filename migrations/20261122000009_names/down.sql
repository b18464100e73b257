DROP TABLE entity_names;
DROP EXTENSION pg_trgm;
