//! Coordinated campaigns: what accounts did together, and how much of it chance explains.
