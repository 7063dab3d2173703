-- What is to go wrong in a sandbox, and how often it has. The body is the planned fault as JSON; the place is its turn.
CREATE TABLE planned_fault (
    sandbox_id INTEGER NOT NULL
        CONSTRAINT planned_fault_sandbox_fk REFERENCES sandbox (sandbox_id) ON DELETE CASCADE,
    name       TEXT    NOT NULL,
    place      INTEGER NOT NULL,
    body       TEXT    NOT NULL,
    CONSTRAINT planned_fault_pk PRIMARY KEY (sandbox_id, place),
    CONSTRAINT planned_fault_name_unique UNIQUE (sandbox_id, name)
) STRICT;

-- Those of the sandbox at the time of the checkpoint, as a JSON array of bodies in their order.
ALTER TABLE checkpoint ADD COLUMN planned_faults TEXT NOT NULL DEFAULT '[]';
