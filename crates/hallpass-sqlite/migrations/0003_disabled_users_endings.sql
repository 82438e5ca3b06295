-- Since when a user cannot sign in; NULL for everybody who can.
ALTER TABLE users ADD COLUMN disabled INTEGER;

-- Lists users, oldest first. Users are made seldom, so the index costs little.
CREATE INDEX users_by_age ON users (created, id);

-- Sessions that ended before their time, for processes that read sessions from cookies alone. AUTOINCREMENT: a number
-- that a sweep took away is never given again, so whoever remembers one knows what they have seen.
CREATE TABLE endings (
    number INTEGER PRIMARY KEY AUTOINCREMENT,
    key    BLOB NOT NULL CHECK (length(key) = 32),
    until  INTEGER NOT NULL
) STRICT;
