DROP FUNCTION number_changes();
DROP TABLE changes, versions, secrets, api_keys;
