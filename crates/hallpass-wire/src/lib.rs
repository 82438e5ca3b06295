//! What crosses the wire: paths, JSON bodies, cookie names, error codes.
