//! Statements.

use ecow::EcoString;

use super::builder::{Ins, Reg};
use super::expr::slot;
use super::lower::{Exit, Lower, Out};
use crate::bytecode::program::{EffectClass, EffectKind};
use crate::check::types::Type;
use crate::syntax::tree::{Block, Catch, Expr, Let, LetTarget, Stmt, StmtKind, Try};

impl<'p> Lower<'_, 'p> {
    /// A statement whose value, if it has one, goes nowhere.
    pub(super) fn stmt(&mut self, stmt: &'p Stmt) {
        self.spanned(stmt.span, |lower| lower.stmt_kind(stmt));
    }

    fn stmt_kind(&mut self, stmt: &'p Stmt) {
        match &stmt.kind {
            StmtKind::Error => unreachable!("a valid program has none"),
            StmtKind::Let(it) => self.let_stmt(it),
            StmtKind::Assign(it) => self.assign(it),
            StmtKind::Expr(it) => self.discard(it),
            StmtKind::For(it) => self.for_stmt(it, stmt.id),
            StmtKind::While(condition, body) => self.while_stmt(condition, body),
            StmtKind::Try(it) => self.try_stmt(it),
            StmtKind::Transaction(source, body) => {
                self.transaction(source.as_ref().map(|it| &it.text), body);
            }
            StmtKind::Test(it) => self.test_stmt(it),
        }
    }

    /// Statements in braces; the last expression's value goes into the register, if there is one.
    pub(super) fn block_into(&mut self, block: &'p Block, result: Option<Reg>, ty: &Type) {
        let Some((last, before)) = block.stmts.split_last() else {
            if let Some(result) = result {
                self.put(Out::Nothing, result);
            }
            return;
        };
        for stmt in before {
            self.stmt(stmt);
        }
        match (&last.kind, result) {
            (StmtKind::Expr(value), Some(result)) => {
                self.spanned(last.span, |lower| lower.expr_into(value, ty, result));
            }
            (_, Some(result)) => {
                self.stmt(last);
                self.put(Out::Nothing, result);
            }
            (_, None) => self.stmt(last),
        }
    }

    /// A block for its effect.
    pub(super) fn block(&mut self, block: &'p Block) {
        for stmt in &block.stmts {
            self.stmt(stmt);
        }
    }

    fn let_stmt(&mut self, it: &'p Let) {
        match &it.target {
            LetTarget::Name(binding) => {
                let ty = self.ty(binding.id);
                let register = self.register(&ty);
                self.expr_into(&it.value, &ty, register);
                self.bind(binding.id, register, ty);
            }
            LetTarget::Fields(fields, _) => {
                let base = self.shared.open(&self.final_ty(&it.value));
                let a = self.read(&it.value);
                let Type::Record(record) = base else {
                    unreachable!("the checker takes fields out of records only")
                };
                for field in fields {
                    let ty = self.ty(field.binding.id);
                    let at = slot(record.slot(&field.field.text));
                    let stored = self.shared.open(&record.fields[usize::from(at)].ty);
                    let out = self.get_field(a, at, &stored, &ty);
                    let register = self.register(&ty);
                    self.put(out, register);
                    self.bind(field.binding.id, register, ty);
                }
            }
        }
    }

    fn while_stmt(&mut self, condition: &'p Expr, body: &'p Block) {
        let (again, next, end) = (self.builder.label(), self.builder.label(), self.builder.label());
        self.jump(condition, false, end);
        self.builder.place(again);
        self.exits.push(Exit::Loop { next, end });
        self.block(body);
        self.exits.pop();
        self.builder.place(next);
        // The condition stands at the end once more: one jump a turn.
        self.jump(condition, true, again);
        self.builder.place(end);
    }

    fn try_stmt(&mut self, it: &'p Try) {
        let (start, stop) = (self.builder.label(), self.builder.label());
        let (caught, end) = (self.builder.label(), self.builder.label());
        self.builder.place(start);
        self.tries += 1;
        self.block(&it.body);
        self.tries -= 1;
        self.builder.place(stop);
        self.emit(Ins::Jump { target: end.0 });
        let error = self.builder.value();
        self.builder.handler(start, stop, caught, error);
        self.builder.place(caught);
        let mut taken = false;
        for catch in &it.catches {
            taken |= self.catch(catch, error, end);
        }
        if !taken {
            // Nobody wanted it: it goes on outwards.
            let a = self.builder.value();
            self.emit(Ins::CopyV { to: a, a: error });
            self.emit(Ins::Fail { a });
        }
        self.builder.place(end);
    }

    /// Gives whether it catches everything.
    fn catch(
        &mut self,
        catch: &'p Catch,
        error: super::virtual_fn::Virtual,
        end: super::virtual_fn::Label,
    ) -> bool {
        if let Some(name) = &catch.name {
            self.bind(name.id, Reg::V(error), Type::Fault);
        }
        let next = self.builder.label();
        if let Some(condition) = &catch.condition {
            self.jump(condition, false, next);
        }
        self.block(&catch.body);
        self.emit(Ins::Jump { target: end.0 });
        self.builder.place(next);
        catch.condition.is_none()
    }

    /// All or nothing: committed at the end, rolled back by whatever fails inside.
    fn transaction(&mut self, source: Option<&EcoString>, body: &'p Block) {
        let source = self.source_name(source);
        let class = EffectClass::Transactional;
        self.effect(EffectKind::Begin(source.to_string()), class, Vec::new(), Vec::new());
        let (start, stop) = (self.builder.label(), self.builder.label());
        let (failed, end) = (self.builder.label(), self.builder.label());
        self.builder.place(start);
        self.tries += 1;
        self.exits.push(Exit::Transaction(source.clone()));
        self.block(body);
        self.exits.pop();
        self.effect(EffectKind::Commit(source.to_string()), class, Vec::new(), Vec::new());
        self.tries -= 1;
        self.builder.place(stop);
        self.emit(Ins::Jump { target: end.0 });
        let error = self.builder.value();
        self.builder.handler(start, stop, failed, error);
        self.builder.place(failed);
        self.effect(EffectKind::Rollback(source.to_string()), class, Vec::new(), Vec::new());
        self.emit(Ins::Fail { a: error });
        self.builder.place(end);
    }

    /// What is done on the way out of constructs, down to a depth: readings end, transactions are committed.
    pub(super) fn run_exits(&mut self, depth: usize) {
        // What is done on the way out may itself have exits.
        let exits = self.exits.clone();
        for exit in exits.into_iter().skip(depth).rev() {
            match exit {
                Exit::Loop { .. } | Exit::Inlined => {}
                Exit::Stream(cursor) => {
                    self.effect(
                        EffectKind::Close,
                        EffectClass::Observe,
                        Vec::new(),
                        vec![Out::Borrowed(cursor)],
                    );
                }
                Exit::Transaction(source) => {
                    let kind = EffectKind::Commit(source.to_string());
                    self.effect(kind, EffectClass::Transactional, Vec::new(), Vec::new());
                }
            }
        }
    }

    /// Leaves the function with what a register holds.
    pub(super) fn return_register(&mut self, register: Option<Reg>) {
        match register {
            Some(Reg::S(a)) => self.emit(Ins::ReturnS { a }),
            Some(Reg::V(a)) => self.emit(Ins::ReturnV { a }),
            None => self.return_nothing(),
        }
    }
}
