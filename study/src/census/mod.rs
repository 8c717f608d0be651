//! Census of a network: who is near it, how large it is, and how sure that is.
