//! Variables that stand for rows: of a table, or of a query that is read from.

use super::Lower;
use crate::check::checked::Resolution;
use crate::check::declared::Declared;
use crate::check::report::queries as say;
use crate::check::table::TableInfo;
use crate::sql::{self, Output, RowShape};
use crate::syntax::tree::{Binding, Expr, ExprKind, NodeId};

/// A variable that stands for a row.
#[derive(Clone, Debug)]
pub(in crate::check::query) struct Var {
    /// What its rows are called in the statement.
    pub(super) alias: String,
    /// Its columns, by the names that the statement knows them by.
    pub(super) columns: Vec<Output>,
    /// How they make up its value.
    pub(super) shape: RowShape,
    /// The column that is null only where there is no row.
    pub(super) witness: u32,
    /// Whether there may be no row.
    pub(super) is_optional: bool,
}

impl Var {
    /// A row of a table.
    pub(super) fn of_table(table: &TableInfo, alias: String) -> Self {
        let schema = &table.schema;
        let column = |it: &sql::schema::Column| Output {
            name: it.database_name.clone(),
            value: None,
            kind: it.kind,
            nullable: it.nullable,
            gathered: false,
        };
        let fields = (0..).zip(&schema.columns);
        let fields = fields.map(|(at, it)| (it.name.clone(), RowShape::Column(at))).collect();
        Self {
            alias,
            columns: schema.columns.iter().map(column).collect(),
            shape: RowShape::Record(fields),
            witness: u32::try_from(schema.witness()).unwrap_or(0),
            is_optional: false,
        }
    }

    /// A row of another `select`.
    pub(in crate::check::query) fn of_select(select: &sql::Select, alias: String) -> Self {
        let sure = select.outputs.iter().position(|it| !it.nullable).unwrap_or(0);
        Self {
            alias,
            columns: select.outputs.clone(),
            shape: select.shape.clone(),
            witness: u32::try_from(sure).unwrap_or(0),
            is_optional: false,
        }
    }

    pub(super) fn rows_of_table(&self, table: &TableInfo) -> sql::From {
        let name = table.schema.database_name.clone();
        sql::From::Table(sql::TableRef { name, alias: self.alias.clone() })
    }

    /// A column as an expression.
    pub(super) fn column(&self, at: u32) -> Option<sql::Expr> {
        let column = self.columns.get(at as usize)?;
        Some(sql::Expr {
            node: sql::Node::Column { table: self.alias.clone(), column: column.name.clone() },
            kind: column.kind,
            nullable: column.nullable || self.is_optional,
        })
    }
}

impl<'p> Lower<'_, 'p> {
    /// Brings a variable into the statement.
    pub(super) fn from(&mut self, item: &'p Binding, source: &'p Expr) -> Option<sql::From> {
        let alias = self.alias(&item.name.text);
        if let Some(Resolution::Table(decl)) = self.checker.tables.names.get(&source.id) {
            let Declared::Table(table) = self.checker.declared(*decl) else { return None };
            let table = table.clone();
            self.same_source(&table, source)?;
            let var = Var::of_table(&table, alias);
            let from = var.rows_of_table(&table);
            self.vars.push((item.id, var));
            return Some(from);
        }
        let ExprKind::Query(query) = &source.kind else {
            return self.fail(say::list_joins_table(source));
        };
        // What is inside sees none of the variables outside.
        let outer = std::mem::take(&mut self.vars);
        let keys = std::mem::take(&mut self.keys);
        let select = self.query(query);
        (self.vars, self.keys) = (outer, keys);
        let select = Box::new(select?);
        self.vars.push((item.id, Var::of_select(&select, alias.clone())));
        Some(sql::From::Select { select, alias })
    }

    /// Brings the rows of a `select` into the statement under a variable.
    pub(in crate::check::query) fn rows_of_select(
        &mut self,
        select: sql::Select,
        node: Option<NodeId>,
    ) -> (sql::From, Var) {
        let alias = self.alias("rows");
        let var = Var::of_select(&select, alias.clone());
        self.vars.extend(node.map(|node| (node, var.clone())));
        (sql::From::Select { select: Box::new(select), alias }, var)
    }

    /// Brings the rows of a table into the statement under a variable.
    pub(in crate::check::query) fn rows_of_table(
        &mut self,
        table: &TableInfo,
        name: &str,
        node: Option<NodeId>,
    ) -> (sql::From, Var) {
        let var = Var::of_table(table, self.alias(name));
        self.source.clone_from(&table.source);
        self.vars.extend(node.map(|node| (node, var.clone())));
        (var.rows_of_table(table), var)
    }

    /// Another name for a variable that is there.
    pub(in crate::check::query) fn also_called(&mut self, node: NodeId, other: NodeId) {
        if let Some(var) = self.var(other).cloned() {
            self.vars.push((node, var));
        }
    }

    /// One statement goes to one database.
    fn same_source(&mut self, table: &TableInfo, place: &Expr) -> Option<()> {
        let own = |name: &Option<_>| self.checker.unless_default(name.clone());
        if self.source_seen() && own(&self.source) != own(&table.source) {
            return self.fail(say::other_source(place.span, &table.name));
        }
        self.source.clone_from(&table.source);
        Some(())
    }

    fn source_seen(&self) -> bool {
        !self.vars.is_empty()
    }

    /// Databases do not tell names apart by case.
    fn alias(&self, name: &str) -> String {
        let is_taken =
            |alias: &str| self.vars.iter().any(|(_, it)| it.alias.eq_ignore_ascii_case(alias));
        let mut alias = name.to_owned();
        while is_taken(&alias) {
            alias.push('_');
        }
        alias
    }

    pub(super) fn var(&self, node: NodeId) -> Option<&Var> {
        self.vars.iter().rev().find(|(it, _)| *it == node).map(|(_, var)| var)
    }

    /// Behind its `on`, the right side of a `left join` may be missing.
    pub(super) fn set_optional(&mut self, node: NodeId, is_optional: bool) {
        for (it, var) in &mut self.vars {
            if *it == node {
                var.is_optional = is_optional;
            }
        }
    }

    /// The variable, and what part of its row, that an expression names.
    pub(super) fn place(&self, expr: &Expr) -> Option<(&Var, &RowShape)> {
        match &expr.kind {
            ExprKind::Name(_) => match self.checker.tables.names.get(&expr.id)? {
                Resolution::Local(node) => self.var(*node).map(|var| (var, &var.shape)),
                _ => None,
            },
            ExprKind::Field(field) => {
                let (var, shape) = self.place(&field.base)?;
                let (RowShape::Record(fields) | RowShape::OptionalRecord(_, fields)) = shape else {
                    return None;
                };
                let found = fields.iter().find(|(name, _)| *name == field.name.text.as_str())?;
                Some((var, &found.1))
            }
            _ => None,
        }
    }
}
