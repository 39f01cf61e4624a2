//! Rules of each language, small and at the boundaries.
