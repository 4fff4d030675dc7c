-- What comes with an item and is shown in a pane beside it: an item too, that is listed, planned and counted nowhere.
ALTER TABLE items ADD COLUMN companion_of BIGINT;
ALTER TABLE items ADD COLUMN pane TEXT;
CREATE UNIQUE INDEX items_of_companion ON items (companion_of, pane) WHERE companion_of IS NOT NULL;
