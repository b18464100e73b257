SELECT 'incident', incident_id, 'figures/' || position || ' names a claimant and is said to be unattributed'
FROM figures WHERE claimant_class = 'unattributed' AND claimant_id IS NOT NULL
