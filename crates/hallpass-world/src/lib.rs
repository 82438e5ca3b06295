//! The real clock, randomness, HTTP client, password hasher and mail.
