DROP TABLE idempotency_keys;
DROP VIEW links;
