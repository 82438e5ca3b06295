-- What providers handed out for accounts, sealed. A table of its own: a refresh is not to rewrite the account, and most
-- accounts have none. `revision` is never used twice, so a write can say which state it replaces.
CREATE TABLE provider_tokens (
    provider            TEXT NOT NULL,
    provider_account_id TEXT NOT NULL,
    revision            TEXT NOT NULL,
    sealed              TEXT NOT NULL,
    busy_until          INTEGER,
    PRIMARY KEY (provider, provider_account_id),
    FOREIGN KEY (provider, provider_account_id) REFERENCES accounts (provider, provider_account_id) ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
