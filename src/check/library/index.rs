//! Finds declarations by the starts of their lines, without reading them.

/// A declaration that was found.
#[derive(Debug)]
pub(super) struct Entry {
    /// The file that it stands in: `text`.
    pub(super) module: &'static str,
    /// What it is called.
    pub(super) name: &'static str,
    /// What it declares.
    pub(super) kind: Kind,
    /// How many functions of its file have the same name and stand before it.
    pub(super) overload: u8,
    /// The declaration with its docs.
    pub(super) text: &'static str,
}

/// What a declaration declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Kind {
    Function,
    Method,
    Type,
}

impl Entry {
    pub(super) fn is_type(&self) -> bool {
        self.kind == Kind::Type
    }

    pub(super) fn is_method(&self) -> bool {
        self.kind == Kind::Method
    }

    pub(super) fn is_function(&self) -> bool {
        self.kind == Kind::Function
    }
}

/// Hands on every declaration of a library file in order.
pub(super) fn entries(module: &'static str, text: &'static str, found: &mut dyn FnMut(Entry)) {
    let mut open: Option<(usize, &'static str, Kind)> = None;
    // Where the docs of the next declaration start, if it came now.
    let mut begin = 0;
    let mut at = 0;
    let ends = memchr::memchr_iter(b'\n', text.as_bytes()).map(|end| end + 1);
    for end in ends.chain([text.len()]) {
        let line = &text[at..end];
        if let Some((name, kind)) = head(line)
            && let Some((from, name, kind)) = open.replace((begin, name, kind))
        {
            found(Entry { module, name, kind, overload: 0, text: &text[from..begin] });
        }
        at = end;
        if !line.starts_with("///") {
            begin = at;
        }
    }
    if let Some((from, name, kind)) = open {
        found(Entry { module, name, kind, overload: 0, text: &text[from..] });
    }
}

/// The name and kind that a line declares.
fn head(line: &'static str) -> Option<(&'static str, Kind)> {
    if let Some(rest) = line.strip_prefix("type ") {
        return Some((name(rest), Kind::Type));
    }
    let rest = line.strip_prefix("fn ")?;
    let (_, params) = rest.split_once('(')?;
    let params = params.trim_start();
    let is_method = params.strip_prefix("self").is_some_and(|it| it.trim_start().starts_with(':'));
    Some((name(rest), if is_method { Kind::Method } else { Kind::Function }))
}

fn name(text: &'static str) -> &'static str {
    let end = text.find(|c: char| !c.is_ascii_alphanumeric() && c != '_').unwrap_or(text.len());
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_take_their_docs_and_bodies_along() {
        let text = "// A note.\n\n/// Capitals.\nfn upper(self: text) -> text = pure\nfn map<T, R>(self: [T], f: fn(T) -> R) -> [R] {\n  return []\n}\n\n/// A reply.\ntype Reply = {\n  status: int,\n}\n/// Now.\nfn now() -> time = observe\n";
        let mut found = Vec::new();
        entries("m", text, &mut |it| found.push((it.name, it.kind, it.text)));
        let names: Vec<_> = found.iter().map(|(name, kind, _)| (*name, *kind)).collect();
        let expected = [
            ("upper", Kind::Method),
            ("map", Kind::Method),
            ("Reply", Kind::Type),
            ("now", Kind::Function),
        ];
        assert_eq!(names, expected);
        assert_eq!(found[0].2, "/// Capitals.\nfn upper(self: text) -> text = pure\n");
        assert!(found[1].2.starts_with("fn map<T, R>") && found[1].2.ends_with("}\n\n"));
        assert_eq!(found[2].2, "/// A reply.\ntype Reply = {\n  status: int,\n}\n");
        assert_eq!(found[3].2, "/// Now.\nfn now() -> time = observe\n");
    }
}
