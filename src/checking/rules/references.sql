SELECT link.record_type, link.record_id, link.member || ' leads to the ' || link.target_type || ' '
    || coalesce(target.external_id, target.id::text) || ', which is '
    || CASE target.state WHEN 'published' THEN 'in an internal dataset' ELSE target.state END
FROM links AS link
JOIN records AS target ON target.type = link.target_type AND target.id = link.target_id
JOIN records AS record ON record.type = link.record_type AND record.id = link.record_id
WHERE target.state <> 'published' OR (record.public AND NOT target.public)
