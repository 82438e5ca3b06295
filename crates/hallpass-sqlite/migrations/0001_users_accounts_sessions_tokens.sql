-- Times are milliseconds since 1970-01-01T00:00:00Z. Text is compared byte by byte (BINARY, the default collation).
-- WITHOUT ROWID: the primary key is the tree a row lies in, so a read by key is one descent.

CREATE TABLE users (
    id             TEXT NOT NULL PRIMARY KEY,
    name           TEXT,
    email          TEXT UNIQUE,
    email_verified INTEGER,
    image          TEXT,
    created        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    provider            TEXT NOT NULL,
    provider_account_id TEXT NOT NULL,
    user_id             TEXT NOT NULL REFERENCES users (id),
    kind                TEXT NOT NULL,
    secret              TEXT,
    created             INTEGER NOT NULL,
    PRIMARY KEY (provider, provider_account_id)
) STRICT, WITHOUT ROWID;

-- Lists a user's accounts.
CREATE INDEX accounts_of_user ON accounts (user_id);

-- `key` is the SHA-256 of the session token; the token itself is nowhere.
CREATE TABLE sessions (
    key     BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    user_id TEXT NOT NULL REFERENCES users (id),
    created INTEGER NOT NULL,
    renewed INTEGER NOT NULL,
    expires INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Ends all sessions of a user. There is no index on `expires`: it would cost a write at every renewal, to save the
-- hourly sweep a scan.
CREATE INDEX sessions_of_user ON sessions (user_id);

-- `key` is the SHA-256 of the token in the mail.
CREATE TABLE tokens (
    key          BLOB NOT NULL PRIMARY KEY CHECK (length(key) = 32),
    purpose      TEXT NOT NULL,
    identifier   TEXT NOT NULL,
    callback_url TEXT,
    created      INTEGER NOT NULL,
    expires      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Voids the tokens of an address.
CREATE INDEX tokens_of_identifier ON tokens (identifier, purpose);
