-- How many tags the rows of a kind have in a state; written with the rows. There is a count of rows wherever there is a tag.
ALTER TABLE resource_count ADD COLUMN tags INTEGER NOT NULL DEFAULT 0;

UPDATE resource_count SET tags = (
    SELECT count(*) FROM tag WHERE tag.state_id = resource_count.state_id AND tag.kind = resource_count.kind
);
