SELECT 'incident', id, 'location has the precision ' || place_precision || ' and no ' || CASE
    WHEN country IS NULL THEN 'country'
    WHEN place_precision = 'exact' THEN 'point'
    WHEN place_precision = 'region' THEN 'admin1'
    ELSE 'place' END
FROM incidents
WHERE place_precision <> 'unknown' AND (country IS NULL
    OR (place_precision = 'exact' AND lat IS NULL)
    OR (place_precision IN ('locality', 'settlement', 'district') AND place IS NULL)
    OR (place_precision = 'region' AND admin1 IS NULL))
UNION ALL
SELECT 'incident', id, 'location says where it is, and its precision is unknown'
FROM incidents WHERE place_precision = 'unknown' AND num_nonnulls(country, admin1, place) > 0
