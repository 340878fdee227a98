//! `select`, and the set-based writes, which share its clauses.

use super::Writer;
use crate::sql::{Direct, Expr, From, Gives, Node, Op, Select, TableRef};

impl Writer {
    pub(super) fn select(&mut self, select: &Select) {
        self.push("SELECT ");
        self.outputs(select, false);
        self.clauses(select);
    }

    /// A `select` in a `from`: its outputs have names.
    fn subselect(&mut self, select: &Select) {
        self.push("(SELECT ");
        self.outputs(select, true);
        self.clauses(select);
        self.push(")");
    }

    fn outputs(&mut self, select: &Select, named: bool) {
        if select.outputs.is_empty() {
            return self.push("1");
        }
        self.list(&select.outputs, |it, output| {
            match &output.value {
                Some(value) => it.expr(value),
                None => it.name(&output.name),
            }
            if named {
                it.push(" AS ");
                it.name(&output.name);
            }
        });
    }

    fn clauses(&mut self, select: &Select) {
        self.push(" FROM ");
        self.from(&select.from);
        for join in &select.joins {
            self.push(if join.left { " LEFT JOIN " } else { " JOIN " });
            self.from(&join.from);
            self.clause(" ON ", Some(&join.on));
        }
        self.clause(" WHERE ", select.condition.as_ref());
        if !select.group_by.is_empty() {
            self.push(" GROUP BY ");
            self.list(&select.group_by, Self::ordered);
        }
        self.clause(" HAVING ", select.having.as_ref());
        if !select.sort.is_empty() {
            self.push(" ORDER BY ");
            self.list(&select.sort, |it, sort| {
                it.ordered(&sort.key);
                it.push(if sort.descending { " DESC" } else { "" });
            });
        }
        self.limit(select);
    }

    fn from(&mut self, from: &From) {
        match from {
            From::Table(table) => self.table(table),
            From::Select { select, alias } => {
                self.subselect(select);
                self.push(" AS ");
                self.name(alias);
            }
        }
    }

    fn table(&mut self, table: &TableRef) {
        self.name(&table.name);
        self.push(" AS ");
        self.name(&table.alias);
    }

    fn clause(&mut self, word: &str, condition: Option<&Expr>) {
        if let Some(condition) = condition {
            self.push(word);
            self.conjunction(condition);
        }
    }

    /// A condition without brackets around its outermost `and`s.
    fn conjunction(&mut self, condition: &Expr) {
        match &condition.node {
            Node::Apply(Op::And, sides) => {
                for (at, side) in sides.iter().enumerate() {
                    self.push(if at > 0 { " AND " } else { "" });
                    self.conjunction(side);
                }
            }
            _ => self.truth(condition),
        }
    }

    /// A negative number of rows would mean "all" to SQLite.
    fn limit(&mut self, select: &Select) {
        let most = match select.gives {
            Gives::Rows | Gives::Value => None,
            Gives::First | Gives::Exists => Some("1"),
            Gives::One => Some("2"),
        };
        match (&select.take, most) {
            (None, None) if select.skip.is_none() => return,
            (None, None) => self.push(" LIMIT -1"),
            (None, Some(most)) => self.push(&format!(" LIMIT {most}")),
            (Some(take), None) => self.at_least_zero(" LIMIT ", take),
            (Some(take), Some(most)) => {
                self.at_least_zero(" LIMIT min(", take);
                self.push(&format!(", {most})"));
            }
        }
        if let Some(skip) = &select.skip {
            self.at_least_zero(" OFFSET ", skip);
        }
    }

    fn at_least_zero(&mut self, before: &str, number: &Expr) {
        self.push(before);
        self.push("max(");
        self.expr(number);
        self.push(", 0)");
    }

    pub(super) fn update(
        &mut self,
        table: &TableRef,
        set: &[(String, Expr)],
        condition: Option<&Expr>,
    ) {
        self.push("UPDATE ");
        self.table(table);
        self.push(" SET ");
        self.list(set, |it, (column, value)| {
            it.name(column);
            it.push(" = ");
            it.expr(value);
        });
        self.clause(" WHERE ", condition);
    }

    pub(super) fn delete(&mut self, table: &TableRef, condition: Option<&Expr>) {
        self.push("DELETE FROM ");
        self.table(table);
        self.clause(" WHERE ", condition);
    }

    pub(super) fn direct(&mut self, direct: &Direct) {
        for (at, piece) in direct.pieces.iter().enumerate() {
            self.push(piece);
            if let (Some(kind), Ok(number)) = (direct.params.get(at), u32::try_from(at)) {
                self.param(number, *kind);
            }
        }
    }
}
