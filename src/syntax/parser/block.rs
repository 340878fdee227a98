//! Statements one after another, blocks, and the heads in front of them.

use super::expr::{expr, head_expr};
use super::recover::{
    begins_statement, broken_expr, indent_of, report, rest_of_statement, skip_statement,
    value_or_error,
};
use super::stmt::{ends_with_block, statement};
use super::{Inp, Look, Parsed, Place, Stop, Want, in_brackets, nested, offset, placed};
use crate::source::Span;
use crate::syntax::errors;
use crate::syntax::token::Kind;
use crate::syntax::tree::{
    Assign, Binary, BinaryOp, Block, Expr, ExprKind, NodeId, Stmt, StmtKind,
};

/// `{ … }`
pub(super) fn block(inp: &mut Inp<'_, '_>) -> Parsed<Block> {
    if inp.kind() != Kind::BraceOpen {
        return inp.stop(Want::Block);
    }
    let start = inp.at();
    let end = inp.token().partner as usize;
    let stmts = in_brackets(inp, |inp| {
        inp.bump();
        Ok(statements(inp, end))
    })?;
    inp.skip_to(end + 1);
    Ok(Block { id: NodeId(0), span: inp.since(start), stmts })
}

/// The statements up to the token at `end`.
fn statements(inp: &mut Inp<'_, '_>, end: usize) -> Vec<Stmt> {
    let mut stmts = Vec::new();
    // Several statements may share a line only where the block is written on one line.
    let mut one_line = true;
    sequence(inp, end, |inp| {
        one_line &= !inp.token().on_new_line;
        let (kind, span) = guarded(inp, end, |inp| {
            let mut kind = statement(inp)?;
            if !one_line && !line_end(inp, end) {
                spoil(&mut kind);
            }
            Ok(kind)
        });
        stmts.push(Stmt { id: NodeId(0), span, kind: kind.unwrap_or(StmtKind::Error) });
    });
    stmts
}

/// Parses things that stand below one another until the token at `end` comes next; each has to take a token.
pub(super) fn sequence<'t, 'p>(
    inp: &mut Inp<'t, 'p>,
    end: usize,
    mut each: impl FnMut(&mut Inp<'t, 'p>),
) {
    let at = inp.at();
    let indent = indent_of(inp, at);
    let outside = std::mem::replace(&mut inp.state().indent, indent);
    while inp.at() < end {
        each(inp);
    }
    inp.state().indent = outside;
}

/// Something that is parsed for itself, as statements are; nothing, over at least one token, where it is broken.
pub(super) fn guarded<'t, O>(
    inp: &mut Inp<'t, '_>,
    end: usize,
    parse: impl Fn(&mut Inp<'t, '_>) -> Parsed<O>,
) -> (Option<O>, Span) {
    let start = inp.at();
    let outside = std::mem::replace(&mut inp.state().stmt_start, start);
    let before = inp.save();
    // A line that stands where the statements of its block do is a fresh start, whatever stood above it. So is one that begins with
    // a word like `let`, wherever it stands.
    let is_fresh = inp.token().on_new_line
        && (begins_statement(inp.kind()) || indent_of(inp, start) == inp.state().indent);
    inp.state().quiet &= !is_fresh;
    let slips = inp.state().slips;
    let parsed = match parse(inp) {
        Ok(parsed) => {
            let whole = inp.state().slips == slips;
            inp.state().quiet &= !whole;
            Some(parsed)
        }
        Err(stop) => {
            report(inp, stop);
            inp.rewind(before);
            look_into_body(inp, stop.at as usize);
            skip_statement(inp, start, end);
            None
        }
    };
    inp.state().stmt_start = outside;
    (parsed, inp.since(start))
}

/// Parses the body behind a head that broke at the token `broken`, for the findings in it.
fn look_into_body(inp: &mut Inp<'_, '_>, broken: usize) {
    use Kind::{Const, Let, Match, Table, Test, Type, Var};
    if matches!(inp.kind(), Const | Let | Match | Table | Type | Var) {
        return;
    }
    // A body that was reached has been looked into already.
    let Some(body) = body_on_line(inp).filter(|it| broken <= *it) else { return };
    let in_test = inp.kind() == Test || inp.state().place.in_test;
    let before = inp.save();
    inp.skip_to(body);
    let place = Place { in_test, ..Place::default() };
    // Nothing is lost where the body is too deep: that has been said.
    let _ = placed(inp, place, block);
    inp.rewind(before);
}

/// A statement ends with its line: says so where it does not, and drops what follows.
pub(super) fn line_end(inp: &mut Inp<'_, '_>, end: usize) -> bool {
    let at = inp.at();
    if at >= end || inp.token().on_new_line {
        return true;
    }
    report(inp, Stop { at: offset(at), want: Want::LineEnd });
    let start = inp.state().stmt_start;
    rest_of_statement(inp, start);
    false
}

/// Takes the value from a statement that goes on with something else: what it is worth is unknown.
pub(super) fn spoil(kind: &mut StmtKind) {
    match kind {
        StmtKind::Let(it) => it.value = broken_expr(it.value.span),
        StmtKind::Expr(it) if !ends_with_block(&it.kind) => *kind = StmtKind::Error,
        StmtKind::Assign(it) => it.value = broken_expr(it.value.span),
        StmtKind::Error
        | StmtKind::Expr(_)
        | StmtKind::For(_)
        | StmtKind::While(..)
        | StmtKind::Try(_)
        | StmtKind::Transaction(..)
        | StmtKind::Test(_) => {}
    }
}

/// What stands between a word like `if` and the `{` behind it. If it is broken, the body is parsed all the same.
pub(super) fn head(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    doubled_word(inp);
    let start = inp.at();
    let before = inp.save();
    let result = nested(inp, head_expr).and_then(|head| match inp.kind() {
        Kind::Equal if inp.nth(1).kind != Kind::BraceOpen => {
            assignment_in_condition(inp, head, head_expr)
        }
        _ => Ok(head),
    });
    let stop = match result {
        Ok(head) if starts_body(inp) => return Ok(head),
        Ok(_) => Stop { at: offset(inp.at()), want: Want::Block },
        Err(stop) => stop,
    };
    report(inp, stop);
    inp.rewind(before);
    match body_on_line(inp) {
        Some(body) => {
            inp.skip_to(body);
            let span = if body > start { inp.since(start) } else { super::recover::behind(inp) };
            Ok(broken_expr(span))
        }
        None => Err(Stop { want: Want::Said, ..stop }),
    }
}

/// `if if a {`: without a word of its own, the second `if` would look for a body far below.
fn doubled_word(inp: &mut Inp<'_, '_>) {
    let at = inp.at();
    let before = inp.state().tokens[at.saturating_sub(1)].kind;
    if inp.kind() == before && matches!(before, Kind::If | Kind::Match) {
        report(inp, Stop { at: offset(at), want: Want::Item });
        inp.bump();
    }
}

/// Whether what may follow a head follows.
fn starts_body(inp: &mut Inp<'_, '_>) -> bool {
    inp.kind() == Kind::BraceOpen || inp.kind().is_name() || inp.kind() == Kind::Where
}

/// `if s = "late"`, `where s = "late"`: reported, and read as a comparison; `value` reads what stands right of it.
pub(super) fn assignment_in_condition<'t>(
    inp: &mut Inp<'t, '_>,
    left: Expr,
    value: impl Fn(&mut Inp<'t, '_>) -> Parsed<Expr>,
) -> Parsed<Expr> {
    let token = inp.bump();
    let op_span = inp.span(token);
    if !std::mem::replace(&mut inp.state().quiet, true) {
        inp.state().diagnostics.push(errors::assign_in_condition(op_span));
    }
    let right = value(inp)?;
    let span = left.span.to(right.span);
    let binary = Binary { op: BinaryOp::Equal, op_span, left, right };
    Ok(Expr { id: NodeId(0), span, kind: ExprKind::Binary(Box::new(binary)) })
}

/// The `{` of the body behind a broken head: the one that ends this line.
pub(super) fn body_on_line(inp: &mut Inp<'_, '_>) -> Option<usize> {
    let start = inp.at();
    let tokens = inp.state().tokens;
    let mut at = start;
    let mut found = None;
    while at < tokens.len() && tokens[at].kind != Kind::End {
        let token = tokens[at];
        if token.on_new_line && at > start || (token.partner as usize) < at {
            break;
        }
        if token.kind == Kind::BraceOpen && tokens.get(at + 1).is_some_and(|it| it.on_new_line) {
            found = Some(at);
        }
        at = (token.partner as usize).max(at) + 1;
    }
    found
}

/// `= e` or `+= e` behind an expression makes it an assignment.
pub(super) fn assigned(inp: &mut Inp<'_, '_>, target: Expr) -> Parsed<StmtKind> {
    let op = match inp.kind() {
        Kind::Equal => None,
        Kind::PlusEqual => Some(BinaryOp::Add),
        Kind::MinusEqual => Some(BinaryOp::Subtract),
        Kind::StarEqual => Some(BinaryOp::Multiply),
        Kind::SlashEqual => Some(BinaryOp::Divide),
        _ => return Ok(StmtKind::Expr(target)),
    };
    let sign = inp.bump();
    let op_span = inp.span(sign);
    let value = value_or_error(inp, initial)?;
    Ok(StmtKind::Assign(Assign { target, op, op_span, value }))
}

/// A value behind `=`: on the same line, or on the next if that is indented deeper than the statement.
pub(super) fn initial(inp: &mut Inp<'_, '_>) -> Parsed<Expr> {
    let (at, start) = (inp.at(), inp.state().stmt_start);
    if inp.token().on_new_line && indent_of(inp, at) <= indent_of(inp, start) {
        return inp.stop(Want::Initial);
    }
    expr(inp)
}
