//! Text to tree: tokens, parser, tree, formatter. Never fails and does no I/O: a broken text gives a tree with
//! `Error` nodes and diagnostics.

pub mod tree;
