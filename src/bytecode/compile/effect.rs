//! What leaves the machine: statements, calls on tables, kept variables.

use ecow::EcoString;

use super::builder::{Ins, Reg};
use super::lower::{Lower, Out};
use super::types::bank;
use super::virtual_fn::Virtual;
use crate::bytecode::operand::Bank;
use crate::bytecode::program::{self, EffectClass, EffectKind, Kept};
use crate::check::checked::{ArgSource, CallPlan, QueryPlan, TableCall};
use crate::check::declared::Declared;
use crate::check::types::{DeclId, Type};
use crate::sql;
use crate::syntax::tree::{Call, Expr, Item, Keep, NodeId};
use crate::syntax::walk::{self, Node};

impl<'p> Lower<'_, 'p> {
    /// A statement's result: of a query, a set-based write, an aggregate of a table, direct SQL.
    pub(super) fn statement_effect(&mut self, id: NodeId, expr: &'p Expr) -> Out {
        let (statement, params, source) = self.statement(id, Node::Expr(expr));
        let class = class_of(&self.shared.program.statements[statement as usize]);
        let types = self.rows_type(expr.id);
        let out = self.effect(EffectKind::Statement { statement, source }, class, types, params);
        let ty = self.ty(expr.id);
        if bank(&ty).is_none() { Out::Nothing } else { self.narrow(out, &ty) }
    }

    /// Begins to read rows; gives the register of the cursor.
    pub(super) fn open_rows(&mut self, id: NodeId) -> Virtual {
        let file = self.shared.valid.project().files().iter();
        let tables = self.tables();
        let tree = file
            .zip(&self.shared.valid.checked().files)
            .find(|(_, checked)| std::ptr::eq(&raw const checked.tables, tables))
            .map(|(file, _)| file.tree.as_ref());
        let node = tree
            .and_then(|tree| walk::find(tree, id))
            .expect("a query stands in the file that it was checked in");
        let (statement, params, source) = self.statement(id, node);
        let types = self.rows_type(id);
        let kind = EffectKind::Open { statement, source };
        let out = self.effect(kind, EffectClass::Observe, types, params);
        let Out::Owned(cursor) = out else {
            unreachable!("an effect's result is in a value register")
        };
        cursor
    }

    /// The statement's place, its parameters' values, and its source.
    fn statement(&mut self, id: NodeId, node: Node<'p>) -> (u32, Vec<Out>, String) {
        let QueryPlan::Sql { statement, params, source } = &self.tables().queries[&id] else {
            unreachable!("only statements are asked for")
        };
        let place = self.shared.statement(statement);
        let values = params
            .iter()
            .map(|param| {
                let expr =
                    find_expr(node, *param).expect("a parameter stands inside its statement");
                Out::Owned(self.take(expr))
            })
            .collect();
        (place, values, self.source_name(source.as_ref()).to_string())
    }

    /// What rows are read into, for records with the right order of fields.
    fn rows_type(&mut self, id: NodeId) -> Vec<Type> {
        let ty = self.ty(id);
        if bank(&ty) == Some(Bank::Value) { vec![ty] } else { Vec::new() }
    }

    /// `Order.insert(…)`
    pub(super) fn table_call(
        &mut self,
        table: DeclId,
        which: TableCall,
        call: &'p Call,
        plan: &'p CallPlan,
        expr: &'p Expr,
    ) -> Out {
        let Declared::Table(info) = self.shared.valid.checked().declared(table) else {
            unreachable!("the checker resolves calls on tables to tables")
        };
        let source = self.source_name(info.source.as_ref());
        let (call_kind, args) = self.table_arguments(which, call, plan);
        let place = self.shared.table(&info.schema);
        let class = match which {
            TableCall::Get | TableCall::Has => EffectClass::Observe,
            _ => EffectClass::Transactional,
        };
        let kind = EffectKind::Table { table: place, call: call_kind, source: source.to_string() };
        let types = vec![self.resolved(&info.row)];
        let out = self.effect(kind, class, types, args);
        let ty = self.ty(expr.id);
        if bank(&ty).is_none() { Out::Nothing } else { self.narrow(out, &ty) }
    }

    /// The arguments of a call on a table in the order of its parameters, null where they are left out.
    fn table_arguments(
        &mut self,
        which: TableCall,
        call: &'p Call,
        plan: &'p CallPlan,
    ) -> (program::TableCall, Vec<Out>) {
        let arg = |source: &ArgSource| match source {
            ArgSource::Arg(at) => Out::Owned(self.take(&call.args[usize::from(*at)].value)),
            ArgSource::Receiver | ArgSource::Default => self.null(),
        };
        let args = plan.args.iter().map(arg).collect();
        let kind = match which {
            TableCall::Get => {
                let column = call.args.first().and_then(|it| it.name.as_ref());
                program::TableCall::Get(column.map(|it| it.text.to_string()))
            }
            TableCall::Has => program::TableCall::Has,
            TableCall::Insert => program::TableCall::Insert,
            TableCall::InsertAll => program::TableCall::InsertAll,
            TableCall::Update => program::TableCall::Update,
            TableCall::Upsert => program::TableCall::Upsert,
            TableCall::Delete => program::TableCall::Delete,
            TableCall::Truncate => program::TableCall::Truncate,
        };
        (kind, args)
    }

    /// The source that is meant: the one that is named, or the task's default.
    pub(super) fn source_name(&self, named: Option<&EcoString>) -> EcoString {
        named.cloned().unwrap_or_else(|| self.shared.default_source())
    }

    /// The beginning of the task's body: it takes what the kept variables hold, null in a first run.
    pub(super) fn begin_body(&mut self, items: &'p [Item]) {
        self.builder.set_result(Bank::Value);
        let kept: Vec<&Keep> = items
            .iter()
            .filter_map(|it| if let Item::Keep(it) = it { Some(it) } else { None })
            .collect();
        let params: Vec<(Reg, Reg)> = kept
            .iter()
            .map(|_| (self.builder.param(Bank::Scalar), self.builder.param(Bank::Value)))
            .collect();
        let registers =
            kept.iter().zip(params).map(|(keep, param)| self.keep(keep, param)).collect();
        self.kept = Some(registers);
    }

    /// Takes whether there is a value of an earlier run, and the value.
    fn keep(&mut self, keep: &'p Keep, param: (Reg, Reg)) -> (Reg, Type) {
        let (Reg::S(given), Reg::V(value)) = param else { unreachable!("asked for one of each") };
        let ty = self.ty(keep.id);
        let descriptor = self.shared.descriptor(&ty);
        self.shared.program.kept.push(Kept { name: keep.name.text.to_string(), ty: descriptor });
        let register = self.register(&ty);
        let (first, end) = (self.builder.label(), self.builder.label());
        self.emit(Ins::JumpUnless { a: given, target: first.0 });
        let held = self.narrow(Out::Owned(value), &ty);
        self.put(held, register);
        self.emit(Ins::Jump { target: end.0 });
        self.builder.place(first);
        self.expr_into(&keep.value, &ty, register);
        self.builder.place(end);
        self.bind(keep.id, register, ty.clone());
        (register, ty)
    }

    /// Leaves the function without a value; the task's body gives what its kept variables hold.
    pub(super) fn return_nothing(&mut self) {
        let Some(kept) = self.kept.clone() else {
            return self.emit(Ins::Return {});
        };
        let values: Vec<Out> = kept
            .iter()
            .map(|(register, ty)| {
                let out = match register {
                    Reg::S(register) => Out::Scalar(*register),
                    Reg::V(register) => Out::Borrowed(*register),
                };
                self.boxed(out, ty)
            })
            .collect();
        let items = self.value_window(&values);
        let a = self.builder.value();
        self.emit(Ins::NewValues { to: a, items });
        self.emit(Ins::ReturnV { a });
    }
}

fn find_expr(node: Node<'_>, id: NodeId) -> Option<&Expr> {
    let mut found = None;
    walk::each_below(node, &mut |it| {
        if let Node::Expr(expr) = it
            && expr.id == id
        {
            found = Some(expr);
        }
    });
    found
}

fn class_of(statement: &sql::Statement) -> EffectClass {
    match statement {
        sql::Statement::Select(_) | sql::Statement::Schema => EffectClass::Observe,
        sql::Statement::Update { .. } | sql::Statement::Delete { .. } => EffectClass::Transactional,
        sql::Statement::Direct(direct) if direct.rows.is_some() => EffectClass::Observe,
        sql::Statement::Direct(_) => EffectClass::Transactional,
    }
}
