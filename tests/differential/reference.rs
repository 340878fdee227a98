//! A plain interpreter: walks the tree, clones values, knows no types. It shares nothing with the compiler but the parser.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use taskc::syntax::tree::{
    Arg, Assign, BinaryOp, Block, Call, Expr, ExprKind, File, Fn, FnBody, For, If, Item, LetTarget,
    Match, Pattern, PatternKind, Range, RecordPart, Stmt, StmtKind, Text, TextPart, Try, UnaryOp,
};

/// A value.
#[derive(Clone)]
enum Val<'a> {
    Nothing,
    Null,
    Int(i64),
    Bool(bool),
    Text(String),
    List(Vec<Val<'a>>),
    Record(BTreeMap<String, Val<'a>>),
    /// Its parameters, its body, and what it saw when it was made.
    Closure(Vec<String>, &'a Expr, Vec<(String, Val<'a>)>),
    /// An error that was caught.
    Error(Fault),
}

/// What went wrong.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fault {
    pub(super) code: String,
    pub(super) message: String,
}

/// Why a statement does not go on to the next one.
enum Stop<'a> {
    Fault(Fault),
    Return(Val<'a>),
    Break,
    Continue,
    /// A text has grown so long that only a machine with limits should go on.
    TooLong,
}

type Run<'a, T> = Result<T, Stop<'a>>;

/// How long texts may grow: those that hold themselves in quotes double each time.
const TEXT_BYTES_MAX: usize = 1 << 20;

/// What a program prints, and how it ends. Nothing where its texts outgrow what there is room for.
pub(super) fn run(file: &File) -> Option<(Vec<String>, Option<Fault>)> {
    let functions = file.items.iter().filter_map(|item| match item {
        Item::Fn(it) => Some((it.name.text.to_string(), it)),
        _ => None,
    });
    let mut walker = Walker { functions: functions.collect(), vars: Vec::new(), said: Vec::new() };
    for item in &file.items {
        let Item::Stmt(stmt) = item else { continue };
        match walker.stmt(stmt) {
            Ok(_) => {}
            Err(Stop::Fault(fault)) => return Some((walker.said, Some(fault))),
            Err(Stop::TooLong) => return None,
            Err(Stop::Return(_)) => break,
            Err(Stop::Break | Stop::Continue) => panic!("outside of a loop"),
        }
    }
    Some((walker.said, None))
}

struct Walker<'a> {
    functions: BTreeMap<String, &'a Fn>,
    vars: Vec<(String, Val<'a>)>,
    said: Vec<String>,
}

fn fault<'a, T>(code: &str, message: &str) -> Run<'a, T> {
    Err(Stop::Fault(Fault { code: code.to_owned(), message: message.to_owned() }))
}

impl<'a> Walker<'a> {
    fn block(&mut self, block: &'a Block) -> Run<'a, Val<'a>> {
        let depth = self.vars.len();
        let mut last = Val::Nothing;
        for stmt in &block.stmts {
            match self.stmt(stmt) {
                Ok(value) => last = value,
                Err(stop) => {
                    self.vars.truncate(depth);
                    return Err(stop);
                }
            }
        }
        self.vars.truncate(depth);
        Ok(last)
    }

    fn stmt(&mut self, stmt: &'a Stmt) -> Run<'a, Val<'a>> {
        match &stmt.kind {
            StmtKind::Let(it) => {
                let value = self.expr(&it.value)?;
                let LetTarget::Name(name) = &it.target else { panic!("not generated") };
                self.vars.push((name.name.text.to_string(), value));
            }
            StmtKind::Assign(it) => self.assign(it)?,
            StmtKind::Expr(it) => return self.expr(it),
            StmtKind::For(it) => self.for_loop(it)?,
            StmtKind::While(condition, body) => {
                while self.truth(condition)? {
                    match self.block(body) {
                        Err(Stop::Break) => break,
                        Ok(_) | Err(Stop::Continue) => {}
                        Err(stop) => return Err(stop),
                    }
                }
            }
            StmtKind::Try(it) => self.try_catch(it)?,
            StmtKind::Error | StmtKind::Transaction(..) | StmtKind::Test(_) => {
                panic!("not generated")
            }
        }
        Ok(Val::Nothing)
    }

    fn try_catch(&mut self, it: &'a Try) -> Run<'a, ()> {
        let depth = self.vars.len();
        let caught = match self.block(&it.body) {
            Err(Stop::Fault(caught)) => caught,
            other => return other.map(drop),
        };
        self.vars.truncate(depth);
        for catch in &it.catches {
            if let Some(name) = &catch.name {
                self.vars.push((name.name.text.to_string(), Val::Error(caught.clone())));
            }
            let takes = catch.condition.as_ref().map_or(Ok(true), |it| self.truth(it))?;
            let done = if takes { Some(self.block(&catch.body)) } else { None };
            self.vars.truncate(depth);
            if let Some(done) = done {
                return done.map(drop);
            }
        }
        Err(Stop::Fault(caught))
    }

    fn for_loop(&mut self, it: &'a For) -> Run<'a, ()> {
        let items = match &it.iter.kind {
            ExprKind::Range(range) => self.range(range)?.map(Val::Int).collect(),
            _ => self.list(&it.iter)?,
        };
        let depth = self.vars.len();
        for (at, item) in (0..).zip(items) {
            if let Some(index) = &it.index {
                self.vars.push((index.name.text.to_string(), Val::Int(at)));
            }
            self.vars.push((it.item.name.text.to_string(), item));
            let done = self.block(&it.body);
            self.vars.truncate(depth);
            match done {
                Err(Stop::Break) => break,
                Ok(_) | Err(Stop::Continue) => {}
                Err(stop) => return Err(stop),
            }
        }
        Ok(())
    }

    fn range(&mut self, range: &'a Range) -> Run<'a, Box<dyn Iterator<Item = i64>>> {
        let (Some(from), Some(to)) = (&range.from, &range.to) else { panic!("not generated") };
        let (from, to) = (self.int(from)?, self.int(to)?);
        Ok(if range.inclusive { Box::new(from..=to) } else { Box::new(from..to) })
    }

    fn assign(&mut self, it: &'a Assign) -> Run<'a, ()> {
        match &it.target.kind {
            ExprKind::Name(name) => {
                let mut value = self.expr(&it.value)?;
                if let Some(op) = it.op {
                    let old = self.var(name).clone();
                    value = binary(op, old, value)?;
                }
                *self.var(name) = value;
            }
            ExprKind::Index(base, index) => {
                let ExprKind::Name(name) = &base.kind else { panic!("not generated") };
                let index = self.int(index)?;
                // What is added to is looked up first.
                let old = it.op.map(|op| Ok((op, self.item(name, index)?.clone()))).transpose()?;
                let value = self.expr(&it.value)?;
                let value = match old {
                    Some((op, old)) => binary(op, old, value)?,
                    None => value,
                };
                *self.item(name, index)? = value;
            }
            ExprKind::Field(field) => {
                let ExprKind::Name(name) = &field.base.kind else { panic!("not generated") };
                let value = self.expr(&it.value)?;
                let Val::Record(fields) = self.var(name) else { panic!("not a record") };
                let slot = fields.get_mut(field.name.text.as_str()).expect("a field");
                *slot = match it.op {
                    Some(op) => binary(op, slot.clone(), value)?,
                    None => value,
                };
            }
            _ => panic!("not generated"),
        }
        Ok(())
    }

    fn item(&mut self, list: &str, index: i64) -> Run<'a, &mut Val<'a>> {
        let Val::List(items) = self.var(list) else { panic!("not a list") };
        match place(index, items.len()) {
            Some(at) => Ok(&mut items[at]),
            None => outside(),
        }
    }

    fn var(&mut self, name: &str) -> &mut Val<'a> {
        let found = self.vars.iter_mut().rev().find(|(it, _)| it == name);
        &mut found.unwrap_or_else(|| panic!("no variable {name}")).1
    }

    fn truth(&mut self, expr: &'a Expr) -> Run<'a, bool> {
        match self.expr(expr)? {
            Val::Bool(it) => Ok(it),
            _ => panic!("not a bool"),
        }
    }

    fn int(&mut self, expr: &'a Expr) -> Run<'a, i64> {
        match self.expr(expr)? {
            Val::Int(it) => Ok(it),
            _ => panic!("not an int"),
        }
    }

    fn list(&mut self, expr: &'a Expr) -> Run<'a, Vec<Val<'a>>> {
        match self.expr(expr)? {
            Val::List(it) => Ok(it),
            _ => panic!("not a list"),
        }
    }

    fn expr(&mut self, expr: &'a Expr) -> Run<'a, Val<'a>> {
        Ok(match &expr.kind {
            ExprKind::Int(n) => Val::Int(i64::try_from(*n).expect("generated small")),
            ExprKind::Bool(it) => Val::Bool(*it),
            ExprKind::Null => Val::Null,
            ExprKind::Text(text) => Val::Text(self.text(text)?),
            ExprKind::Name(name) => self.var(name).clone(),
            ExprKind::List(items) => {
                Val::List(items.iter().map(|it| self.expr(it)).collect::<Run<'a, _>>()?)
            }
            ExprKind::Record(parts) => {
                let mut fields = BTreeMap::new();
                for part in parts {
                    let RecordPart::Field(name, value) = part else { panic!("not generated") };
                    fields.insert(name.text.to_string(), self.expr(value)?);
                }
                Val::Record(fields)
            }
            ExprKind::Unary(UnaryOp::Not, it) => Val::Bool(!self.truth(it)?),
            ExprKind::Unary(UnaryOp::Negate, it) => match self.int(it)?.checked_neg() {
                Some(it) => Val::Int(it),
                None => return overflow(),
            },
            ExprKind::Binary(it) => match it.op {
                BinaryOp::And => Val::Bool(self.truth(&it.left)? && self.truth(&it.right)?),
                BinaryOp::Or => Val::Bool(self.truth(&it.left)? || self.truth(&it.right)?),
                BinaryOp::Default => match self.expr(&it.left)? {
                    Val::Null => self.expr(&it.right)?,
                    left => left,
                },
                op => {
                    let left = self.expr(&it.left)?;
                    let right = self.expr(&it.right)?;
                    binary(op, left, right)?
                }
            },
            ExprKind::Call(call) => self.call(call)?,
            ExprKind::Field(field) => match self.expr(&field.base)? {
                Val::Record(fields) => fields[field.name.text.as_str()].clone(),
                Val::Error(it) if field.name.text == "code" => Val::Text(it.code),
                Val::Error(it) => Val::Text(it.message),
                Val::Null if field.optional => Val::Null,
                _ => panic!("no fields"),
            },
            ExprKind::Index(base, index) => {
                let items = self.list(base)?;
                match place(self.int(index)?, items.len()) {
                    Some(at) => items[at].clone(),
                    None => return outside(),
                }
            }
            ExprKind::If(it) => self.if_else(it)?,
            ExprKind::Match(it) => self.match_arms(it)?,
            ExprKind::Block(block) => self.block(block)?,
            ExprKind::Closure(it) => {
                let params = it.params.iter().map(|it| it.name.text.to_string()).collect();
                Val::Closure(params, &it.body, self.vars.clone())
            }
            ExprKind::Fail(message) => match self.expr(message)? {
                Val::Text(message) => return fault("fail", &message),
                _ => panic!("not generated"),
            },
            ExprKind::Try(it) => {
                let depth = self.vars.len();
                match self.expr(&it.body) {
                    Err(Stop::Fault(caught)) => {
                        self.vars.truncate(depth);
                        if let Some(name) = &it.name {
                            self.vars.push((name.name.text.to_string(), Val::Error(caught)));
                        }
                        let value = self.expr(&it.fallback)?;
                        self.vars.truncate(depth);
                        value
                    }
                    other => other?,
                }
            }
            ExprKind::Return(value) => {
                let value = value.as_ref().map_or(Ok(Val::Nothing), |it| self.expr(it))?;
                return Err(Stop::Return(value));
            }
            ExprKind::Break => return Err(Stop::Break),
            ExprKind::Continue => return Err(Stop::Continue),
            other => panic!("not generated: {other:?}"),
        })
    }

    fn text(&mut self, text: &'a Text) -> Run<'a, String> {
        let mut out = String::new();
        for part in &text.parts {
            match part {
                TextPart::Literal(it, _) => out.push_str(it),
                TextPart::Hole(it) => out.push_str(&printed(&self.expr(it)?)),
            }
        }
        if out.len() > TEXT_BYTES_MAX {
            return Err(Stop::TooLong);
        }
        Ok(out)
    }

    fn if_else(&mut self, it: &'a If) -> Run<'a, Val<'a>> {
        if self.truth(&it.condition)? {
            return self.block(&it.then);
        }
        it.otherwise.as_ref().map_or(Ok(Val::Nothing), |it| self.expr(it))
    }

    fn match_arms(&mut self, it: &'a Match) -> Run<'a, Val<'a>> {
        let subject = self.expr(&it.subject)?;
        for arm in &it.arms {
            let depth = self.vars.len();
            let mut takes = arm.patterns.is_empty();
            for pattern in &arm.patterns {
                takes = takes || self.takes(pattern, &subject)?;
            }
            let passes = match &arm.guard {
                Some(guard) if takes => self.truth(guard)?,
                _ => takes,
            };
            if passes {
                let value = self.expr(&arm.body)?;
                self.vars.truncate(depth);
                return Ok(value);
            }
            self.vars.truncate(depth);
        }
        panic!("a match without a case")
    }

    fn takes(&mut self, pattern: &'a Pattern, subject: &Val<'a>) -> Run<'a, bool> {
        Ok(match &pattern.kind {
            PatternKind::Literal(it) => same(&self.expr(it)?, subject),
            PatternKind::Range(range) => {
                let Val::Int(n) = subject else { panic!("not an int") };
                self.range(range)?.any(|it| it == *n)
            }
            PatternKind::Name(name) => {
                if name.name.text != "else" {
                    self.vars.push((name.name.text.to_string(), subject.clone()));
                }
                true
            }
            PatternKind::Error | PatternKind::Record(_) => panic!("not generated"),
        })
    }

    fn call(&mut self, call: &'a Call) -> Run<'a, Val<'a>> {
        match &call.callee.kind {
            ExprKind::Name(name) if name == "print" => {
                let value = self.expr(&call.args[0].value)?;
                self.said.push(printed(&value));
                Ok(Val::Nothing)
            }
            ExprKind::Name(name) => match self.functions.get(name.as_str()).copied() {
                Some(function) => {
                    let args = self.args(&call.args)?;
                    self.call_fn(function, args)
                }
                None => {
                    let closure = self.var(name).clone();
                    let args = self.args(&call.args)?;
                    self.call_closure(&closure, args)
                }
            },
            ExprKind::Field(field) => {
                if field.name.text == "push" {
                    let value = self.expr(&call.args[0].value)?;
                    let ExprKind::Name(name) = &field.base.kind else { panic!("not generated") };
                    let Val::List(items) = self.var(name) else { panic!("not a list") };
                    items.push(value);
                    return Ok(Val::Nothing);
                }
                let receiver = self.expr(&field.base)?;
                let args = self.args(&call.args)?;
                self.method(&field.name.text, receiver, args)
            }
            _ => panic!("not generated"),
        }
    }

    fn args(&mut self, args: &'a [Arg]) -> Run<'a, Vec<Val<'a>>> {
        args.iter().map(|it| self.expr(&it.value)).collect()
    }

    fn call_fn(&mut self, function: &'a Fn, args: Vec<Val<'a>>) -> Run<'a, Val<'a>> {
        let FnBody::Block(body) = &function.body else { panic!("not generated") };
        let params = function.params.iter().map(|it| it.name.text.to_string());
        let outer = std::mem::replace(&mut self.vars, params.zip(args).collect());
        let result = self.block(body);
        self.vars = outer;
        match result {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn call_closure(&mut self, closure: &Val<'a>, args: Vec<Val<'a>>) -> Run<'a, Val<'a>> {
        let Val::Closure(params, body, seen) = closure else { panic!("not a function") };
        let outer = std::mem::replace(&mut self.vars, seen.clone());
        self.vars.extend(params.iter().cloned().zip(args));
        let result = self.expr(body);
        self.vars = outer;
        match result {
            Err(Stop::Return(value)) => Ok(value),
            other => other,
        }
    }

    fn method(&mut self, name: &str, of: Val<'a>, args: Vec<Val<'a>>) -> Run<'a, Val<'a>> {
        Ok(match (name, of) {
            ("length", Val::Text(it)) => Val::Int(i64::try_from(it.chars().count()).unwrap()),
            ("upper", Val::Text(it)) => Val::Text(it.to_uppercase()),
            ("count", Val::List(it)) => Val::Int(i64::try_from(it.len()).unwrap()),
            ("first", Val::List(it)) => it.into_iter().next().unwrap_or(Val::Null),
            ("reverse", Val::List(mut it)) => {
                it.reverse();
                Val::List(it)
            }
            ("sum", Val::List(it)) => {
                let mut sum = 0_i64;
                for it in it {
                    let Val::Int(n) = it else { panic!("not an int") };
                    match sum.checked_add(n) {
                        Some(it) => sum = it,
                        None => return overflow(),
                    }
                }
                Val::Int(sum)
            }
            ("map", Val::List(it)) => {
                let each = it.into_iter().map(|it| self.call_closure(&args[0], vec![it]));
                Val::List(each.collect::<Run<'a, _>>()?)
            }
            ("filter", Val::List(it)) => {
                let mut kept = Vec::new();
                for it in it {
                    if let Val::Bool(true) = self.call_closure(&args[0], vec![it.clone()])? {
                        kept.push(it);
                    }
                }
                Val::List(kept)
            }
            ("reduce", Val::List(it)) => {
                let mut total = args[0].clone();
                for it in it {
                    total = self.call_closure(&args[1], vec![total, it])?;
                }
                total
            }
            (name, _) => panic!("not generated: {name}"),
        })
    }
}

/// Where an index leads, counted from the end where it is negative.
fn place(index: i64, count: usize) -> Option<usize> {
    let count = i64::try_from(count).unwrap();
    let at = if index < 0 { index.checked_add(count)? } else { index };
    (0..count).contains(&at).then(|| usize::try_from(at).unwrap())
}

fn outside<'a, T>() -> Run<'a, T> {
    fault("index", "")
}

fn overflow<'a, T>() -> Run<'a, T> {
    fault("overflow", "")
}

fn binary<'a>(op: BinaryOp, left: Val<'a>, right: Val<'a>) -> Run<'a, Val<'a>> {
    let ordering = || match (&left, &right) {
        (Val::Int(a), Val::Int(b)) => a.cmp(b),
        (Val::Text(a), Val::Text(b)) => a.cmp(b),
        _ => panic!("not in an order"),
    };
    Ok(match op {
        BinaryOp::Equal => Val::Bool(same(&left, &right)),
        BinaryOp::NotEqual => Val::Bool(!same(&left, &right)),
        BinaryOp::Less => Val::Bool(ordering().is_lt()),
        BinaryOp::LessEqual => Val::Bool(ordering().is_le()),
        BinaryOp::Greater => Val::Bool(ordering().is_gt()),
        BinaryOp::GreaterEqual => Val::Bool(ordering().is_ge()),
        BinaryOp::In => match &right {
            Val::List(items) => Val::Bool(items.iter().any(|it| same(it, &left))),
            _ => panic!("not generated"),
        },
        _ => match (left, right) {
            (Val::Text(a), Val::Text(b)) => Val::Text(a + &b),
            (Val::Int(a), Val::Int(b)) => return arithmetic(op, a, b),
            _ => panic!("not generated"),
        },
    })
}

fn arithmetic<'a>(op: BinaryOp, a: i64, b: i64) -> Run<'a, Val<'a>> {
    if b == 0 && matches!(op, BinaryOp::IntDivide | BinaryOp::Remainder) {
        return fault("division-by-zero", "");
    }
    let result = match op {
        BinaryOp::Add => a.checked_add(b),
        BinaryOp::Subtract => a.checked_sub(b),
        BinaryOp::Multiply => a.checked_mul(b),
        BinaryOp::IntDivide => a.checked_div(b),
        BinaryOp::Remainder => Some(a.wrapping_rem(b)),
        _ => panic!("not generated"),
    };
    result.map_or_else(overflow, |it| Ok(Val::Int(it)))
}

fn same(a: &Val<'_>, b: &Val<'_>) -> bool {
    match (a, b) {
        (Val::Null, Val::Null) => true,
        (Val::Int(a), Val::Int(b)) => a == b,
        (Val::Bool(a), Val::Bool(b)) => a == b,
        (Val::Text(a), Val::Text(b)) => a == b,
        (Val::List(a), Val::List(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Val::Record(a), Val::Record(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|((_, a), (_, b))| same(a, b))
        }
        _ => false,
    }
}

/// A value as `print` shows it.
fn printed(value: &Val<'_>) -> String {
    match value {
        Val::Text(it) => it.clone(),
        _ => inside(value),
    }
}

/// A value as it shows inside another.
fn inside(value: &Val<'_>) -> String {
    match value {
        Val::Nothing | Val::Closure(..) | Val::Error(_) => panic!("does not print"),
        Val::Null => "null".to_owned(),
        Val::Int(it) => it.to_string(),
        Val::Bool(it) => it.to_string(),
        Val::Text(it) => format!("\"{}\"", it.replace('\\', "\\\\").replace('"', "\\\"")),
        Val::List(it) => format!("[{}]", it.iter().map(inside).collect::<Vec<_>>().join(", ")),
        Val::Record(fields) => {
            let mut out = String::from("{ ");
            for (at, (name, value)) in fields.iter().enumerate() {
                let comma = if at > 0 { ", " } else { "" };
                write!(out, "{comma}{name}: {}", inside(value)).unwrap();
            }
            out + " }"
        }
    }
}
