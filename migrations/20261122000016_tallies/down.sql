DROP TRIGGER incident_tallies_insert ON incidents;
DROP TRIGGER incident_tallies_update ON incidents;
DROP TRIGGER incident_tallies_delete ON incidents;
DROP FUNCTION fold_incident_tallies(), tally_incidents();
DROP VIEW tallied_incidents;
DROP TABLE incident_tallies;
DROP INDEX incidents_end_date;
