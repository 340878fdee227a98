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
        self.forget(&fact.place);
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

    /// The variables about which something is known.
    pub(super) fn roots(&self) -> impl Iterator<Item = NodeId> {
        self.known.iter().map(|it| it.place.root)
    }
}

impl Outcome {
    /// What the negated condition tells.
    pub(super) fn negated(self) -> Self {
        Self { when_true: self.when_false, when_false: self.when_true }
    }
}
