//! The second pass over a file: bodies of functions, tests and the task, in which everything declared is known.

use super::bindings::Stmts;
use super::block::Flow;
use super::checker::{Checker, Want};
use super::declared::Declared;
use super::effects::Owner;
use super::expr::Place;
use super::report;
use super::scope::{FrameKind, FrameResult, LocalKind};
use super::signature::Signature;
use super::types::Type;
use crate::syntax::tree::{
    self, Block, ExprKind, FnBody, Header, HeaderPart, If, Item, Keep, Test,
};

impl<'p> Checker<'p> {
    /// Checks every body of the file.
    pub(super) fn check_bodies(&mut self) {
        for (at, item) in self.items.iter().enumerate() {
            match item {
                Item::Fn(function) => self.fn_body(at, function),
                Item::Table(table) => self.table_body(self.decl(at), table),
                Item::Header(header) => self.failure_body(header),
                Item::Use(_)
                | Item::Const(_)
                | Item::Type(_)
                | Item::Keep(_)
                | Item::Stmt(_)
                | Item::Test(_) => {}
            }
        }
        self.task_body();
        // Tests see what the task keeps.
        for (at, item) in self.items.iter().enumerate() {
            if let Item::Test(test) = item {
                self.test_body(at, test);
            }
        }
    }

    fn fn_body(&mut self, at: usize, function: &'p tree::Fn) {
        let decl = self.decl(at);
        let Declared::Fn(signature) = self.declared(decl) else { return };
        let signature = signature.clone();
        match &function.body {
            FnBody::Block(body) => self.fn_block(function, &signature, body),
            FnBody::Native(_) => self.report(report::flow::no_body(&function.name)),
        }
        self.finish_body(Owner::Fn(decl));
    }

    /// Checks a function's defaults and statements.
    pub(super) fn fn_block(
        &mut self,
        function: &'p tree::Fn,
        signature: &Signature,
        body: &'p Block,
    ) {
        self.type_params.clone_from(&signature.type_params);
        self.defaults(function, signature);
        let stated = function.result.as_ref().map(|ty| ty.span);
        let result = match &signature.result {
            Type::Nothing => FrameResult::Nothing,
            ty => FrameResult::Stated(ty.clone(), stated),
        };
        let mark = self.enter(FrameKind::Fn, result);
        for (param, declared) in function.params.iter().zip(&signature.params) {
            self.declare_param(param, declared.ty.clone());
        }
        match &signature.result {
            Type::Nothing => {
                self.block(body, Want::Nothing);
            }
            ty => self.result_block(function, body, ty),
        }
        self.leave(mark);
        self.type_params.clear();
    }

    /// What parameters are when a call leaves them out; sees no parameters.
    pub(super) fn defaults(&mut self, function: &'p tree::Fn, signature: &Signature) {
        let mark = self.enter(FrameKind::Value, FrameResult::Forbidden);
        for (param, declared) in function.params.iter().zip(&signature.params) {
            if let Some(default) = &param.default {
                let at = param.ty.as_ref().map(|ty| ty.span);
                let place = Place::Stated { name: &param.name.text, at };
                self.check(default, &declared.ty, place);
            }
        }
        self.leave(mark);
    }

    /// A body that gives a value: by `return` everywhere, or as its last expression.
    fn result_block(&mut self, function: &'p tree::Fn, body: &'p Block, wanted: &Type) {
        let stated = function.result.as_ref().map(|ty| ty.span);
        let found = self.block(body, Want::Type(wanted));
        match (found, super::block::tail(body)) {
            (Type::Never | Type::Error, _) => {}
            (Type::Nothing, last) => {
                let when = last.and_then(|it| match &it.kind {
                    ExprKind::If(it) => self.missing_branch(it),
                    _ => None,
                });
                let name = &function.name.text;
                self.report(report::flow::missing_result(body.span, name, when, wanted, stated));
            }
            (found, Some(last)) => self.meet(last, &found, wanted, Place::Result(stated)),
            (_, None) => {}
        }
    }

    /// The text of the condition without which an `if` gives nothing.
    fn missing_branch(&self, it: &If) -> Option<(&'p str, &'static str)> {
        match &it.otherwise {
            None => Some((self.source.slice(it.condition.span), "false")),
            Some(other) => match &other.kind {
                ExprKind::If(inner) => self.missing_branch(inner),
                _ => None,
            },
        }
    }

    fn test_body(&mut self, at: usize, test: &'p Test) {
        self.refuse_second_test(test);
        let mark = self.enter(FrameKind::Test, FrameResult::Nothing);
        self.declare_kept();
        self.block(&test.body, Want::Nothing);
        self.leave(mark);
        self.finish_body(Owner::Test(self.decl(at)));
    }

    /// The statements of `on failure { … }`, which see the error and nothing of the task's.
    fn failure_body(&mut self, header: &'p Header) {
        for part in &header.parts {
            if let HeaderPart::Block(block) = part {
                let mark = self.enter(FrameKind::Task, FrameResult::Nothing);
                self.declare_error(header);
                self.block(block, Want::Nothing);
                self.leave(mark);
                self.finish_body(Owner::Failure(self.file));
            }
        }
    }

    /// `error` is in scope where a run has failed: it is known by the header's node.
    fn declare_error(&mut self, header: &Header) {
        self.set_type(header.id, Type::Fault);
        let name = ecow::EcoString::inline("error");
        let span = header.word.span;
        self.scope.declare(&name, span, header.id, Type::Fault, LocalKind::Error);
    }

    /// The task's own statements and kept variables.
    fn task_body(&mut self) {
        let mark = self.enter(FrameKind::Task, FrameResult::Nothing);
        self.blocks.push(Stmts::Items(self.items));
        let mut flow = Flow::default();
        for item in self.items {
            match item {
                Item::Keep(keep) => self.keep(keep),
                Item::Stmt(stmt) => self.stmt_in_flow(stmt, Want::Nothing, &mut flow),
                Item::Header(_)
                | Item::Use(_)
                | Item::Const(_)
                | Item::Type(_)
                | Item::Table(_)
                | Item::Fn(_)
                | Item::Test(_) => {}
            }
        }
        self.end_flow(flow, Want::Nothing);
        self.blocks.pop();
        self.leave(mark);
        self.finish_body(Owner::Task(self.file));
    }

    /// `keep cursor: int = 0`
    fn keep(&mut self, keep: &'p Keep) {
        let stated = keep.ty.as_ref().map(|written| self.read_type(written));
        let ty = match stated {
            Some(ty) => {
                let at = keep.ty.as_ref().map(|written| written.span);
                self.check(&keep.value, &ty, Place::Stated { name: &keep.name.text, at });
                ty
            }
            None => {
                let found = self.expr(&keep.value, Want::Value);
                self.inferred(&keep.name, &keep.value, found)
            }
        };
        self.must_be_storable(keep, &ty);
        self.set_type(keep.id, ty.clone());
        self.refuse_duplicate(&keep.name);
        self.scope.declare(&keep.name.text, keep.name.span, keep.id, ty, LocalKind::Kept);
    }

    /// What is kept is written down between two runs.
    fn must_be_storable(&mut self, keep: &Keep, ty: &Type) {
        let mut wrong = None;
        ty.has_part(&mut |part| {
            let refused = matches!(part, Type::Fn(_) | Type::Secret | Type::Nothing);
            if refused {
                wrong = Some(part.clone());
            }
            refused
        });
        if let Some(part) = wrong {
            self.report(report::types::not_storable(keep.name.span, &keep.name.text, &part));
        }
    }

    /// Ends a body: what it touches is known now.
    pub(super) fn finish_body(&mut self, owner: Owner) {
        self.end_body();
        let touches = std::mem::take(&mut self.touches);
        self.bodies.push((owner, touches));
        self.facts = super::facts::Facts::default();
    }
}
