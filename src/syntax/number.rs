//! Gives the nodes of a tree their ids.

use super::tree::{File, NodeId};
use super::walk::NodeMut;

/// Numbers all nodes of `file` from 0 on, without gaps, parents before their children and otherwise in source order.
pub fn number(file: &mut File) {
    let mut next = 0;
    for item in &mut file.items {
        assign(NodeMut::of_item(item), &mut next);
    }
    file.node_count = next;
}

fn assign(mut node: NodeMut<'_>, next: &mut u32) {
    *node.id() = NodeId(*next);
    *next += 1;
    node.children(&mut |child| assign(child, next));
}
