//! Names, and the words that are names in their places.

use super::{Inp, Look, Parsed, Rule, Want, rule};
use crate::syntax::token::{Kind, Token};
use crate::syntax::tree::{Binding, Name, NodeId};

/// A name for `what`, which the message says if there is none.
pub(super) fn name<'t>(what: &'static str) -> impl Rule<'t, Name> {
    rule(move |inp| if inp.kind().is_name() { Ok(taken(inp)) } else { inp.stop(Want::Name(what)) })
}

/// A name that comes into being.
pub(super) fn binding<'t>(what: &'static str) -> impl Rule<'t, Binding> {
    rule(move |inp| Ok(Binding { id: NodeId(0), name: inp.parse(name(what))? }))
}

/// Any word: behind a dot even `where` is a name.
pub(super) fn word<'t>(what: &'static str) -> impl Rule<'t, Name> {
    rule(move |inp| if is_word(inp.kind()) { Ok(taken(inp)) } else { inp.stop(Want::Name(what)) })
}

/// A text without holes that names something: a test, or a thing in a database.
pub(super) fn text_name(inp: &mut Inp<'_, '_>) -> Parsed<Name> {
    if inp.kind() != Kind::Text {
        return inp.stop(Want::Token(Kind::Text));
    }
    let token = inp.bump();
    let span = inp.span(token);
    let text = super::text::plain(inp, token);
    Ok(Name { text, span })
}

/// Takes the next token as a name.
pub(super) fn taken(inp: &mut Inp<'_, '_>) -> Name {
    let token = inp.bump();
    named(inp, token)
}

/// The name that a token is.
pub(super) fn named(inp: &mut Inp<'_, '_>, token: Token) -> Name {
    Name { text: inp.text(token).into(), span: inp.span(token) }
}

pub(super) fn is_word(kind: Kind) -> bool {
    kind.is_name() || kind.is_reserved()
}
