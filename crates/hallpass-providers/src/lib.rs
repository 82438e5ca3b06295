//! OAuth providers, one entry each.
