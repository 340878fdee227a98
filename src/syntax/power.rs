//! How tightly operators bind: the one table behind reading and writing expressions.

use super::tree::BinaryOp;

/// How tightly something binds; a larger one binds tighter.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Power {
    /// Goes on to the right as far as it can: closures, `fail`, `try`, `return`, queries.
    Open,
    Default,
    Or,
    And,
    Not,
    Comparison,
    Range,
    Sum,
    Product,
    Negation,
    /// Fields, calls, indices and what stands for itself.
    Attached,
}

impl Power {
    pub(super) fn of(op: BinaryOp) -> Self {
        use BinaryOp as B;
        match op {
            B::Default => Self::Default,
            B::Or => Self::Or,
            B::And => Self::And,
            B::Equal
            | B::NotEqual
            | B::Less
            | B::LessEqual
            | B::Greater
            | B::GreaterEqual
            | B::In => Self::Comparison,
            B::Add | B::Subtract => Self::Sum,
            B::Multiply | B::Divide | B::IntDivide | B::Remainder => Self::Product,
        }
    }

    /// What an operand on the right has to be at least.
    pub(super) fn next(self) -> Self {
        match self {
            Self::Open => Self::Default,
            Self::Default => Self::Or,
            Self::Or => Self::And,
            Self::And => Self::Not,
            Self::Not => Self::Comparison,
            Self::Comparison => Self::Range,
            Self::Range => Self::Sum,
            Self::Sum => Self::Product,
            Self::Product => Self::Negation,
            Self::Negation | Self::Attached => Self::Attached,
        }
    }
}
