//! Going through a tree: every node and its children, in source order.
//!
//! [`Node::children`] is the one place that knows what a tree is made of. Finding, collecting and numbering are
//! loops over it. Expressions that the parser copied into two places (a loop's variable in the query of its head)
//! are two nodes.

use super::tree::{
    Arg, Arm, Assign, Binary, Binding, Block, Call, Catch, Clause, ClauseKind, Closure, Column,
    Const, Delete, Expr, ExprKind, Field, FieldBinding, File, Fn, FnBody, For, Header, HeaderPart,
    If, Index, Item, Keep, Let, LetTarget, Match, NodeId, Param, Pattern, PatternKind, Query,
    Range, RecordPart, SortKey, Stmt, StmtKind, Table, TableMember, Test, TestStmt, Text, TextPart,
    Try, TryExpr, TypeAlias, TypeExpr, TypeExprKind, Update, Use,
};
use crate::source::Span;

/// Calls `visit` for every node of a file, parents before their children.
pub fn each<'a>(file: &'a File, visit: &mut dyn FnMut(Node<'a>)) {
    for item in &file.items {
        each_below(Node::of_item(item), visit);
    }
}

/// Calls `visit` for a node and every node below it, parents before their children.
pub fn each_below<'a>(node: Node<'a>, visit: &mut dyn FnMut(Node<'a>)) {
    visit(node);
    node.children(&mut |child| each_below(child, visit));
}

/// The node called `id`, if the file has it.
#[must_use]
pub fn find(file: &File, id: NodeId) -> Option<Node<'_>> {
    let mut found = None;
    each(file, &mut |node| {
        if node.id() == id {
            found = Some(node);
        }
    });
    found
}

/// The nodes that the byte `offset` lies in or touches, outermost first.
#[must_use]
pub fn path_to(file: &File, offset: u32) -> Vec<Node<'_>> {
    let mut path = Vec::new();
    let mut next = file.items.iter().map(Node::of_item).rfind(|it| it.span().touches(offset));
    while let Some(node) = next.take() {
        path.push(node);
        node.children(&mut |child| {
            if child.span().touches(offset) {
                next = Some(child);
            }
        });
    }
    path
}

/// Defines a reference to a node, shared or exclusive, and its children.
macro_rules! node {
    ($(#[$doc:meta])* $name:ident, $get:ident, $($r:tt)+) => {
        $(#[$doc])*
        pub enum $name<'a> {
            /// `use shop`
            Use($($r)+ Use),
            /// `const BATCH = 500`
            Const($($r)+ Const),
            /// `type Money = decimal`
            TypeAlias($($r)+ TypeAlias),
            /// `table Order { … }`
            Table($($r)+ Table),
            /// A line of a table.
            Column($($r)+ Column),
            /// An index of a table.
            Index($($r)+ Index),
            /// `fn f() { … }`
            Fn($($r)+ Fn),
            /// A parameter.
            Param($($r)+ Param),
            /// `test "…" { … }`
            Test($($r)+ Test),
            /// `keep n: int = 0`
            Keep($($r)+ Keep),
            /// `timeout 10m`
            Header($($r)+ Header),
            /// `{ … }`
            Block($($r)+ Block),
            /// A statement.
            Stmt($($r)+ Stmt),
            /// A name that comes into being.
            Binding($($r)+ Binding),
            /// An expression.
            Expr($($r)+ Expr),
            /// A pattern of a `match`.
            Pattern($($r)+ Pattern),
            /// A written type.
            Type($($r)+ TypeExpr),
        }

        impl<'a> $name<'a> {
            /// An item as a node.
            #[must_use]
            pub fn of_item(item: $($r)+ Item) -> Self {
                match item {
                    Item::Use(it) => Self::Use(it),
                    Item::Const(it) => Self::Const(it),
                    Item::Type(it) => Self::TypeAlias(it),
                    Item::Table(it) => Self::Table(it),
                    Item::Fn(it) => Self::Fn(it),
                    Item::Test(it) => Self::Test(it),
                    Item::Keep(it) => Self::Keep(it),
                    Item::Header(it) => Self::Header(it),
                    Item::Stmt(it) => Self::Stmt(it),
                }
            }

            /// Calls `visit` for each node directly below this one, in source order.
            pub fn children(self, visit: &mut dyn FnMut($name<'a>)) {
                match self {
                    Self::Use(_) | Self::Index(_) | Self::Binding(_) => {}
                    Self::Const(Const { ty, value, .. }) | Self::Keep(Keep { ty, value, .. }) => {
                        if let Some(ty) = ty { visit($name::Type(ty)) }
                        visit($name::Expr(value));
                    }
                    Self::TypeAlias(TypeAlias { ty, .. }) => visit($name::Type(ty)),
                    Self::Table(Table { members, .. }) => Self::in_members(members, visit),
                    Self::Column(Column { ty, default, .. }) => {
                        visit($name::Type(ty));
                        if let Some(value) = default { visit($name::Expr(value)) }
                    }
                    Self::Fn(Fn { params, result, body, .. }) => {
                        for param in params { visit($name::Param(param)) }
                        if let Some(ty) = result { visit($name::Type(ty)) }
                        if let FnBody::Block(block) = body { visit($name::Block(block)) }
                    }
                    Self::Param(Param { ty, default, .. }) => {
                        if let Some(ty) = ty { visit($name::Type(ty)) }
                        if let Some(value) = default { visit($name::Expr(value)) }
                    }
                    Self::Test(Test { body, .. }) => visit($name::Block(body)),
                    Self::Header(Header { parts, .. }) => Self::in_header(parts, visit),
                    Self::Block(Block { stmts, .. }) => for stmt in stmts { visit($name::Stmt(stmt)) },
                    Self::Stmt(Stmt { kind, .. }) => Self::in_stmt(kind, visit),
                    Self::Expr(Expr { kind, .. }) => Self::in_expr(kind, visit),
                    Self::Pattern(Pattern { kind, .. }) => Self::in_pattern(kind, visit),
                    Self::Type(TypeExpr { kind, .. }) => Self::in_type(kind, visit),
                }
            }

            fn in_members(members: $($r)+ [TableMember], visit: &mut dyn FnMut($name<'a>)) {
                for member in members {
                    match member {
                        TableMember::Column(it) => visit($name::Column(it)),
                        TableMember::Index(it) => visit($name::Index(it)),
                        TableMember::Error(_) => {}
                    }
                }
            }

            fn in_header(parts: $($r)+ [HeaderPart], visit: &mut dyn FnMut($name<'a>)) {
                for part in parts {
                    match part {
                        HeaderPart::Value(it) => visit($name::Expr(it)),
                        HeaderPart::Block(it) => visit($name::Block(it)),
                        HeaderPart::Word(_) | HeaderPart::Comma(_) => {}
                    }
                }
            }

            fn in_stmt(kind: $($r)+ StmtKind, visit: &mut dyn FnMut($name<'a>)) {
                match kind {
                    StmtKind::Error => {}
                    StmtKind::Let(Let { target, ty, value, .. }) => {
                        match target {
                            LetTarget::Name(it) => visit($name::Binding(it)),
                            LetTarget::Fields(fields, _) => {
                                for FieldBinding { binding, .. } in fields { visit($name::Binding(binding)) }
                            }
                        }
                        if let Some(ty) = ty { visit($name::Type(ty)) }
                        visit($name::Expr(value));
                    }
                    StmtKind::Assign(Assign { target, value, .. }) => {
                        visit($name::Expr(target));
                        visit($name::Expr(value));
                    }
                    StmtKind::Expr(it) => visit($name::Expr(it)),
                    StmtKind::For(For { index, item, iter, limit, body, .. }) => {
                        if let Some(index) = index { visit($name::Binding(index)) }
                        visit($name::Binding(item));
                        visit($name::Expr(iter));
                        if let Some(limit) = limit { visit($name::Expr(limit)) }
                        visit($name::Block(body));
                    }
                    StmtKind::While(condition, body) => {
                        visit($name::Expr(condition));
                        visit($name::Block(body));
                    }
                    StmtKind::Try(Try { body, catches }) => {
                        visit($name::Block(body));
                        for Catch { name, condition, body, .. } in catches {
                            if let Some(name) = name { visit($name::Binding(name)) }
                            if let Some(condition) = condition { visit($name::Expr(condition)) }
                            visit($name::Block(body));
                        }
                    }
                    StmtKind::Transaction(_, body) => visit($name::Block(body)),
                    StmtKind::Test(TestStmt::At(it) | TestStmt::Expect(it)) => visit($name::Expr(it)),
                    StmtKind::Test(TestStmt::Stub { args, response, .. }) => {
                        for arg in args { visit($name::Expr(arg)) }
                        visit($name::Expr(response));
                    }
                }
            }

            fn in_expr(kind: $($r)+ ExprKind, visit: &mut dyn FnMut($name<'a>)) {
                match kind {
                    ExprKind::Error | ExprKind::Int(_) | ExprKind::Decimal(_) | ExprKind::Float(_) => {}
                    ExprKind::Size(_) | ExprKind::Duration(_) | ExprKind::Time(_) | ExprKind::Date(_) => {}
                    ExprKind::Bool(_) | ExprKind::Null | ExprKind::Name(_) => {}
                    ExprKind::Break | ExprKind::Continue => {}
                    ExprKind::Text(Text { parts, .. }) => for part in parts {
                        if let TextPart::Hole(hole) = part { visit($name::Expr(hole)) }
                    },
                    ExprKind::List(elements) => for element in elements { visit($name::Expr(element)) },
                    ExprKind::Map(entries) => for (key, value) in entries {
                        visit($name::Expr(key));
                        visit($name::Expr(value));
                    },
                    ExprKind::Record(parts) => for part in parts {
                        match part {
                            RecordPart::Field(_, it) | RecordPart::Short(_, it) | RecordPart::Spread(it) => {
                                visit($name::Expr(it));
                            }
                        }
                    },
                    ExprKind::Unary(_, inner) | ExprKind::Fail(inner) => visit($name::Expr(inner)),
                    ExprKind::Return(value) => if let Some(value) = value { visit($name::Expr(value)) },
                    ExprKind::Binary(it) => {
                        let Binary { left, right, .. } = it.$get();
                        visit($name::Expr(left));
                        visit($name::Expr(right));
                    }
                    ExprKind::Range(it) => {
                        let Range { from, to, .. } = it.$get();
                        for end in from.into_iter().chain(to) { visit($name::Expr(end)) }
                    }
                    ExprKind::Index(base, index) => {
                        visit($name::Expr(base));
                        visit($name::Expr(index));
                    }
                    ExprKind::As(value, ty) => {
                        visit($name::Expr(value));
                        visit($name::Type(ty));
                    }
                    ExprKind::Block(it) => visit($name::Block(it)),
                    ExprKind::Call(_) | ExprKind::Field(_) | ExprKind::Closure(_) => Self::in_call(kind, visit),
                    ExprKind::If(_) | ExprKind::Match(_) | ExprKind::Try(_) => Self::in_choice(kind, visit),
                    ExprKind::Query(_) | ExprKind::Update(_) | ExprKind::Delete(_) => Self::in_query(kind, visit),
                }
            }

            fn in_call(kind: $($r)+ ExprKind, visit: &mut dyn FnMut($name<'a>)) {
                match kind {
                    ExprKind::Call(it) => {
                        let Call { callee, type_args, args, .. } = it.$get();
                        visit($name::Expr(callee));
                        for ty in type_args { visit($name::Type(ty)) }
                        for Arg { value, .. } in args { visit($name::Expr(value)) }
                    }
                    ExprKind::Field(it) => {
                        let Field { base, .. } = it.$get();
                        visit($name::Expr(base));
                    }
                    ExprKind::Closure(it) => {
                        let Closure { params, body } = it.$get();
                        for param in params { visit($name::Param(param)) }
                        visit($name::Expr(body));
                    }
                    _ => unreachable!("`in_expr` sends calls, fields and closures only"),
                }
            }

            fn in_choice(kind: $($r)+ ExprKind, visit: &mut dyn FnMut($name<'a>)) {
                match kind {
                    ExprKind::If(it) => {
                        let If { condition, then, otherwise } = it.$get();
                        visit($name::Expr(condition));
                        visit($name::Block(then));
                        if let Some(otherwise) = otherwise { visit($name::Expr(otherwise)) }
                    }
                    ExprKind::Match(it) => {
                        let Match { subject, arms } = it.$get();
                        visit($name::Expr(subject));
                        for Arm { patterns, guard, body, .. } in arms {
                            for pattern in patterns { visit($name::Pattern(pattern)) }
                            if let Some(guard) = guard { visit($name::Expr(guard)) }
                            visit($name::Expr(body));
                        }
                    }
                    ExprKind::Try(it) => {
                        let TryExpr { body, name, fallback } = it.$get();
                        visit($name::Expr(body));
                        if let Some(name) = name { visit($name::Binding(name)) }
                        visit($name::Expr(fallback));
                    }
                    _ => unreachable!("`in_expr` sends `if`, `match` and `try` only"),
                }
            }

            fn in_query(kind: $($r)+ ExprKind, visit: &mut dyn FnMut($name<'a>)) {
                match kind {
                    ExprKind::Query(it) => {
                        let Query { item, source, clauses, .. } = it.$get();
                        visit($name::Binding(item));
                        visit($name::Expr(source));
                        for Clause { kind, .. } in clauses { Self::in_clause(kind, visit) }
                    }
                    ExprKind::Update(it) => {
                        let Update { item, table, condition, set } = it.$get();
                        visit($name::Binding(item));
                        visit($name::Expr(table));
                        if let Some(condition) = condition { visit($name::Expr(condition)) }
                        visit($name::Expr(set));
                    }
                    ExprKind::Delete(it) => {
                        let Delete { item, table, condition } = it.$get();
                        visit($name::Binding(item));
                        visit($name::Expr(table));
                        if let Some(condition) = condition { visit($name::Expr(condition)) }
                    }
                    _ => unreachable!("`in_expr` sends queries and writes only"),
                }
            }

            fn in_clause(kind: $($r)+ ClauseKind, visit: &mut dyn FnMut($name<'a>)) {
                match kind {
                    ClauseKind::Join { item, source, on, .. } => {
                        visit($name::Binding(item));
                        visit($name::Expr(source));
                        visit($name::Expr(on));
                    }
                    ClauseKind::Where(it) | ClauseKind::Skip(it) | ClauseKind::Take(it) => visit($name::Expr(it)),
                    ClauseKind::Select(it) | ClauseKind::Limit(it) => visit($name::Expr(it)),
                    ClauseKind::GroupBy(keys) => for key in keys { visit($name::Expr(key)) },
                    ClauseKind::Sort(keys) => for SortKey { key, .. } in keys { visit($name::Expr(key)) },
                }
            }

            fn in_pattern(kind: $($r)+ PatternKind, visit: &mut dyn FnMut($name<'a>)) {
                match kind {
                    PatternKind::Error => {}
                    PatternKind::Literal(it) => visit($name::Expr(it)),
                    PatternKind::Range(Range { from, to, .. }) => {
                        for end in from.into_iter().chain(to) { visit($name::Expr(end)) }
                    }
                    PatternKind::Name(it) => visit($name::Binding(it)),
                    PatternKind::Record(fields) => for (_, pattern) in fields { visit($name::Pattern(pattern)) },
                }
            }

            fn in_type(kind: $($r)+ TypeExprKind, visit: &mut dyn FnMut($name<'a>)) {
                match kind {
                    TypeExprKind::Error | TypeExprKind::Name { .. } | TypeExprKind::Union(_) => {}
                    TypeExprKind::Optional(inner) | TypeExprKind::List(inner) => visit($name::Type(inner)),
                    TypeExprKind::Map(key, value) => {
                        visit($name::Type(key));
                        visit($name::Type(value));
                    }
                    TypeExprKind::Record(fields) => for (_, ty) in fields { visit($name::Type(ty)) },
                    TypeExprKind::OneOf(types) => for ty in types { visit($name::Type(ty)) },
                    TypeExprKind::Fn(params, result) => {
                        for ty in params { visit($name::Type(ty)) }
                        if let Some(ty) = result { visit($name::Type(ty)) }
                    }
                }
            }
        }
    };
}

node! {
    /// Any node of a tree.
    #[derive(Clone, Copy, Debug, PartialEq)]
    Node, as_ref, &'a
}

node! {
    /// Any node of a tree, to be changed.
    NodeMut, as_mut, &'a mut
}

/// Applies the same expression to whatever a node is.
macro_rules! any_node {
    ($node:expr, $it:ident => $value:expr) => {
        match $node {
            Self::Use($it) => $value,
            Self::Const($it) => $value,
            Self::TypeAlias($it) => $value,
            Self::Table($it) => $value,
            Self::Column($it) => $value,
            Self::Index($it) => $value,
            Self::Fn($it) => $value,
            Self::Param($it) => $value,
            Self::Test($it) => $value,
            Self::Keep($it) => $value,
            Self::Header($it) => $value,
            Self::Block($it) => $value,
            Self::Stmt($it) => $value,
            Self::Expr($it) => $value,
            Self::Pattern($it) => $value,
            Self::Type($it) => $value,
            Self::Binding($it) => $value,
        }
    };
}

impl Node<'_> {
    /// Its id.
    #[must_use]
    pub fn id(self) -> NodeId {
        any_node!(self, it => it.id)
    }

    /// Where it stands.
    #[must_use]
    pub fn span(self) -> Span {
        match self {
            Self::Binding(it) => it.name.span,
            Self::Use(it) => it.span,
            Self::Const(it) => it.span,
            Self::TypeAlias(it) => it.span,
            Self::Table(it) => it.span,
            Self::Column(it) => it.span,
            Self::Index(it) => it.span,
            Self::Fn(it) => it.span,
            Self::Param(it) => it.span,
            Self::Test(it) => it.span,
            Self::Keep(it) => it.span,
            Self::Header(it) => it.span,
            Self::Block(it) => it.span,
            Self::Stmt(it) => it.span,
            Self::Expr(it) => it.span,
            Self::Pattern(it) => it.span,
            Self::Type(it) => it.span,
        }
    }
}

impl NodeMut<'_> {
    /// Its id, to be set.
    pub fn id(&mut self) -> &mut NodeId {
        any_node!(self, it => &mut it.id)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::FileId;
    use crate::syntax::parse;

    #[test]
    fn every_node_is_met_once_in_the_order_of_its_id() {
        let parsed = parse(FileId(0), include_str!("samples/everything.task"));
        let mut ids = Vec::new();
        each(&parsed.tree, &mut |node| ids.push(node.id().0));
        assert_eq!(ids, (0..parsed.tree.node_count).collect::<Vec<_>>());
    }

    #[test]
    fn nodes_are_found_by_id_and_by_place() {
        let text = "let total = price * (1 + rate)";
        let parsed = parse(FileId(0), text);
        let path = path_to(&parsed.tree, 26);
        let slices: Vec<&str> = path.iter().map(|node| &text[node.span().range()]).collect();
        assert_eq!(slices, [text, "price * (1 + rate)", "1 + rate", "rate"]);
        let last = *path.last().unwrap();
        assert_eq!(find(&parsed.tree, last.id()), Some(last));
        assert_eq!(find(&parsed.tree, NodeId(999)), None);
    }
}
