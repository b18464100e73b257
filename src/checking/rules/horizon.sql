SELECT 'incident', incident.id, 'begins on ' || start_date || ', after the last of its sources was published'
FROM incidents AS incident
JOIN sources AS source ON source.incident_id = incident.id
JOIN articles AS article ON article.id = source.article_id
GROUP BY incident.id
HAVING bool_and(published_until IS NOT NULL) AND start_date > max(published_until)
UNION ALL
SELECT 'incident', step.incident_id, 'legal_steps/' || step.position || ' is of ' || step.date || ', after its article was published'
FROM legal_steps AS step JOIN articles AS article ON article.id = step.article_id WHERE step.date > published_until
UNION ALL
SELECT 'incident', id, 'lies outside of the time that its dataset covers'
FROM incidents JOIN datasets ON slug = dataset
WHERE start_date < covers_from OR end_date > covers_to
