//! Expressions.

use super::builder::{Ins, Reg};
use super::condition::is_comparison;
use super::lower::{Exit, Local, Lower, Out, Returns};
use super::types::{bank, is_scalar, without_null};
use super::virtual_fn::Virtual;
use crate::bytecode::program::EffectClass;
use crate::bytecode::run_field::RunField;
use crate::check::checked::Resolution;
use crate::check::types::Type;
use crate::syntax::tree::{
    Binary, BinaryOp, Block, Expr, ExprKind, Field, If, NodeId, Range, TryExpr, UnaryOp,
};

impl<'p> Lower<'_, 'p> {
    /// An expression's value, widened to what its place expects.
    pub(super) fn expr(&mut self, expr: &'p Expr) -> Out {
        let out = self.spanned(expr.span, |lower| lower.plain(expr));
        match self.tables().coercions.get(&expr.id) {
            Some(to) => {
                let (from, to) = (self.ty(expr.id), self.resolved(to));
                self.spanned(expr.span, |lower| lower.coerce(out, &from, &to))
            }
            None => out,
        }
    }

    /// An expression's value in a scalar register.
    pub(super) fn scalar(&mut self, expr: &'p Expr) -> Virtual {
        let out = self.expr(expr);
        let ty = self.final_ty(expr);
        self.scalar_of(out, &ty)
    }

    /// An expression's value in a value register that is only read.
    pub(super) fn read(&mut self, expr: &'p Expr) -> Virtual {
        let out = self.expr(expr);
        let ty = self.final_ty(expr);
        self.readable(out, &ty)
    }

    /// An expression's value in a value register that may be moved out of.
    pub(super) fn take(&mut self, expr: &'p Expr) -> Virtual {
        let out = self.expr(expr);
        let ty = self.final_ty(expr);
        self.owned(out, &ty)
    }

    /// Puts an expression's value, as a value of the type, into a register.
    pub(super) fn expr_into(&mut self, expr: &'p Expr, ty: &Type, to: Reg) {
        let out = self.expr(expr);
        let from = self.final_ty(expr);
        if !self.builder.reachable() {
            return;
        }
        let out = self.coerce(out, &from, ty);
        let out = match (to, out) {
            (Reg::V(_), Out::Scalar(_)) => self.boxed(out, &from),
            (Reg::S(_), Out::Owned(_) | Out::Borrowed(_)) => self.narrow(out, ty),
            _ => out,
        };
        self.put(out, to);
    }

    fn plain(&mut self, expr: &'p Expr) -> Out {
        match &expr.kind {
            ExprKind::Error | ExprKind::Size(_) => unreachable!("a valid program has none"),
            ExprKind::Int(_) | ExprKind::Decimal(_) | ExprKind::Float(_) => {
                self.number(expr, false)
            }
            ExprKind::Text(text) => self.text(text),
            ExprKind::Duration(micros) => self.int(*micros),
            ExprKind::Time(_) | ExprKind::Date(_) => {
                let instant = self.tables().instants[&expr.id];
                self.int(instant)
            }
            ExprKind::Bool(value) => self.int(i64::from(*value)),
            ExprKind::Null => self.null(),
            ExprKind::Name(_) => self.name(expr.id),
            ExprKind::List(items) => self.list(expr, items),
            ExprKind::Map(entries) => self.map(entries),
            ExprKind::Record(parts) => self.record(expr, parts),
            ExprKind::Unary(op, inner) => self.unary(*op, inner, expr),
            ExprKind::Binary(binary) => self.binary(binary, expr),
            ExprKind::Range(range) => self.range(range),
            ExprKind::Call(call) => self.call(call, expr),
            ExprKind::Field(field) => self.field(field, expr),
            ExprKind::Index(base, index) => self.index(base, index),
            ExprKind::As(inner, _) => self.decode(inner, expr),
            ExprKind::If(it) => self.if_expr(it, expr),
            ExprKind::Match(it) => self.match_expr(it, expr),
            ExprKind::Block(block) => self.block_expr(block, expr),
            ExprKind::Closure(closure) => self.closure(closure, expr),
            ExprKind::Fail(inner) => self.fail(inner),
            ExprKind::Try(it) => self.try_expr(it, expr),
            ExprKind::Return(value) => self.return_expr(value.as_deref()),
            ExprKind::Break => self.leave_loop(true),
            ExprKind::Continue => self.leave_loop(false),
            ExprKind::Query(query) => self.query(query, expr),
            ExprKind::Update(_) | ExprKind::Delete(_) => self.statement_effect(expr.id, expr),
        }
    }

    fn name(&mut self, id: NodeId) -> Out {
        match &self.tables().names[&id] {
            Resolution::Local(binding) | Resolution::Kept(binding) => self.variable(*binding, id),
            Resolution::Const(decl) => self.constant(*decl),
            Resolution::Fn(_) | Resolution::Library(_) => self.function_value(id),
            Resolution::Run(field) => self.run_field(field, id),
            Resolution::Setting { module, name } => self.setting(module, name, id),
            Resolution::Table(_) | Resolution::Module(_) | Resolution::Source(_) => {
                unreachable!("tables, modules and sources are no values")
            }
        }
    }

    /// A variable's value, at the type that is known here: narrowed where a test for null stands before.
    pub(super) fn variable(&mut self, binding: NodeId, at: NodeId) -> Out {
        let (register, declared) = match self.local(binding) {
            Local::Register(register, ty) => (register, ty),
            Local::Closure { closure, id, context } => {
                return self.back_in(context, |lower| lower.closure_value(closure, id));
            }
        };
        let ty = self.ty(at);
        match register {
            Reg::S(register) => Out::Scalar(register),
            Reg::V(register) if is_scalar(&ty) && !is_scalar(&declared) => {
                self.narrow(Out::Borrowed(register), &ty)
            }
            Reg::V(register) => Out::Borrowed(register),
        }
    }

    fn run_field(&mut self, field: &str, id: NodeId) -> Out {
        let field = RunField::named(field).expect("the checker knows the fields of a run");
        let to = self.builder.value();
        self.emit(Ins::RunField { to, field: field.number() });
        let ty = self.ty(id);
        self.narrow(Out::Owned(to), &ty)
    }

    fn unary(&mut self, op: UnaryOp, inner: &'p Expr, expr: &'p Expr) -> Out {
        match (op, &inner.kind) {
            (UnaryOp::Not, _) => {
                let (a, to) = (self.scalar(inner), self.builder.scalar());
                self.emit(Ins::Not { to, a });
                Out::Scalar(to)
            }
            (UnaryOp::Negate, ExprKind::Int(_) | ExprKind::Decimal(_) | ExprKind::Float(_))
                if !self.tables().coercions.contains_key(&inner.id) =>
            {
                self.number(inner, true)
            }
            (UnaryOp::Negate, _) => match self.ty(expr.id) {
                Type::Decimal => {
                    let (a, to) = (self.read(inner), self.builder.value());
                    self.emit(Ins::NegDecimal { to, a });
                    Out::Owned(to)
                }
                ty => {
                    let (a, to) = (self.scalar(inner), self.builder.scalar());
                    self.emit(if ty == Type::Float {
                        Ins::NegFloat { to, a }
                    } else {
                        Ins::NegInt { to, a }
                    });
                    Out::Scalar(to)
                }
            },
        }
    }

    fn binary(&mut self, binary: &'p Binary, expr: &'p Expr) -> Out {
        match binary.op {
            BinaryOp::Default => self.default(binary, expr),
            BinaryOp::And | BinaryOp::Or => self.truth(expr),
            BinaryOp::In => self.contains(binary),
            op if is_comparison(op) => self.comparison(binary, expr),
            _ => self.arithmetic(binary, expr),
        }
    }

    /// A condition as a `bool`.
    pub(super) fn truth(&mut self, condition: &'p Expr) -> Out {
        let to = self.builder.scalar();
        let end = self.builder.label();
        let no = self.builder.label();
        self.jump(condition, false, no);
        self.emit(Ins::LoadInt { to, value: 1 });
        self.emit(Ins::Jump { target: end.0 });
        self.builder.place(no);
        self.emit(Ins::LoadInt { to, value: 0 });
        self.builder.place(end);
        Out::Scalar(to)
    }

    /// `a ?? b`
    fn default(&mut self, binary: &'p Binary, expr: &'p Expr) -> Out {
        let ty = self.ty(expr.id);
        let left_ty = self.final_ty(&binary.left);
        let result = self.register(&ty);
        let (end, missing) = (self.builder.label(), self.builder.label());
        let left = self.expr(&binary.left);
        if !is_scalar(&left_ty) {
            let a = self.readable(left, &left_ty);
            self.emit(Ins::JumpNull { a, target: missing.0 });
        }
        let present = without_null(&left_ty).clone();
        let value = self.narrow(left, &present);
        let value = self.coerce(value, &present, &ty);
        let value = if matches!(result, Reg::V(_)) { self.boxed(value, &present) } else { value };
        self.put(value, result);
        self.emit(Ins::Jump { target: end.0 });
        self.builder.place(missing);
        self.expr_into(&binary.right, &ty, result);
        self.builder.place(end);
        out_of(result)
    }

    fn comparison(&mut self, binary: &'p Binary, expr: &'p Expr) -> Out {
        let null = |it: &Expr| matches!(it.kind, ExprKind::Null);
        if null(&binary.left) || null(&binary.right) {
            return self.truth(expr);
        }
        let ty = self.final_ty(&binary.left);
        let to = self.builder.scalar();
        if is_scalar(&ty) && is_scalar(&self.final_ty(&binary.right)) {
            let left = self.scalar_before(&binary.left, &binary.right);
            let right = self.scalar(&binary.right);
            let (op, a, b) = ordered(binary.op, left, right);
            self.emit(match (op, ty == Type::Float) {
                (BinaryOp::Equal, false) => Ins::EqualInt { to, a, b },
                (BinaryOp::NotEqual, false) => Ins::UnequalInt { to, a, b },
                (BinaryOp::Less, false) => Ins::LessInt { to, a, b },
                (_, false) => Ins::AtMostInt { to, a, b },
                (BinaryOp::Equal, true) => Ins::EqualFloat { to, a, b },
                (BinaryOp::NotEqual, true) => Ins::UnequalFloat { to, a, b },
                (BinaryOp::Less, true) => Ins::LessFloat { to, a, b },
                (_, true) => Ins::AtMostFloat { to, a, b },
            });
        } else {
            let left = self.read_before(&binary.left, &binary.right);
            let right = self.read(&binary.right);
            let (op, a, b) = ordered(binary.op, left, right);
            self.emit(match op {
                BinaryOp::Equal => Ins::Equal { to, a, b },
                BinaryOp::NotEqual => Ins::Unequal { to, a, b },
                BinaryOp::Less => Ins::Less { to, a, b },
                _ => Ins::AtMost { to, a, b },
            });
        }
        Out::Scalar(to)
    }

    /// `a in b`
    fn contains(&mut self, binary: &'p Binary) -> Out {
        let to = self.builder.scalar();
        if let ExprKind::Range(range) = &binary.right.kind
            && let (Some(from), Some(until)) = (&range.from, &range.to)
        {
            let a = self.scalar_before(&binary.left, &binary.right);
            let from = self.scalar_before(from, until);
            let until = self.scalar(until);
            let above = self.builder.scalar();
            self.emit(Ins::AtMostInt { to: above, a: from, b: a });
            let below = self.builder.scalar();
            let end = Ins::LessInt { to: below, a, b: until };
            self.emit(if range.inclusive {
                Ins::AtMostInt { to: below, a, b: until }
            } else {
                end
            });
            self.emit(Ins::BitAnd { to, a: above, b: below });
            return Out::Scalar(to);
        }
        let right_ty = self.final_ty(&binary.right);
        let a = self.read_before(&binary.left, &binary.right);
        let b = self.read(&binary.right);
        match right_ty {
            Type::Text | Type::Union(_) => {
                let args = vec![Out::Borrowed(b), Out::Borrowed(a)];
                let found = self.native("core.text_contains", &[], args);
                let scalar = self.scalar_of(found, &Type::Bool);
                return Out::Scalar(scalar);
            }
            Type::Map(_) => self.emit(Ins::HasKey { to, map: b, key: a }),
            _ => self.emit(Ins::Contains { to, list: b, a }),
        }
        Out::Scalar(to)
    }

    fn range(&mut self, range: &'p Range) -> Out {
        let (Some(from), Some(until)) = (&range.from, &range.to) else {
            unreachable!("open ranges stand in an index only")
        };
        let a = self.scalar_before(from, until);
        let b = self.range_end(until, range.inclusive);
        let to = self.builder.value();
        self.emit(Ins::Range { to, a, b });
        Out::Owned(to)
    }

    /// The end of a range that is left out.
    pub(super) fn range_end(&mut self, end: &'p Expr, inclusive: bool) -> Virtual {
        let end = self.scalar(end);
        if !inclusive {
            return end;
        }
        let to = self.builder.scalar();
        self.emit(Ins::AddImm { to, a: end, value: 1 });
        to
    }

    fn field(&mut self, field: &'p Field, expr: &'p Expr) -> Out {
        if self.tables().names.contains_key(&expr.id) {
            return self.name(expr.id);
        }
        let base_ty = self.final_ty(&field.base);
        let a = self.read(&field.base);
        if !field.optional || !matches!(base_ty, Type::Optional(_)) {
            return self.field_of(a, without_null(&base_ty), &field.name.text, expr.id);
        }
        let result = self.builder.value();
        let end = self.builder.label();
        self.emit(Ins::LoadNull { to: result });
        self.emit(Ins::JumpNull { a, target: end.0 });
        let inner = self.shared.open(without_null(&base_ty));
        let out = self.field_value(a, &inner, &field.name.text);
        self.put(out, Reg::V(result));
        self.builder.place(end);
        Out::Owned(result)
    }

    /// A field of what is in a register, at the type that is known here.
    fn field_of(&mut self, a: Virtual, base: &Type, name: &str, id: NodeId) -> Out {
        let base = self.shared.open(base);
        if let Type::Record(record) = &base {
            let slot = slot(record.slot(name));
            let stored = self.shared.open(&record.fields[usize::from(slot)].ty);
            return self.get_field(a, slot, &stored, &self.ty(id));
        }
        self.field_value(a, &base, name)
    }

    /// Reads a slot that holds `stored`, as the type that is known of it here.
    pub(super) fn get_field(&mut self, a: Virtual, slot: u16, stored: &Type, known: &Type) -> Out {
        if is_scalar(known) {
            let to = self.builder.scalar();
            self.emit(match known {
                Type::Int if *stored == Type::Int => Ins::GetFieldInt { to, a, slot },
                Type::Float if *stored == Type::Float => Ins::GetFieldFloat { to, a, slot },
                _ => Ins::GetFieldScalar { to, a, slot },
            });
            return Out::Scalar(to);
        }
        let to = self.builder.value();
        self.emit(Ins::GetField { to, a, slot });
        Out::Owned(to)
    }

    /// A field in a value register.
    fn field_value(&mut self, a: Virtual, base: &Type, name: &str) -> Out {
        let to = self.builder.value();
        let record = match base {
            Type::Record(record) => slot(record.slot(name)),
            Type::Fault => {
                FAULT_FIELDS.iter().position(|it| *it == name).map_or(0, |it| slot(Some(it)))
            }
            _ => {
                let constant = self.shared.text(name);
                let key = self.builder.value();
                self.emit(Ins::LoadConstant { to: key, constant });
                self.emit(Ins::JsonField { to, a, key });
                return Out::Owned(to);
            }
        };
        self.emit(Ins::GetField { to, a, slot: record });
        Out::Owned(to)
    }

    fn index(&mut self, base: &'p Expr, index: &'p Expr) -> Out {
        let base_ty = self.shared.open(&self.final_ty(base));
        if let ExprKind::Range(range) = &index.kind {
            return self.slice(base, range);
        }
        match &base_ty {
            Type::List(of) => {
                let list = self.read_before(base, index);
                let i = self.scalar(index);
                let element = self.shared.open(of);
                self.item(list, i, &element)
            }
            Type::Map(_) => {
                let map = self.read_before(base, index);
                let key = self.read(index);
                let to = self.builder.value();
                self.emit(Ins::GetKey { to, map, key });
                Out::Owned(to)
            }
            Type::Json if self.final_ty(index) != Type::Int => {
                let a = self.read_before(base, index);
                let key = self.read(index);
                let to = self.builder.value();
                self.emit(Ins::JsonField { to, a, key });
                Out::Owned(to)
            }
            Type::Json => {
                let a = self.read_before(base, index);
                let i = self.scalar(index);
                let to = self.builder.value();
                self.emit(Ins::JsonItem { to, a, i });
                Out::Owned(to)
            }
            _ => {
                let (a, i) = (self.read_before(base, index), self.read(index));
                let out = self.native("core.item", &[], vec![Out::Borrowed(a), Out::Borrowed(i)]);
                self.narrow(out, &if base_ty == Type::Bytes { Type::Int } else { Type::Text })
            }
        }
    }

    /// An element of a list.
    pub(super) fn item(&mut self, list: Virtual, i: Virtual, element: &Type) -> Out {
        use super::types::{Packing, packing};
        let packing = packing(element);
        if packing == Packing::Values {
            let to = self.builder.value();
            self.emit(Ins::Item { to, list, i });
            return Out::Owned(to);
        }
        let to = self.builder.scalar();
        self.emit(match packing {
            Packing::Ints => Ins::ItemInt { to, list, i },
            Packing::Floats => Ins::ItemFloat { to, list, i },
            Packing::Bools => Ins::ItemBool { to, list, i },
            Packing::Scalars | Packing::Values => Ins::ItemScalar { to, list, i },
        });
        Out::Scalar(to)
    }

    /// `t[a..b]`: null stands for an end that is not given.
    fn slice(&mut self, base: &'p Expr, range: &'p Range) -> Out {
        let (from, until) = (range.from.as_ref(), range.to.as_ref());
        let a = self.expr(base);
        let a = self.before(a, base, from.into_iter().chain(until));
        let a = self.readable(a, &self.final_ty(base));
        let from = match (from, until) {
            (Some(from), Some(until)) => Out::Borrowed(self.read_before(from, until)),
            (Some(from), None) => Out::Borrowed(self.read(from)),
            (None, _) => self.null(),
        };
        let until = match until {
            Some(to) => Out::Borrowed(self.read(to)),
            None => self.null(),
        };
        let inclusive = self.int(i64::from(range.inclusive));
        let inclusive = self.boxed(inclusive, &Type::Bool);
        self.native("core.slice", &[], vec![Out::Borrowed(a), from, until, inclusive])
    }

    /// `x as T`
    fn decode(&mut self, inner: &'p Expr, expr: &'p Expr) -> Out {
        let ty = self.ty(expr.id);
        let value = self.expr(inner);
        let value = self.boxed(value, &self.final_ty(inner));
        let out = self.native("core.decode", std::slice::from_ref(&ty), vec![value]);
        self.narrow(out, &ty)
    }

    fn if_expr(&mut self, it: &'p If, expr: &'p Expr) -> Out {
        let ty = self.ty(expr.id);
        let result = bank(&ty).map(|bank| self.builder.register(bank));
        let (end, otherwise) = (self.builder.label(), self.builder.label());
        self.jump(&it.condition, false, otherwise);
        self.block_into(&it.then, result, &ty);
        if let Some(other) = &it.otherwise {
            self.emit(Ins::Jump { target: end.0 });
            self.builder.place(otherwise);
            self.branch_into(other, result, &ty);
        } else {
            self.builder.place(otherwise);
        }
        self.builder.place(end);
        result.map_or(Out::Nothing, out_of)
    }

    /// A branch of an `if` or `match`: its value goes into the register, if there is one.
    pub(super) fn branch_into(&mut self, branch: &'p Expr, result: Option<Reg>, ty: &Type) {
        match (&branch.kind, result) {
            (ExprKind::Block(block), _) => self.block_into(block, result, ty),
            (_, Some(register)) => self.expr_into(branch, ty, register),
            (_, None) => self.discard(branch),
        }
    }

    fn block_expr(&mut self, block: &'p Block, expr: &'p Expr) -> Out {
        let ty = self.ty(expr.id);
        let result = bank(&ty).map(|bank| self.builder.register(bank));
        self.block_into(block, result, &ty);
        result.map_or(Out::Nothing, out_of)
    }

    /// `fail e`
    fn fail(&mut self, inner: &'p Expr) -> Out {
        let ty = self.final_ty(inner);
        match ty {
            Type::Text | Type::Union(_) => {
                let message = self.read(inner);
                self.emit(Ins::FailWith { message });
            }
            _ => {
                let value = self.expr(inner);
                let value = self.boxed(value, &ty);
                let error = self.native("core.error", &[], vec![value]);
                let a = self.owned(error, &Type::Fault);
                self.emit(Ins::Fail { a });
            }
        }
        Out::Nothing
    }

    /// `try e else f`
    fn try_expr(&mut self, it: &'p TryExpr, expr: &'p Expr) -> Out {
        let ty = self.ty(expr.id);
        let result = bank(&ty).map(|bank| self.builder.register(bank));
        let (start, stop) = (self.builder.label(), self.builder.label());
        let (caught, end) = (self.builder.label(), self.builder.label());
        self.builder.place(start);
        self.tries += 1;
        self.branch_into(&it.body, result, &ty);
        self.tries -= 1;
        self.builder.place(stop);
        self.emit(Ins::Jump { target: end.0 });
        let error = self.builder.value();
        self.builder.handler(start, stop, caught, error);
        self.builder.place(caught);
        if let Some(name) = &it.name {
            self.bind(name.id, Reg::V(error), Type::Fault);
        }
        self.branch_into(&it.fallback, result, &ty);
        self.builder.place(end);
        result.map_or(Out::Nothing, out_of)
    }

    fn return_expr(&mut self, value: Option<&'p Expr>) -> Out {
        match self.context_returns() {
            Returns::Function(ty) => {
                let out = value.map(|value| {
                    let result = self.register(&ty);
                    if bank(&ty).is_some() {
                        self.expr_into(value, &ty, result);
                    } else {
                        self.discard(value);
                    }
                    result
                });
                self.run_exits(0);
                match out.filter(|_| bank(&ty).is_some()) {
                    Some(Reg::S(a)) => self.emit(Ins::ReturnS { a }),
                    Some(Reg::V(a)) => self.emit(Ins::ReturnV { a }),
                    None => self.return_nothing(),
                }
            }
            Returns::Inlined { end, result, ty, exits } => {
                match (value, result) {
                    (Some(value), Some(result)) => self.expr_into(value, &ty, result),
                    (Some(value), None) => self.discard(value),
                    (None, _) => {}
                }
                self.run_exits(exits);
                self.emit(Ins::Jump { target: end.0 });
            }
        }
        Out::Nothing
    }

    /// Where `return` goes here: closures that are written in place have their own end.
    fn context_returns(&self) -> Returns {
        self.context().returns.clone()
    }

    fn leave_loop(&mut self, broken: bool) -> Out {
        let at = self.exits.iter().rposition(|it| matches!(it, Exit::Loop { .. }));
        let at = at.expect("the checker has refused it outside loops");
        let Exit::Loop { next, end } = self.exits[at] else { unreachable!("found as a loop") };
        self.run_exits(at + 1);
        self.emit(Ins::Jump { target: if broken { end.0 } else { next.0 } });
        Out::Nothing
    }

    /// Evaluates for the effect alone.
    pub(super) fn discard(&mut self, expr: &'p Expr) {
        let _ = self.expr(expr);
    }

    /// `env.NAME` and `secret.NAME`
    fn setting(&mut self, module: &str, name: &str, id: NodeId) -> Out {
        let name = self.load_text(name);
        let ty = self.ty(id);
        // A secret is read anew after a restart, and never written down.
        let class = if module == "secret" { EffectClass::Plain } else { EffectClass::Observe };
        let out = self.native_effect(&format!("{module}._get"), class, &[], vec![name]);
        self.narrow(out, &ty)
    }
}

/// The fields of an error, by slot.
pub(super) const FAULT_FIELDS: [&str; 4] = ["at", "code", "data", "message"];

/// What a register holds that nobody else needs.
pub(super) fn out_of(register: Reg) -> Out {
    match register {
        Reg::S(register) => Out::Scalar(register),
        Reg::V(register) => Out::Owned(register),
    }
}

/// The comparison with "above" turned into "below".
fn ordered(op: BinaryOp, left: Virtual, right: Virtual) -> (BinaryOp, Virtual, Virtual) {
    match op {
        BinaryOp::Greater => (BinaryOp::Less, right, left),
        BinaryOp::GreaterEqual => (BinaryOp::LessEqual, right, left),
        other => (other, left, right),
    }
}

/// A slot as instructions name it.
pub(super) fn slot(slot: Option<usize>) -> u16 {
    let slot = slot.expect("the checker knows the fields of a record");
    u16::try_from(slot).expect("records have fewer than 2^16 fields")
}
