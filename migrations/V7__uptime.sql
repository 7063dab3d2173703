-- The TTL of a sandbox counts the seconds that the server ran without the sandbox being used. `uptime` is how many it has run
-- over this database in all, and last_used_uptime how many those were at the last use.
INSERT INTO counter (name, value) VALUES ('uptime', 0);

ALTER TABLE sandbox ADD COLUMN last_used_uptime INTEGER NOT NULL DEFAULT 0;
