//! `match`: patterns against the subject's type, names that they bind, cases that nobody handles.

use ecow::EcoString;

use super::branch::Branch;
use super::checker::{Checker, Want};
use super::cover::{self, Pat};
use super::expr::Place;
use super::facts::{self, Fact, Facts};
use super::literal::plain_text;
use super::report;
use super::scope::LocalKind;
use super::types::{RecordType, Type};
use crate::diagnostics::suggest::{Candidate, nearest};
use crate::source::Span;
use crate::syntax::tree::{
    Arm, Binding, Expr, ExprKind, Match, Name, Pattern, PatternKind, Range, UnaryOp,
};

/// What is known of the cases so far.
struct Cases {
    subject: Type,
    /// The place that the subject is, for narrowing it in the arms.
    place: Option<facts::Place>,
    /// What the arms take that have no condition.
    taken: Vec<Pat>,
    /// Texts that the subject never is, by their place.
    never: Vec<(Span, EcoString)>,
    /// Whether a pattern was wrong, so that nothing can be said of what is missing.
    is_unsure: bool,
}

impl<'p> Checker<'p> {
    pub(super) fn match_expr(&mut self, expr: &'p Expr, it: &'p Match, want: Want<'_>) -> Type {
        let found = self.expr(&it.subject, Want::Value);
        let subject = self.open(&found);
        if subject == Type::Nothing {
            self.report(report::types::nothing_used(&it.subject));
        }
        let is_unsure = subject.is_error() || subject == Type::Nothing;
        let place = self.place(&it.subject);
        let mut cases = Cases { subject, place, taken: Vec::new(), never: Vec::new(), is_unsure };
        let before = self.facts.clone();
        let mut after: Option<Facts> = None;
        let mut branches = Vec::with_capacity(it.arms.len());
        for arm in &it.arms {
            self.facts = before.clone();
            let ty = self.arm(arm, &mut cases, want);
            if !ty.is_never() {
                let mine = std::mem::take(&mut self.facts);
                after = Some(match after {
                    Some(other) => mine.meet(&other),
                    None => mine,
                });
            }
            branches.push(Branch::of_expr(&arm.body, ty));
        }
        self.facts = after.unwrap_or(before);
        self.demand_all_cases(expr, it, &cases);
        if branches.is_empty() {
            return Type::Nothing;
        }
        self.merge(branches, want)
    }

    fn arm(&mut self, arm: &'p Arm, cases: &mut Cases, want: Want<'_>) -> Type {
        let mark = self.open_scope();
        let remaining = remaining_type(cases);
        let mut pats = Vec::with_capacity(arm.patterns.len().max(1));
        if arm.patterns.is_empty() {
            pats.push(Pat::Any);
        }
        for pattern in &arm.patterns {
            let pat = self.pattern(pattern, &remaining, cases);
            if arm.patterns.len() > 1 && binds(pattern) {
                self.report(report::flow::name_among_patterns(pattern.span));
                cases.is_unsure = true;
            }
            pats.push(pat);
        }
        self.report_useless(arm, &pats, cases);
        if let Some(place) = &cases.place {
            self.narrow_subject(place.clone(), &cases.subject, &remaining, &pats);
        }
        if let Some(guard) = &arm.guard {
            let outcome = self.condition(guard, "if");
            self.facts.learn_all(&outcome.when_true);
        }
        let ty = match want {
            Want::Nothing => self.discard_arm(&arm.body),
            Want::Value | Want::Type(_) => self.expr(&arm.body, want),
        };
        self.close_scope(mark);
        if arm.guard.is_none() {
            cases.taken.append(&mut pats);
        }
        ty
    }

    /// The body of an arm whose value nobody looks at.
    fn discard_arm(&mut self, body: &'p Expr) -> Type {
        self.expr(body, Want::Nothing)
    }

    /// Inside an arm that takes no null, the subject is there.
    fn narrow_subject(
        &mut self,
        place: facts::Place,
        subject: &Type,
        remaining: &Type,
        pats: &[Pat],
    ) {
        if !matches!(subject, Type::Optional(_)) {
            return;
        }
        let takes_null = |pat: &Pat| match pat {
            Pat::Null => true,
            Pat::Any => matches!(remaining, Type::Optional(_)),
            Pat::Bool(_) | Pat::Text(_) | Pat::Other(_) | Pat::Record(_) => false,
        };
        if !pats.iter().any(takes_null) {
            self.facts.learn(Fact { place, ty: subject.without_null().clone() });
        }
    }

    /// Checks a pattern against the type of what it is laid over.
    fn pattern(&mut self, pattern: &'p Pattern, subject: &Type, cases: &mut Cases) -> Pat {
        self.set_type(pattern.id, subject.clone());
        match &pattern.kind {
            PatternKind::Error => {
                self.saw_error();
                cases.is_unsure = true;
                Pat::Any
            }
            PatternKind::Literal(literal) => self.literal_pattern(literal, subject, cases),
            PatternKind::Range(range) => self.range_pattern(range, subject, cases),
            PatternKind::Name(binding) => self.name_pattern(binding, subject),
            PatternKind::Record(fields) => self.record_pattern(pattern, fields, subject, cases),
        }
    }

    fn literal_pattern(&mut self, literal: &'p Expr, subject: &Type, cases: &mut Cases) -> Pat {
        if matches!(literal.kind, ExprKind::Null) {
            self.set_type(literal.id, Type::Null);
            if is_never_null(subject) && !cases.is_unsure {
                self.report(report::nulls::never_null_case(literal.span));
            }
            return Pat::Null;
        }
        let inner = self.open(subject.without_null());
        if let (ExprKind::Text(text), Type::Union(members)) = (&literal.kind, &inner) {
            let written = plain_text(text);
            self.set_type(literal.id, inner.clone());
            if !members.contains(&written) && !cases.is_unsure {
                cases.never.push((literal.span, written.clone()));
            }
            return Pat::Text(written);
        }
        let found = self.expr(literal, Want::Type(&inner));
        let fits = inner == Type::Json || self.agree(&found, &inner).holds();
        if !fits {
            let place = Place::Plain;
            let diagnostic = report::types::wrong_type(self, literal, &found, &inner, place);
            self.report(diagnostic);
            cases.is_unsure = true;
        }
        self.widen(literal, &found, &inner);
        match &literal.kind {
            ExprKind::Bool(value) => Pat::Bool(*value),
            ExprKind::Text(text) => Pat::Text(plain_text(text)),
            _ => Pat::Other(self.source.slice(literal.span).into()),
        }
    }

    /// The ends of a range; of two that do not fit one is reported.
    fn range_pattern(&mut self, range: &'p Range, subject: &Type, cases: &mut Cases) -> Pat {
        let inner = self.open(subject.without_null());
        for end in [&range.from, &range.to].into_iter().flatten() {
            let found = self.expr(end, Want::Type(&inner));
            if !cases.is_unsure {
                self.meet(end, &found, &inner, Place::Plain);
            }
            cases.is_unsure |= !self.agree(&found, &inner).holds() || found.is_error();
        }
        if !inner.is_ordered() && !cases.is_unsure {
            let span = range.from.as_ref().or(range.to.as_ref()).map(|it| it.span);
            self.report(report::types::no_range_of(span.unwrap_or_default(), &inner));
        }
        let text = |end: &Option<Expr>| {
            end.as_ref().map_or("", |it| self.source.slice(it.span)).to_owned()
        };
        let sign = if range.inclusive { "..=" } else { ".." };
        Pat::Other(ecow::eco_format!("{}{sign}{}", text(&range.from), text(&range.to)))
    }

    fn name_pattern(&mut self, binding: &'p Binding, subject: &Type) -> Pat {
        self.set_type(binding.id, subject.clone());
        if binding.name.text != "_" && !binding.name.text.is_empty() {
            if let Some(what) = self.constant_named(&binding.name.text) {
                self.report(report::flow::constant_pattern(&binding.name, what));
            }
            self.bind(binding, subject.clone(), LocalKind::Pattern);
        }
        Pat::Any
    }

    fn record_pattern(
        &mut self,
        pattern: &Pattern,
        fields: &'p [(Name, Pattern)],
        subject: &Type,
        cases: &mut Cases,
    ) -> Pat {
        let inner = self.open(subject.without_null());
        let mut pats = Vec::with_capacity(fields.len());
        for (name, field) in fields {
            let ty = match &inner {
                Type::Record(record) => self.field_to_match(&inner, record, name),
                Type::Fault => self.error_field(&inner, name),
                _ => Type::Error,
            };
            cases.is_unsure |= ty.is_error();
            let pat = self.pattern(field, &ty, cases);
            pats.push((name.text.clone(), pat));
        }
        let is_silent = matches!(inner, Type::Record(_) | Type::Fault | Type::Error | Type::Never);
        if !is_silent {
            cases.is_unsure = true;
            self.report(report::types::no_fields_to_take(pattern.span, &inner));
        }
        Pat::Record(pats)
    }

    fn field_to_match(&mut self, whole: &Type, record: &RecordType, name: &Name) -> Type {
        match record.slot(&name.text) {
            Some(slot) => record.fields[slot].ty.clone(),
            None => self.unknown_field(whole, record, name),
        }
    }

    fn error_field(&mut self, whole: &Type, name: &Name) -> Type {
        match name.text.as_str() {
            "code" | "message" | "at" => Type::Text,
            "data" => Type::Json,
            _ => {
                let known = ["code", "message", "data", "at"].map(Candidate::new);
                let near = nearest(&name.text, known);
                self.report(report::names::unknown_field(whole, name, &near));
                Type::Error
            }
        }
    }

    /// A case whose values an earlier one takes.
    fn report_useless(&mut self, arm: &Arm, pats: &[Pat], cases: &Cases) {
        if cases.is_unsure {
            return;
        }
        if cases.taken.contains(&Pat::Any) {
            self.report(report::lints::unreachable_case(arm.span));
            return;
        }
        for (pattern, pat) in arm.patterns.iter().zip(pats) {
            if *pat != Pat::Any && cases.taken.contains(pat) {
                self.report(report::lints::unreachable_case(pattern.span));
            }
        }
    }

    fn demand_all_cases(&mut self, expr: &Expr, it: &Match, cases: &Cases) {
        if cases.is_unsure || cases.subject.is_never() {
            return self.warn_of_never(cases, &[]);
        }
        let open = |ty: &Type| self.open(ty);
        let mut missing = cover::missing(&cases.subject, &cases.taken, &open);
        let misspelt = self.misspelt_cases(cases, &missing);
        missing.retain(|case| !misspelt.iter().any(|(_, meant)| meant == case));
        self.warn_of_never(cases, &misspelt);
        for (span, meant) in misspelt {
            self.report(report::flow::misspelt_case(span, &meant));
        }
        if !missing.is_empty() {
            let word = Span { end: it.subject.span.end, ..expr.span };
            let close = expr.span.end.saturating_sub(1);
            let insert = Span { start: close, end: close, ..expr.span };
            let has_guard = it.arms.iter().any(|arm| arm.guard.is_some());
            self.report(report::flow::unhandled_cases(word, insert, &missing, has_guard));
        }
    }

    /// The cases that nobody handles because their texts are misspelt, as they would be written.
    fn misspelt_cases(&self, cases: &Cases, missing: &[String]) -> Vec<(Span, String)> {
        let inner = self.open(cases.subject.without_null());
        let Type::Union(members) = &inner else { return Vec::new() };
        let meant = |(span, written): &(Span, EcoString)| {
            let near = nearest(written, members.iter().map(|it| Candidate::new(it)));
            let [only] = near.as_slice() else { return None };
            let case = format!("{only:?}");
            missing.contains(&case).then_some((*span, case))
        };
        cases.never.iter().filter_map(meant).collect()
    }

    /// Says which of the texts the subject never is, but for those of which more is said.
    fn warn_of_never(&mut self, cases: &Cases, said: &[(Span, String)]) {
        let inner = self.open(cases.subject.without_null());
        let Type::Union(members) = &inner else { return };
        for (span, written) in &cases.never {
            if !said.iter().any(|(other, _)| other == span) {
                self.report(report::types::never_true(*span, written, members, None));
            }
        }
    }
}

/// The type of what is left when earlier cases have taken theirs: without null once that is handled.
fn remaining_type(cases: &Cases) -> Type {
    if cases.taken.contains(&Pat::Null) {
        cases.subject.without_null().clone()
    } else {
        cases.subject.clone()
    }
}

fn is_never_null(ty: &Type) -> bool {
    !matches!(ty, Type::Optional(_) | Type::Null | Type::Json | Type::Error | Type::Never)
}

fn binds(pattern: &Pattern) -> bool {
    match &pattern.kind {
        PatternKind::Name(binding) => binding.name.text != "_",
        PatternKind::Record(fields) => fields.iter().any(|(_, inner)| binds(inner)),
        PatternKind::Error | PatternKind::Literal(_) | PatternKind::Range(_) => false,
    }
}

/// Whether an expression is a number, maybe with a minus.
pub(super) fn is_number_literal(expr: &Expr) -> bool {
    match &expr.kind {
        ExprKind::Int(_) | ExprKind::Decimal(_) | ExprKind::Float(_) => true,
        ExprKind::Unary(UnaryOp::Negate, inner) => is_number_literal(inner),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine, type_of_last};

    const STATUS: &str = "fn s() -> \"open\" | \"paid\" | \"late\" { return \"open\" }\n";

    #[test]
    fn all_cases_are_covered() {
        fine(&format!(
            "{STATUS}match s() {{\n  \"open\", \"paid\" => print(1)\n  \"late\" => print(2)\n}}"
        ));
        finds(
            &format!("{STATUS}match s() {{\n  \"open\" => print(1)\n}}"),
            &["unhandled-cases at `match s()`"],
        );
        finds("match 3 {\n  1 => print(1)\n}", &["unhandled-cases at `match 3`"]);
        finds("match true {\n  true => print(1)\n}", &["unhandled-cases at `match true`"]);
        finds(
            "let n: int? = null\nmatch n {\n  x if x == 3 => print(1)\n  null => print(2)\n}",
            &["unhandled-cases at `match n`"],
        );
    }

    #[test]
    fn values_are_joined() {
        assert_eq!(
            type_of_last(&format!(
                "{STATUS}let x = match s() {{\n  \"open\" => 1\n  else => 2.5\n}}"
            )),
            "decimal"
        );
        finds(
            &format!(
                "{STATUS}let x = match s() {{\n  \"open\" => 1\n  else => \"a\"\n}}\nprint(x)"
            ),
            &["wrong-type at `\"a\"`"],
        );
    }

    #[test]
    fn cases_that_never_happen() {
        finds(
            &format!("{STATUS}match s() {{\n  \"Open\" => print(1)\n  else => print(2)\n}}"),
            &["never-true at `\"Open\"`"],
        );
        finds(
            &format!("{STATUS}match s() {{\n  else => print(1)\n  \"open\" => print(2)\n}}"),
            &["unreachable at `\"open\" => print(2)`"],
        );
        finds(
            "match 3 {\n  1 => print(1)\n  1 => print(2)\n  else => {}\n}",
            &["unreachable at `1`"],
        );
        finds("match 3 {\n  null => print(1)\n  else => {}\n}", &["never-null at `null`"]);
    }

    #[test]
    fn patterns_have_the_subjects_type() {
        finds("match 3 {\n  \"a\" => print(1)\n  else => {}\n}", &["wrong-type at `\"a\"`"]);
        fine("match 3 {\n  1..10 => print(1)\n  -5..=-1 => print(2)\n  else => {}\n}");
        finds("match true {\n  1..3 => print(1)\n  else => {}\n}", &["wrong-type at `1`"]);
    }

    #[test]
    fn record_patterns_take_fields_out() {
        fine(
            "try { fail \"x\" } catch e {\n  match e {\n    { code: \"timeout\", message } => print(message)\n    else => fail e\n  }\n}",
        );
        finds(
            "let r = { a: 1 }\nmatch r {\n  { b: 2 } => print(1)\n  else => {}\n}",
            &["unknown-field at `b`"],
        );
    }

    #[test]
    fn names_stand_alone() {
        finds("match 3 {\n  1, n => print(n)\n  else => {}\n}", &["misplaced at `n`"]);
        finds(
            "const N = 3\nmatch 3 {\n  N => print(1)\n}",
            &["duplicate-name at `N`", "name-style at `N`"],
        );
    }
}
