//! Blocks and the statements in them.

use super::bindings::Stmts;
use super::checker::{Checker, Want};
use super::declared::Declared;
use super::expr::Place;
use super::facts::Fact;
use super::names::Found;
use super::report;
use super::scope::{FrameKind, LocalId, LocalKind};
use super::types::Type;
use crate::source::Span;
use crate::syntax::tree::{
    Binding, Block, Expr, FieldBinding, Item, Let, LetTarget, Name, Stmt, StmtKind,
};

impl<'p> Checker<'p> {
    /// A block with a scope of its own. Its type is that of its last expression where a value is wanted, and
    /// [`Type::Never`] where its end cannot be reached.
    pub(super) fn block(&mut self, block: &'p Block, want: Want<'_>) -> Type {
        let mark = self.open_scope();
        let ty = self.stmts(&block.stmts, want);
        self.close_scope(mark);
        self.set_type(block.id, ty)
    }

    /// Statements in the scope that we are in.
    pub(super) fn stmts(&mut self, stmts: &'p [Stmt], want: Want<'_>) -> Type {
        self.blocks.push(Stmts::Block(stmts));
        let mut flow = Flow::default();
        for (at, stmt) in stmts.iter().enumerate() {
            let is_last = at + 1 == stmts.len();
            let want = if is_last { want } else { Want::Nothing };
            self.stmt_in_flow(stmt, want, &mut flow);
        }
        self.blocks.pop();
        self.end_flow(flow, want)
    }

    /// A statement that follows others; those behind one that is never left are reported once.
    pub(super) fn stmt_in_flow(&mut self, stmt: &'p Stmt, want: Want<'_>, flow: &mut Flow) {
        let ty = self.stmt(stmt, want);
        flow.unreached = match (flow.end, flow.unreached) {
            (Some(_), None) => Some(stmt.span),
            (_, Some(span)) => Some(span.to(stmt.span)),
            (None, None) => None,
        };
        if ty.is_never() && flow.end.is_none() {
            flow.end = Some(stmt.span);
        }
        flow.last = ty;
    }

    /// What a list of statements comes to.
    pub(super) fn end_flow(&mut self, flow: Flow, want: Want<'_>) -> Type {
        if let (Some(end), Some(unreached)) = (flow.end, flow.unreached) {
            self.report(report::lints::unreachable(unreached, end));
        }
        match (flow.end, want) {
            (Some(_), _) => Type::Never,
            (None, Want::Nothing) => Type::Nothing,
            (None, Want::Value | Want::Type(_)) => flow.last,
        }
    }

    fn stmt(&mut self, stmt: &'p Stmt, want: Want<'_>) -> Type {
        let ty = match &stmt.kind {
            StmtKind::Error => {
                self.saw_error();
                Type::Error
            }
            StmtKind::Let(it) => self.let_stmt(it),
            StmtKind::Assign(it) => self.assign(it),
            StmtKind::Expr(expr) => match want {
                Want::Nothing => self.discard(expr),
                Want::Value | Want::Type(_) => self.expr(expr, want),
            },
            StmtKind::For(it) => self.for_stmt(stmt, it),
            StmtKind::While(condition, body) => self.while_stmt(condition, body),
            StmtKind::Try(it) => self.try_stmt(it),
            StmtKind::Transaction(source, body) => {
                self.transaction(stmt.span, source.as_ref(), body)
            }
            StmtKind::Test(it) => self.test_stmt(stmt, it),
        };
        self.set_type(stmt.id, ty)
    }

    /// An expression for its effect.
    fn discard(&mut self, expr: &'p Expr) -> Type {
        let before = self.act_mark();
        let ty = self.expr(expr, Want::Nothing);
        if self.is_wasted(expr, &ty) && self.act_mark() == before {
            self.report(report::lints::unused_result(expr, &ty));
        }
        if ty.is_never() { Type::Never } else { Type::Nothing }
    }

    fn let_stmt(&mut self, it: &'p Let) -> Type {
        let stated = it.ty.as_ref().map(|written| self.read_type(written));
        let value = match &stated {
            Some(ty) => {
                let name = target_name(&it.target);
                let at = it.ty.as_ref().map(|written| written.span);
                self.check(&it.value, ty, Place::Stated { name, at })
            }
            None => self.expr(&it.value, Want::Value),
        };
        let kind = if it.mutable { LocalKind::Var } else { LocalKind::Let };
        match &it.target {
            LetTarget::Name(binding) => {
                let ty = match &stated {
                    Some(ty) => ty.clone(),
                    None => self.inferred(&binding.name, &it.value, value.clone()),
                };
                let local = self.bind(binding, ty.clone(), kind);
                self.learn_initial(local, &ty, &value);
            }
            LetTarget::Fields(fields, span) => {
                let whole = stated.unwrap_or_else(|| {
                    if self.is_blurred(&it.value) { Type::Error } else { value.clone() }
                });
                self.bind_fields(fields, *span, &it.value, &whole, kind);
            }
        }
        if value.is_never() { Type::Never } else { Type::Nothing }
    }

    /// A variable's type where none is stated: the value's, unless that says too little.
    pub(super) fn inferred(&mut self, name: &Name, value: &Expr, ty: Type) -> Type {
        match ty {
            _ if self.is_blurred(value) => Type::Error,
            Type::Nothing => {
                self.report(report::types::nothing_used(value));
                Type::Error
            }
            Type::Null => {
                self.report(report::types::type_of_null(name));
                Type::Error
            }
            Type::List(ref item) if item.is_never() => {
                self.report(report::types::type_of_empty(name, "[text]"));
                Type::Error
            }
            Type::Map(ref entry) if entry.0.is_never() => {
                self.report(report::types::type_of_empty(name, "[text: int]"));
                Type::Error
            }
            other => other,
        }
    }

    /// A variable of type `T?` that begins with a value is known to have one.
    fn learn_initial(&mut self, local: LocalId, stated: &Type, value: &Type) {
        if matches!(stated, Type::Optional(_)) && is_there(value) {
            let root = self.scope.get(local).node;
            let place = super::facts::Place { root, path: Vec::new() };
            self.facts.learn(Fact { place, ty: stated.without_null().clone() });
        }
    }

    fn bind_fields(
        &mut self,
        fields: &'p [FieldBinding],
        span: Span,
        value: &'p Expr,
        whole: &Type,
        kind: LocalKind,
    ) {
        let record = match self.open(whole) {
            Type::Record(record) => Some(record),
            Type::Error | Type::Never => None,
            Type::Optional(_) => {
                let diagnostic = report::nulls::maybe_null(self, value, whole);
                self.report(diagnostic);
                None
            }
            other => {
                self.report(report::types::no_fields_to_take(span, &other));
                None
            }
        };
        for field in fields {
            let ty = match &record {
                Some(record) => match record.slot(&field.field.text) {
                    Some(slot) => record.fields[slot].ty.clone(),
                    None => self.unknown_field(whole, record, &field.field),
                },
                None => Type::Error,
            };
            self.bind(&field.binding, ty, kind);
        }
    }

    /// Brings a variable into scope whose name must be new in its block.
    pub(super) fn bind(&mut self, binding: &'p Binding, ty: Type, kind: LocalKind) -> LocalId {
        self.refuse_duplicate(&binding.name);
        self.lint_variable_name(&binding.name);
        self.set_type(binding.id, ty.clone());
        let Binding { id, name } = binding;
        self.scope.declare(&name.text, name.span, *id, ty, kind)
    }

    /// Whether what is declared here is the task's own, beside the file's declarations.
    fn is_task_level(&self) -> bool {
        let frame = self.scope.frame();
        frame.is_some_and(|it| it.kind == FrameKind::Task && it.depth == self.block_depth)
    }

    /// This file's declaration of a name.
    pub(super) fn own_declaration(&self, name: &str) -> Option<&'p Item> {
        let decl = self.file_scope()?.own(self.file, name)?;
        self.items.get(decl.item as usize)
    }

    /// What a name in a pattern would hide, if it is a constant's.
    pub(super) fn constant_named(&self, name: &str) -> Option<&'static str> {
        match self.file_scope()?.find(self.file, &self.world.scopes, name) {
            Found::Decl(decl) if matches!(self.declared(decl), Declared::Const(_)) => {
                Some("the constant")
            }
            _ => None,
        }
    }

    /// Reports a name that the block, or for a task the file, has used already.
    pub(super) fn refuse_duplicate(&mut self, name: &Name) {
        if name.text.is_empty() || name.text == "_" {
            return;
        }
        let start = self.scope_start();
        let earlier = self.scope.find(&name.text).filter(|id| *id >= start);
        if let Some(id) = earlier {
            let local = self.scope.get(id);
            let what = match &local.ty {
                Type::Error => "another value".to_owned(),
                ty => ty.with_article(),
            };
            let earlier = local.span;
            self.scope.get_mut(id).is_used = true;
            self.report(report::names::duplicate(self.source, name, &what, earlier));
        } else if self.is_task_level()
            && let Some(first) = self.own_declaration(&name.text)
        {
            self.report(report::names::declared_twice(self.source, name, first));
        }
    }
}

/// What is known of a list of statements so far.
#[derive(Debug)]
pub(super) struct Flow {
    /// The statement that is never left.
    end: Option<Span>,
    /// The statements behind it.
    unreached: Option<Span>,
    /// The type of the last statement.
    last: Type,
}

impl Default for Flow {
    fn default() -> Self {
        Self { end: None, unreached: None, last: Type::Nothing }
    }
}

/// The expression whose value a block gives.
pub(super) fn tail(block: &Block) -> Option<&Expr> {
    match block.stmts.last()?.kind {
        StmtKind::Expr(ref expr) => Some(expr),
        _ => None,
    }
}

/// Whether a value of this type is certainly not null.
pub(super) fn is_there(ty: &Type) -> bool {
    !matches!(
        ty,
        Type::Optional(_) | Type::Null | Type::Json | Type::Error | Type::Never | Type::Nothing
    )
}

fn target_name(target: &LetTarget) -> &str {
    match target {
        LetTarget::Name(binding) => &binding.name.text,
        LetTarget::Fields(..) => "",
    }
}
