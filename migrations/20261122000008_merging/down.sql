DROP FUNCTION withdrawn_by(record_type, uuid);
DROP TABLE moved_items;
DROP TABLE merges;
