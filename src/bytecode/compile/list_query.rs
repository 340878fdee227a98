//! Queries over lists, in the machine.
//!
//! The rows that the `from`, `join` and `where` clauses leave are kept as one list for each variable, all of one length. What
//! is selected from (rows, or groups of them) is then named by its place: a list of places is filtered, sorted, cut,
//! and read in the end.

use super::builder::{Ins, Reg};
use super::lower::{Lower, Out};
use super::types::{packing, without_null};
use super::virtual_fn::{Label, Virtual};
use crate::bytecode::operand::Bank;
use crate::check::checked::{Aggregate, QueryPlan};
use crate::check::types::Type;
use crate::syntax::tree::{Call, Clause, ClauseKind, Expr, NodeId, Query, SortKey};

/// The rows of the group that is looked at.
#[derive(Clone)]
pub(super) struct Group {
    columns: Vec<Column>,
    /// The places of its rows.
    rows: Virtual,
}

/// A variable of the query with what it is in every row.
#[derive(Clone)]
struct Column {
    binding: NodeId,
    list: Virtual,
    element: Type,
}

/// The clauses of a query, sorted by what they do.
struct Parts<'p> {
    joins: Vec<&'p Clause>,
    filters: Vec<&'p Expr>,
    keys: Option<&'p [Expr]>,
    group_filters: Vec<&'p Expr>,
    sort: &'p [SortKey],
    skip: Option<&'p Expr>,
    take: Option<&'p Expr>,
    select: Option<&'p Expr>,
}

impl<'p> Lower<'_, 'p> {
    /// `from … select …`
    pub(super) fn query(&mut self, query: &'p Query, expr: &'p Expr) -> Out {
        if matches!(self.tables().queries.get(&expr.id), Some(QueryPlan::Sql { .. })) {
            return self.statement_effect(expr.id, expr);
        }
        if query.parallel {
            return self.parallel_query(query, expr);
        }
        let parts = parts(query);
        let Type::List(element) = self.ty(expr.id) else { unreachable!("a query gives a list") };
        let element = self.shared.open(&element);
        Out::Owned(self.selected(query, &parts, &element))
    }

    /// The items of a parallel query: everything but its `select`.
    pub(super) fn parallel_items(&mut self, query: &'p Query, expr: &'p Expr) -> Virtual {
        if matches!(self.tables().queries.get(&expr.id), Some(QueryPlan::Sql { .. })) {
            let out = self.statement_effect(expr.id, expr);
            return self.owned(out, &Type::Json);
        }
        let mut parts = parts(query);
        parts.select = None;
        let element = self.ty(query.item.id);
        self.selected(query, &parts, &element)
    }

    fn selected(&mut self, query: &'p Query, parts: &Parts<'p>, element: &Type) -> Virtual {
        let plain = parts.joins.is_empty() && parts.keys.is_none() && parts.sort.is_empty();
        if plain && parts.skip.is_none() && parts.take.is_none() {
            return self.filtered(query, parts, element);
        }
        let columns = self.columns(query, parts);
        let units = self.units(&columns, parts);
        let order = self.order(&columns, &units, parts);
        let result = self.new_list(element);
        self.each(order, &Type::Int, |lower, _, place, _| {
            let Reg::S(place) = place else { unreachable!("places are ints") };
            lower.bind_unit(&columns, &units, place);
            lower.push_selected(query, parts.select, result, element);
            lower.leave_unit(&units);
        });
        result
    }

    /// One loop, nothing kept between.
    fn filtered(&mut self, query: &'p Query, parts: &Parts<'p>, element: &Type) -> Virtual {
        let source = self.read(&query.source);
        let item_ty = self.ty(query.item.id);
        let result = self.new_list(element);
        self.each(source, &item_ty, |lower, _, item, (next, _)| {
            lower.bind(query.item.id, item, item_ty.clone());
            for filter in &parts.filters {
                lower.jump(filter, false, next);
            }
            lower.push_selected(query, parts.select, result, element);
        });
        result
    }

    fn push_selected(
        &mut self,
        query: &'p Query,
        select: Option<&'p Expr>,
        result: Virtual,
        element: &Type,
    ) {
        match select {
            Some(select) => {
                let out = self.expr(select);
                let given = self.final_ty(select);
                let out = self.coerce(out, &given, element);
                self.push_item(result, out, &given, element);
            }
            None => {
                let super::lower::Local::Register(register, ty) = self.local(query.item.id) else {
                    unreachable!("a query's variable lives in a register")
                };
                let out = match register {
                    Reg::S(register) => Out::Scalar(register),
                    Reg::V(register) => Out::Borrowed(register),
                };
                self.push_item(result, out, &ty, element);
            }
        }
    }

    /// The rows that joins and filters leave.
    fn columns(&mut self, query: &'p Query, parts: &Parts<'p>) -> Vec<Column> {
        let mut columns = vec![self.column(query.item.id)];
        for join in &parts.joins {
            if let ClauseKind::Join { item, .. } = &join.kind {
                columns.push(self.column(item.id));
            }
        }
        let source = self.read(&query.source);
        let element = self.ty(query.item.id);
        self.each(source, &element, |lower, _, item, (next, _)| {
            lower.bind(query.item.id, item, element.clone());
            lower.join(&parts.joins, parts, &columns, next);
        });
        columns
    }

    fn column(&mut self, binding: NodeId) -> Column {
        let element = self.ty(binding);
        Column { binding, list: self.new_list(&element), element }
    }

    /// The loops of the joins that are left, the innermost keeps the row.
    fn join(&mut self, joins: &[&'p Clause], parts: &Parts<'p>, columns: &[Column], next: Label) {
        let Some((clause, inner)) = joins.split_first() else {
            for filter in &parts.filters {
                self.jump(filter, false, next);
            }
            for column in columns {
                let out = self.bound(column.binding);
                self.push_item(column.list, out, &column.element, &column.element);
            }
            return;
        };
        let ClauseKind::Join { left, item, source, on } = &clause.kind else {
            unreachable!("only joins are kept")
        };
        let ty = self.ty(item.id);
        let source_ty = self.final_ty(source);
        let Type::List(of) = self.shared.open(&source_ty) else {
            unreachable!("joins go over lists")
        };
        let of = self.shared.open(&of);
        let list = self.read(source);
        let found = self.builder.scalar();
        self.emit(Ins::LoadInt { to: found, value: 0 });
        self.each(list, &of, |lower, _, element, (other, _)| {
            let out = super::expr::out_of(element);
            let wide = lower.coerce(out, &of, &ty);
            let register = lower.register(&ty);
            lower.put(wide, register);
            lower.bind(item.id, register, ty.clone());
            lower.jump(on, false, other);
            lower.emit(Ins::LoadInt { to: found, value: 1 });
            lower.join(inner, parts, columns, other);
        });
        if *left {
            let done = self.builder.label();
            self.emit(Ins::JumpIf { a: found, target: done.0 });
            let missing = self.builder.value();
            self.emit(Ins::LoadNull { to: missing });
            self.bind(item.id, Reg::V(missing), ty);
            self.join(inner, parts, columns, done);
            self.builder.place(done);
        }
    }

    fn bound(&mut self, binding: NodeId) -> Out {
        match self.local(binding) {
            super::lower::Local::Register(Reg::S(register), _) => Out::Scalar(register),
            super::lower::Local::Register(Reg::V(register), _) => Out::Borrowed(register),
            super::lower::Local::Closure { .. } => {
                unreachable!("a query's variable lives in a register")
            }
        }
    }

    /// What is selected from: rows, or groups of rows.
    fn units(&mut self, columns: &[Column], parts: &Parts<'p>) -> Units {
        let Some(keys) = parts.keys else { return Units::Rows(columns[0].list) };
        let lists: Vec<(Virtual, Type)> = keys
            .iter()
            .map(|key| {
                let ty = self.final_ty(key);
                (self.new_list(&ty), ty)
            })
            .collect();
        let places = self.places(columns[0].list);
        self.each(places, &Type::Int, |lower, _, place, _| {
            let Reg::S(place) = place else { unreachable!("places are ints") };
            lower.bind_row(columns, place);
            for (key, (list, ty)) in keys.iter().zip(&lists) {
                let out = lower.expr(key);
                lower.push_item(*list, out, ty, ty);
            }
        });
        let keys = self.list_of(lists.iter().map(|(list, _)| *list));
        let out = self.native("core.group_rows", &[], vec![Out::Owned(keys)]);
        let Out::Owned(groups) = out else {
            unreachable!("a native's result is in a value register")
        };
        Units::Groups(groups)
    }

    /// The places of what is selected, in their final order.
    fn order(&mut self, columns: &[Column], units: &Units, parts: &Parts<'p>) -> Virtual {
        let (Units::Rows(list) | Units::Groups(list)) = *units;
        let all = self.places(list);
        let kept = self.new_list(&Type::Int);
        let mut keys: Vec<(Virtual, Type)> = Vec::new();
        for key in parts.sort {
            let ty = self.final_ty(&key.key);
            keys.push((self.new_list(&ty), ty));
        }
        self.each(all, &Type::Int, |lower, _, place, (next, _)| {
            let Reg::S(place) = place else { unreachable!("places are ints") };
            lower.bind_unit(columns, units, place);
            for filter in &parts.group_filters {
                lower.jump(filter, false, next);
            }
            for (key, (list, ty)) in parts.sort.iter().zip(&keys) {
                let out = lower.expr(&key.key);
                lower.push_item(*list, out, ty, ty);
            }
            lower.emit(Ins::PushInt { list: kept, a: place });
            lower.leave_unit(units);
        });
        let mut order = kept;
        if !parts.sort.is_empty() {
            let lists = self.list_of(keys.iter().map(|(list, _)| *list));
            let descending = self.flags(parts.sort.iter().map(|key| key.descending));
            let args = vec![Out::Owned(order), Out::Owned(lists), Out::Owned(descending)];
            order = self.native_value("core.sort_places", args);
        }
        for (name, count) in [("list.skip", parts.skip), ("list.take", parts.take)] {
            let Some(count) = count else { continue };
            let n = self.scalar(count);
            let zero = self.builder.scalar();
            self.emit(Ins::LoadInt { to: zero, value: 0 });
            let at_least = self.builder.scalar();
            self.emit(Ins::MaxInt { to: at_least, a: n, b: zero });
            let n = self.boxed(Out::Scalar(at_least), &Type::Int);
            order = self.native_value(name, vec![Out::Owned(order), n]);
        }
        order
    }

    fn native_value(&mut self, name: &str, args: Vec<Out>) -> Virtual {
        let out = self.native(name, &[], args);
        self.owned(out, &Type::Json)
    }

    /// Binds the query's variables to what they are in a row.
    fn bind_row(&mut self, columns: &[Column], place: Virtual) {
        for column in columns {
            let out = self.item(column.list, place, &column.element);
            let register = match out {
                Out::Scalar(register) => Reg::S(register),
                Out::Owned(register) | Out::Borrowed(register) => Reg::V(register),
                Out::Nothing => unreachable!("an element is a value"),
            };
            self.bind(column.binding, register, column.element.clone());
        }
    }

    /// Binds the query's variables to a row, or to the first row of a group.
    fn bind_unit(&mut self, columns: &[Column], units: &Units, place: Virtual) {
        let Units::Groups(groups) = units else { return self.bind_row(columns, place) };
        let rows = self.builder.value();
        self.emit(Ins::Item { to: rows, list: *groups, i: place });
        let (zero, first) = (self.builder.scalar(), self.builder.scalar());
        self.emit(Ins::LoadInt { to: zero, value: 0 });
        self.emit(Ins::ItemInt { to: first, list: rows, i: zero });
        self.bind_row(columns, first);
        self.groups.push(Group { columns: columns.to_vec(), rows });
    }

    fn leave_unit(&mut self, units: &Units) {
        if matches!(units, Units::Groups(_)) {
            self.groups.pop();
        }
    }

    /// `count()`, `sum(o.total)` and so on of the group that is looked at.
    pub(super) fn group_aggregate(
        &mut self,
        which: Aggregate,
        call: &'p Call,
        expr: &'p Expr,
    ) -> Out {
        let group = self.groups.last().cloned().expect("the checker has refused it outside groups");
        let Some(argument) = call.args.first() else {
            let to = self.builder.scalar();
            self.emit(Ins::Length { to, a: group.rows });
            return Out::Scalar(to);
        };
        let is_distinct = argument.name.is_some();
        let argument = &argument.value;
        let ty = self.final_ty(argument);
        let element = without_null(&ty).clone();
        let mut gathered = self.gathered(&group, argument, &ty, &element);
        if is_distinct {
            gathered = self.native_value("list.unique", vec![Out::Owned(gathered)]);
        }
        if which == Aggregate::Count {
            let to = self.builder.scalar();
            self.emit(Ins::Length { to, a: gathered });
            return Out::Scalar(to);
        }
        if which == Aggregate::List {
            return Out::Owned(gathered);
        }
        let out = self.native(&aggregate_name(which, &element), &[], vec![Out::Owned(gathered)]);
        let result = self.ty(expr.id);
        self.narrow(out, &result)
    }

    /// The argument for every row of a group, nulls left out.
    fn gathered(
        &mut self,
        group: &Group,
        argument: &'p Expr,
        ty: &Type,
        element: &Type,
    ) -> Virtual {
        let list = self.new_list(element);
        let outer = self.groups.pop();
        self.each(group.rows, &Type::Int, |lower, _, place, (next, _)| {
            let Reg::S(place) = place else { unreachable!("places are ints") };
            lower.bind_row(&group.columns, place);
            let out = lower.expr(argument);
            if matches!(ty, Type::Optional(_)) {
                let a = lower.readable(out, ty);
                lower.emit(Ins::JumpNull { a, target: next.0 });
            }
            let out = lower.narrow(out, element);
            lower.push_item(list, out, element, element);
        });
        self.groups.extend(outer);
        list
    }

    /// An empty list for elements of this type.
    pub(super) fn new_list(&mut self, element: &Type) -> Virtual {
        use super::types::Packing;
        let to = self.builder.value();
        match packing(element) {
            Packing::Ints => {
                let items = self.builder.window(Bank::Scalar, 0);
                self.emit(Ins::NewInts { to, items });
            }
            Packing::Floats => {
                let items = self.builder.window(Bank::Scalar, 0);
                self.emit(Ins::NewFloats { to, items });
            }
            Packing::Bools => {
                let items = self.builder.window(Bank::Scalar, 0);
                self.emit(Ins::NewBools { to, items });
            }
            Packing::Scalars | Packing::Values => {
                let items = self.builder.window(Bank::Value, 0);
                self.emit(Ins::NewValues { to, items });
            }
        }
        to
    }

    fn list_of(&mut self, lists: impl Iterator<Item = Virtual>) -> Virtual {
        let values: Vec<Out> = lists.map(Out::Owned).collect();
        let items = self.value_window(&values);
        let to = self.builder.value();
        self.emit(Ins::NewValues { to, items });
        to
    }

    fn flags(&mut self, flags: impl Iterator<Item = bool>) -> Virtual {
        let list = self.new_list(&Type::Bool);
        for flag in flags {
            let a = self.builder.scalar();
            self.emit(Ins::LoadInt { to: a, value: i32::from(flag) });
            self.emit(Ins::PushBool { list, a });
        }
        list
    }

    /// The places of a list's elements: 0, 1, 2, …
    fn places(&mut self, list: Virtual) -> Virtual {
        let (zero, count) = (self.builder.scalar(), self.builder.scalar());
        self.emit(Ins::LoadInt { to: zero, value: 0 });
        self.emit(Ins::Length { to: count, a: list });
        let to = self.builder.value();
        self.emit(Ins::Range { to, a: zero, b: count });
        to
    }
}

/// What is selected from, by place.
enum Units {
    /// A list as long as there are rows.
    Rows(Virtual),
    /// A list with the places of each group's rows.
    Groups(Virtual),
}

fn parts(query: &Query) -> Parts<'_> {
    let mut parts = Parts {
        joins: Vec::new(),
        filters: Vec::new(),
        keys: None,
        group_filters: Vec::new(),
        sort: &[],
        skip: None,
        take: None,
        select: None,
    };
    for clause in &query.clauses {
        match &clause.kind {
            ClauseKind::Join { .. } => parts.joins.push(clause),
            ClauseKind::Where(it) if parts.keys.is_some() => parts.group_filters.push(it),
            ClauseKind::Where(it) => parts.filters.push(it),
            ClauseKind::GroupBy(keys) => parts.keys = Some(keys),
            ClauseKind::Sort(keys) => parts.sort = keys,
            ClauseKind::Skip(it) => parts.skip = Some(it),
            ClauseKind::Take(it) => parts.take = Some(it),
            ClauseKind::Select(it) => parts.select = Some(it),
            ClauseKind::Limit(_) => {}
        }
    }
    parts
}

/// The library's function that gathers a list of such elements.
fn aggregate_name(which: Aggregate, element: &Type) -> String {
    let overload = match element {
        Type::Decimal => "#1",
        Type::Float => "#2",
        Type::Duration => "#3",
        _ => "",
    };
    match which {
        Aggregate::Sum => format!("list.sum{overload}"),
        Aggregate::Avg => format!("list.avg{overload}"),
        Aggregate::Max => "list.max".to_owned(),
        _ => "list.min".to_owned(),
    }
}
