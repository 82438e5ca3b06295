//! OAuth 2 and OpenID Connect relying party as values: request out, response in.
