//! Columnar files by day, and the tabular plans of the studies on one machine or a cluster.
