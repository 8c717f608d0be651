//! Returns: candidates for a suspended account among new ones.
