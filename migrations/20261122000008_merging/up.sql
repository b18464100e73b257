-- Merges, and what they changed, so that they can be undone.

CREATE TABLE merges (
    record_type record_type NOT NULL,
    merged_id uuid NOT NULL,
    survivor_id uuid NOT NULL,
    PRIMARY KEY (record_type, merged_id)
);
CREATE INDEX merges_survivor ON merges (record_type, survivor_id);
COMMENT ON TABLE merges IS 'The merges that stand.';
COMMENT ON COLUMN merges.record_type IS 'Which resource it is.';
COMMENT ON COLUMN merges.merged_id IS 'The record that was merged.';
COMMENT ON COLUMN merges.survivor_id IS 'The record that it was merged into, which may have been merged itself since.';

CREATE TABLE moved_items (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    holder_type record_type NOT NULL,
    holder_id uuid NOT NULL,
    member text NOT NULL,
    position integer NOT NULL CONSTRAINT moved_items_position_positive CHECK (position >= 0),
    owner_id uuid,
    origin jsonb NOT NULL,
    leads_to text[] NOT NULL,
    current jsonb,
    shared boolean NOT NULL
);
CREATE INDEX moved_items_holder ON moved_items (holder_type, holder_id);
CREATE INDEX moved_items_owner ON moved_items (owner_id) WHERE owner_id IS NOT NULL;
CREATE INDEX moved_items_leads_to ON moved_items USING gin (leads_to);
COMMENT ON TABLE moved_items IS 'The items of records that lead elsewhere than they were written, or that were taken over from a merged record.';
COMMENT ON COLUMN moved_items.id IS 'The order in which they were moved.';
COMMENT ON COLUMN moved_items.holder_type IS 'The resource of the record that holds the item.';
COMMENT ON COLUMN moved_items.holder_id IS 'The record that holds the item.';
COMMENT ON COLUMN moved_items.member IS 'The list or member of that record.';
COMMENT ON COLUMN moved_items.position IS 'The place in the list.';
COMMENT ON COLUMN moved_items.owner_id IS 'The merged record that the item was taken over from; none if it is the own of its holder.';
COMMENT ON COLUMN moved_items.origin IS 'The item as it was before any merge.';
COMMENT ON COLUMN moved_items.leads_to IS 'The ids that it refers to there.';
COMMENT ON COLUMN moved_items.current IS 'The item that stands for it now; none if that would lead to its own record.';
COMMENT ON COLUMN moved_items.shared IS 'Whether that is another item, which says the same.';

CREATE FUNCTION withdrawn_by(of record_type, id uuid) RETURNS integer LANGUAGE sql STABLE AS $$
    SELECT min(version) FROM versions
    WHERE record_type = of AND record_id = id AND version > coalesce((
        SELECT max(version) FROM versions WHERE record_type = of AND record_id = id AND record ->> 'state' <> 'retracted'), 0)
$$;
COMMENT ON FUNCTION withdrawn_by(record_type, uuid) IS 'The version with which a record was withdrawn. Later ones follow merges of what it refers to.';
