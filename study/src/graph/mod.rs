//! Graphs in memory: sorted adjacency, ranks, cores and communities.
