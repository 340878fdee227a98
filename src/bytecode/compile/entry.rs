//! Where runs begin: the task's statements, those of `on failure`, and its tests.

use std::sync::Arc;

use super::lower::Lower;
use super::shared::Shared;
use super::virtual_fn::VirtualFunction;
use crate::bytecode::operand::{Bank, FunctionId};
use crate::bytecode::program::Function;
use crate::check::types::Type;
use crate::syntax::tree::{Block, Header, HeaderPart, Item, NodeId, Test};

/// Writes the task's body as function 0, and what runs when its last attempt has failed. A module's body does nothing.
pub(super) fn task(shared: &mut Shared<'_>) {
    let main = reserve(shared);
    debug_assert_eq!(main.at(), 0, "the body comes first");
    let file = shared.valid.project().file(shared.valid.task());
    let name = file.stem().to_owned();
    shared.program.task.clone_from(&name);
    let body = written(shared, name, |lower| {
        lower.begin_body(&file.tree.items);
        for item in &file.tree.items {
            if let Item::Stmt(stmt) = item {
                lower.stmt(stmt);
            }
        }
    });
    shared.finish(main, body);
    if let Some((error, block)) = file.tree.items.iter().find_map(failure_block) {
        on_failure(shared, error, block);
    }
}

/// Writes the tests of the task's file, in the order in which they stand there.
pub(super) fn tests(shared: &mut Shared<'_>) {
    let file = shared.valid.project().file(shared.valid.task());
    for item in &file.tree.items {
        if let Item::Test(it) = item {
            test(shared, it);
        }
    }
}

fn on_failure<'p>(shared: &mut Shared<'p>, error: NodeId, block: &'p Block) {
    let id = reserve(shared);
    let function = written(shared, "on failure".to_owned(), |lower| {
        let register = lower.builder.param(Bank::Value);
        lower.bind(error, register, Type::Fault);
        lower.block(block);
    });
    shared.finish(id, function);
    shared.program.entries.on_failure = Some(id);
}

fn test<'p>(shared: &mut Shared<'p>, it: &'p Test) {
    let id = reserve(shared);
    let name = it.name.text.to_string();
    let function = written(shared, format!("test \"{name}\""), |lower| {
        lower.begin_test(&it.body);
        lower.block(&it.body);
    });
    shared.finish(id, function);
    shared.program.entries.tests.push((name, id));
}

/// A function without parameters of its own in the task's file, which gives nothing but what kept variables hold.
fn written<'p>(
    shared: &mut Shared<'p>,
    name: String,
    write: impl FnOnce(&mut Lower<'_, 'p>),
) -> VirtualFunction {
    let tables = &shared.valid.checked().file(shared.valid.task()).tables;
    let mut lower = Lower::new(shared, name, tables, Arc::new([]), Type::Nothing);
    write(&mut lower);
    lower.return_nothing();
    lower.builder.finish()
}

fn reserve(shared: &mut Shared<'_>) -> FunctionId {
    let id = FunctionId::new(shared.program.functions.len())
        .expect("a program has fewer than 2^24 functions");
    shared.program.functions.push(Function::default());
    id
}

/// The statements of `on failure`, and the node by which `error` is known there.
fn failure_block(item: &Item) -> Option<(NodeId, &Block)> {
    let Item::Header(Header { id, parts, .. }) = item else { return None };
    let block = parts.iter().find_map(|part| match part {
        HeaderPart::Block(block) => Some(block),
        _ => None,
    });
    block.map(|block| (*id, block))
}
