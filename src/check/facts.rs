//! Narrowing: what is known here, and not everywhere, about the type of a variable or of a field of one.
//!
//! Facts follow the flow of control. A condition gives facts for where it holds and for where it does not; behind an `if`
//! stay those on which both ways agree; an assignment ends those about its variable.

use ecow::EcoString;

use super::types::Type;
use crate::syntax::tree::NodeId;

/// What `run` and its fields are known by among places: no binding has this node.
pub(super) const RUN: NodeId = NodeId(u32::MAX);

/// What `env.NAME` is known by among places.
pub(super) const SETTINGS: NodeId = NodeId(u32::MAX - 1);

/// A variable, or a field of a field of one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The variable's binding.
    pub(super) root: NodeId,
    /// The fields, outermost first.
    pub(super) path: Vec<EcoString>,
}

/// That a place holds values of a narrower type here.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Fact {
    /// The place.
    pub(super) place: Place,
    /// What it holds here.
    pub(super) ty: Type,
}

/// All that is known at one point of the program.
#[derive(Clone, Debug, Default)]
pub(super) struct Facts {
    known: Vec<Fact>,
}

/// What a condition tells.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Known where it holds.
    pub(super) when_true: Vec<Fact>,
    /// Known where it does not hold.
    pub(super) when_false: Vec<Fact>,
}

impl Facts {
    /// The narrowed type of a place.
    pub(super) fn get(&self, place: &Place) -> Option<&Type> {
        self.known.iter().rev().find(|it| it.place == *place).map(|it| &it.ty)
    }

    /// Whether nothing is known at all, so that nobody need build a [`Place`] to ask.
    pub(super) fn is_empty(&self) -> bool {
        self.known.is_empty()
    }

    /// Takes a fact in.
    pub(super) fn learn(&mut self, fact: Fact) {
        self.known.retain(|it| it.place != fact.place);
        self.known.push(fact);
    }

    /// Takes facts in.
    pub(super) fn learn_all(&mut self, facts: &[Fact]) {
        facts.iter().for_each(|fact| self.learn(fact.clone()));
    }

    /// Ends what is known of a place and of everything below it.
    pub(super) fn forget(&mut self, place: &Place) {
        self.known
            .retain(|it| it.place.root != place.root || !it.place.path.starts_with(&place.path));
    }

    /// Ends what is known of a variable.
    pub(super) fn forget_variable(&mut self, root: NodeId) {
        self.known.retain(|it| it.place.root != root);
    }

    /// Keeps what holds on both of two ways that meet.
    pub(super) fn meet(mut self, other: &Self) -> Self {
        self.known.retain(|fact| other.get(&fact.place) == Some(&fact.ty));
        self
    }
}

impl Outcome {
    /// What the negated condition tells.
    pub(super) fn negated(self) -> Self {
        Self { when_true: self.when_false, when_false: self.when_true }
    }
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    const X: &str = "fn f() -> int? { return null }\nlet x = f()\n";

    #[track_caller]
    fn fine_with_x(rest: &str) {
        fine(&format!("{X}{rest}"));
    }

    #[track_caller]
    fn finds_with_x(rest: &str, expected: &[&str]) {
        finds(&format!("{X}{rest}"), expected);
    }

    #[test]
    fn a_comparison_with_null_narrows_both_ways() {
        fine_with_x("if x != null { print(x + 1) } else { print(x ?? 0) }");
        fine_with_x("if x == null { print(0) } else { print(x + 1) }");
        fine_with_x("if null != x { print(x + 1) }");
        finds_with_x("if x == null { print(x + 1) }", &["maybe-null at `x`"]);
        finds_with_x("print(x + 1)", &["maybe-null at `x`"]);
    }

    #[test]
    fn leaving_early_narrows_what_follows() {
        fine_with_x("if x == null { return }\nprint(x + 1)");
        fine_with_x("if x == null { fail \"none\" }\nprint(x + 1)");
        fine_with_x("for i in 1..3 {\n  if x == null { continue }\n  print(x + i)\n}");
        finds_with_x("if x == null { print(0) }\nprint(x + 1)", &["maybe-null at `x`"]);
    }

    #[test]
    fn conditions_join_what_they_tell() {
        fine_with_x("let y = f()\nif x != null and y != null { print(x + y) }");
        fine_with_x("if x != null and x > 3 { print(x) }");
        fine_with_x("if x == null or x > 3 { print(0) } else { print(x + 1) }");
        fine_with_x("if not (x == null) { print(x + 1) }");
        fine_with_x("print(x == null or x + 1 > 3)");
        finds_with_x("if x != null or x > 3 { print(0) }", &["maybe-null at `x`"]);
        finds_with_x(
            "let y = f()\nif x != null or y != null { print(x + 1) }",
            &["maybe-null at `x`"],
        );
    }

    #[test]
    fn an_equal_value_that_is_there_narrows_too() {
        fine_with_x("if x == 3 { print(x + 1) }");
        finds_with_x("if x != 3 { print(x + 1) }", &["maybe-null at `x`"]);
    }

    #[test]
    fn variables_are_narrow_until_they_are_assigned() {
        fine("var x: int? = null\nx = 3\nprint(x + 1)");
        fine("var x: int? = 3\nprint(x + 1)");
        fine("fn f() -> int? { return null }\nvar x = f()\nif x == null { x = 1 }\nprint(x + 1)");
        finds(
            "fn f() -> int? { return null }\nvar x = f()\nif x != null { x = f()\n  print(x + 1) }",
            &["maybe-null at `x`"],
        );
        finds(
            "fn f() -> int? { return null }\nvar x: int? = 3\nif f() == 1 { x = null }\nprint(x + 1)",
            &["maybe-null at `x`"],
        );
    }

    #[test]
    fn loops_forget_what_their_bodies_assign() {
        fine(
            "fn next(n: int) -> int? { return null }\nvar page: int? = 1\nwhile page != null {\n  page = next(page)\n}",
        );
        finds(
            "fn f() -> int? { return null }\nvar x: int? = 1\nfor i in 1..3 {\n  print(x + i)\n  x = f()\n}",
            &["maybe-null at `x`"],
        );
        fine(
            "var best: int? = null\nfor n in [1, 2] {\n  if best == null or n > best { best = n }\n}\nprint(best)",
        );
    }

    #[test]
    fn fields_are_narrowed_like_variables() {
        let head = "type C = { phone: text?, boss: { name: text? }? }\nfn g() -> C { return {} }\nlet c = g()\n";
        fine(&format!("{head}if c.phone != null {{ print(c.phone.upper()) }}"));
        fine(&format!("{head}if c.boss?.name != null {{ print(c.boss.name.upper()) }}"));
        finds(&format!("{head}print(c.phone.upper())"), &["maybe-null at `c.phone`"]);
        finds(
            &format!(
                "{head}var d = g()\nif d.phone != null {{ d = g()\n  print(d.phone.upper()) }}"
            ),
            &["maybe-null at `d.phone`"],
        );
    }

    #[test]
    fn runs_and_settings_are_narrowed_too() {
        fine("if run.previous != null { print(run.previous - 1d) }");
        fine(
            "let region = env.REGION\nif env.REGION != null { print(env.REGION.upper()) }\nprint(region)",
        );
    }

    #[test]
    fn closures_see_what_is_known_where_they_are_made() {
        fine_with_x("if x != null { print([1].map(n => n + x)) }");
    }

    #[test]
    fn a_case_for_null_narrows_the_others() {
        fine_with_x("match x {\n  null => print(0)\n  n => print(n + 1)\n}");
        fine_with_x("match x {\n  null => print(0)\n  else => print(x + 1)\n}");
        fine_with_x("match x {\n  3 => print(x + 1)\n  else => print(x ?? 0)\n}");
    }

    #[test]
    fn what_is_tried_may_have_been_cut_short() {
        finds(
            "fn f() -> int? { return null }\nvar x: int? = 1\ntry { x = f() } catch { print(x + 1) }",
            &["maybe-null at `x`"],
        );
        fine(
            "fn f() -> int? { return null }\nlet x = f()\nlet y = try f() else 0\nif x == null { return }\ntry { print(1) } catch { print(2) }\nprint(x + 1)\nprint(y)",
        );
    }
}
