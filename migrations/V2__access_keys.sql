-- Keys that behave like those of an account: switched off, temporary, restricted. And the nonces that they have used.

ALTER TABLE access_key ADD COLUMN status TEXT NOT NULL DEFAULT 'Active'
    CONSTRAINT access_key_status CHECK (status IN ('Active', 'Inactive'));
-- A key with one is temporary: requests must carry it.
ALTER TABLE access_key ADD COLUMN security_token TEXT;
ALTER TABLE access_key ADD COLUMN expiration INTEGER
    CONSTRAINT access_key_expiration CHECK (expiration IS NULL OR security_token IS NOT NULL);
-- A JSON array of patterns such as ecs:Describe*; NULL permits everything.
ALTER TABLE access_key ADD COLUMN allowed_actions TEXT;

-- Nonces that must not come again until their expiration, as digests of key id and nonce.
CREATE TABLE nonce (
    expiration INTEGER NOT NULL,
    digest     BLOB    NOT NULL,
    CONSTRAINT nonce_pk PRIMARY KEY (expiration, digest)
) STRICT, WITHOUT ROWID;
