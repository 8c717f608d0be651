//! What is preserved, and how others can check it: encryption at rest, bags, captured pages and
//! time stamps, as formats. Where they are kept is the business of `store`.
