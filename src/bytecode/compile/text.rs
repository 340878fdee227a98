//! Texts with holes.

use super::builder::Ins;
use super::lower::{Lower, Out};
use crate::check::types::Type;
use crate::syntax::tree::{Expr, Text, TextPart};

impl<'p> Lower<'_, 'p> {
    /// A text literal.
    pub(super) fn text(&mut self, text: &'p Text) -> Out {
        match text.parts.as_slice() {
            [] => self.load_text(""),
            [TextPart::Literal(literal, _)] => self.load_text(literal),
            parts => self.interpolated(parts),
        }
    }

    /// The holes first, then the text in one go: what a hole does may write texts of its own.
    fn interpolated(&mut self, parts: &'p [TextPart]) -> Out {
        self.shared.written.insert(parts.iter().map(literal).collect());
        let holes: Vec<_> = parts
            .iter()
            .enumerate()
            .map(|(at, part)| match part {
                TextPart::Literal(..) => None,
                TextPart::Hole(expr) => {
                    let out = self.expr(expr);
                    let out = self.before(out, expr, parts[at + 1..].iter().filter_map(hole));
                    Some((out, self.final_ty(expr)))
                }
            })
            .collect();
        self.emit(Ins::StartText {});
        for (part, hole) in parts.iter().zip(holes) {
            match (part, hole) {
                (TextPart::Literal(literal, _), _) => {
                    let constant = self.shared.text(literal);
                    self.emit(Ins::WriteConstant { constant });
                }
                (_, Some((out, ty))) => self.write(out, &ty),
                (TextPart::Hole(_), None) => unreachable!("every hole has a value"),
            }
        }
        let to = self.builder.value();
        self.emit(Ins::FinishText { to });
        Out::Owned(to)
    }

    fn write(&mut self, out: Out, ty: &Type) {
        let write = match out {
            Out::Nothing => return,
            Out::Owned(a) | Out::Borrowed(a) => Ins::WriteValue { a },
            Out::Scalar(a) => match ty {
                Type::Float => Ins::WriteFloat { a },
                Type::Bool => Ins::WriteBool { a },
                Type::Time => Ins::WriteTime { a },
                Type::Date => Ins::WriteDate { a },
                Type::Duration => Ins::WriteDuration { a },
                _ => Ins::WriteInt { a },
            },
        };
        self.emit(write);
    }
}

/// What is known of a part before the program runs.
fn literal(part: &TextPart) -> &str {
    match part {
        TextPart::Literal(literal, _) => literal,
        TextPart::Hole(_) => "*",
    }
}

fn hole(part: &TextPart) -> Option<&Expr> {
    match part {
        TextPart::Literal(..) => None,
        TextPart::Hole(expr) => Some(expr),
    }
}
