//! Statistics of a world, and that it repeats itself.
