//! What is selected: the columns of the result, and how they make up its values.

use super::{Lower, Var};
use crate::check::checked::{Aggregate, Target};
use crate::check::report::queries as say;
use crate::check::types::Type;
use crate::sql::{self, Output, RowShape};
use crate::syntax::tree::{Expr, ExprKind, NodeId, RecordPart};

/// The columns of a result.
#[derive(Debug, Default)]
pub(in crate::check::query) struct Outputs {
    pub(in crate::check::query) list: Vec<Output>,
}

impl Outputs {
    /// Adds a column and gives its place.
    pub(in crate::check::query) fn add(&mut self, value: sql::Expr) -> u32 {
        let at = u32::try_from(self.list.len()).unwrap_or(u32::MAX);
        let (kind, nullable) = (value.kind, value.nullable);
        let name = format!("c{at}");
        self.list.push(Output { name, value: Some(value), kind, nullable, gathered: false });
        at
    }

    fn find_or_add(&mut self, value: sql::Expr) -> u32 {
        let found = self.list.iter().position(|it| it.value.as_ref() == Some(&value));
        found.and_then(|at| u32::try_from(at).ok()).unwrap_or_else(|| self.add(value))
    }

    /// Adds the columns of a part of a row; `may_miss` where all of them may be null.
    pub(super) fn copy(&mut self, var: &Var, shape: &RowShape, may_miss: bool) -> RowShape {
        let column = |it: &mut Self, at: u32| {
            let Some(value) = var.column(at) else { return 0 };
            let value = sql::Expr { nullable: value.nullable || may_miss, ..value };
            let gathered = var.columns.get(at as usize).is_some_and(|it| it.gathered);
            let added = it.add(value);
            if let Some(output) = it.list.last_mut() {
                output.gathered = gathered;
            }
            added
        };
        let fields = |it: &mut Self, fields: &[(String, RowShape)], may_miss: bool| {
            let copied =
                fields.iter().map(|(name, part)| (name.clone(), it.copy(var, part, may_miss)));
            copied.collect()
        };
        match shape {
            RowShape::Column(at) => RowShape::Column(column(self, *at)),
            RowShape::Record(parts) => RowShape::Record(fields(self, parts, may_miss)),
            RowShape::OptionalRecord(witness, parts) => {
                let witness = column(self, *witness);
                RowShape::OptionalRecord(witness, fields(self, parts, true))
            }
            RowShape::Object => RowShape::Object,
        }
    }
}

impl<'p> Lower<'_, 'p> {
    /// The whole row of a variable.
    pub(in crate::check::query) fn whole_row(
        &mut self,
        node: NodeId,
        outputs: &mut Outputs,
    ) -> Option<RowShape> {
        let var = self.var(node)?.clone();
        Some(whole(&var, &var.shape, var.is_optional, outputs))
    }

    /// The rows of a variable that is not named by the program.
    pub(in crate::check::query) fn row_of(var: &Var, outputs: &mut Outputs) -> RowShape {
        whole(var, &var.shape, var.is_optional, outputs)
    }

    /// What an expression selects.
    pub(in crate::check::query) fn shape(
        &mut self,
        expr: &'p Expr,
        outputs: &mut Outputs,
    ) -> Option<RowShape> {
        if let ExprKind::Record(parts) = &expr.kind {
            return self.record(parts, outputs).map(RowShape::Record);
        }
        if let Some((var, shape)) = self.place(expr)
            && !matches!(shape, RowShape::Column(_))
        {
            let may_miss = matches!(self.checker.type_of(expr.id), Type::Optional(_));
            let (var, shape) = (var.clone(), shape.clone());
            return Some(whole(&var, &shape, may_miss && var.is_optional, outputs));
        }
        if let Some(at) = self.place(expr).and_then(|(var, shape)| gathered_column(var, shape)) {
            let (var, _) = self.place(expr)?;
            let var = var.clone();
            return Some(outputs.copy(&var, &RowShape::Column(at), false));
        }
        if let Some(gathered) = self.list_of(expr) {
            let at = outputs.add(gathered?);
            if let Some(output) = outputs.list.last_mut() {
                (output.gathered, output.nullable) = (true, false);
            }
            return Some(RowShape::Column(at));
        }
        let value = self.expr(expr)?;
        Some(RowShape::Column(outputs.add(value)))
    }

    fn record(
        &mut self,
        parts: &'p [RecordPart],
        outputs: &mut Outputs,
    ) -> Option<Vec<(String, RowShape)>> {
        let mut fields: Vec<(String, RowShape)> = Vec::with_capacity(parts.len());
        for part in parts {
            match part {
                RecordPart::Field(name, value) | RecordPart::Short(name, value) => {
                    let shape = self.shape(value, outputs)?;
                    put(&mut fields, name.text.to_string(), shape);
                }
                RecordPart::Spread(value) => {
                    let shape = self.shape(value, outputs)?;
                    let RowShape::Record(taken) = shape else {
                        return self.fail(say::not_in_sql(value.span, self.checker.source));
                    };
                    taken.into_iter().for_each(|(name, shape)| put(&mut fields, name, shape));
                }
            }
        }
        Some(fields)
    }

    /// `list(o.id)` of a group; the inner nothing is one that cannot be computed.
    #[expect(clippy::option_option, reason = "no such call, or one with a problem")]
    fn list_of(&mut self, expr: &'p Expr) -> Option<Option<sql::Expr>> {
        let plan = self.checker.tables.calls.get(&expr.id)?;
        let ExprKind::Call(call) = &expr.kind else { return None };
        matches!(plan.target, Target::Aggregate(Aggregate::List))
            .then(|| self.aggregate(Aggregate::List, call, expr))
    }
}

fn whole(var: &Var, shape: &RowShape, may_miss: bool, outputs: &mut Outputs) -> RowShape {
    let copied = outputs.copy(var, shape, may_miss);
    match copied {
        RowShape::Record(fields) if may_miss => {
            let Some(witness) = var.column(var.witness) else { return RowShape::Record(fields) };
            let witness = outputs.find_or_add(sql::Expr { nullable: true, ..witness });
            RowShape::OptionalRecord(witness, fields)
        }
        other => other,
    }
}

fn gathered_column(var: &Var, shape: &RowShape) -> Option<u32> {
    match shape {
        RowShape::Column(at) if var.columns.get(*at as usize)?.gathered => Some(*at),
        _ => None,
    }
}

fn put(fields: &mut Vec<(String, RowShape)>, name: String, shape: RowShape) {
    match fields.iter_mut().find(|(it, _)| *it == name) {
        Some((_, before)) => *before = shape,
        None => fields.push((name, shape)),
    }
}
