//! Reads one declaration.

use std::sync::Arc;

use ecow::EcoString;

use super::index::Entry;
use super::{EntryId, Library};
use crate::check::checked::LibraryFn;
use crate::check::effects::EffectClass;
use crate::check::read_type::{self, TypeNames};
use crate::check::signature::Signature;
use crate::check::types::Type;
use crate::source::{FileId, Source};
use crate::syntax::tree::{self, FnBody, Item, Name};

/// The file that the spans of library declarations name. No source is called so: they are never shown.
const LIBRARY_FILE: FileId = FileId(u32::MAX);

/// A function of the library.
#[derive(Debug)]
pub struct Declaration {
    /// Its place in the library.
    pub entry: EntryId,
    /// Its name in side tables and programs.
    pub id: LibraryFn,
    /// What its `///` lines say, with an example.
    pub docs: Option<EcoString>,
    /// What it takes and gives.
    pub signature: Arc<Signature>,
    /// How it is written in Rust; nothing for one that has a body.
    pub native: Option<Native>,
    /// The declaration as a file of one item.
    pub tree: tree::File,
    /// Its text.
    pub source: Source,
}

/// What the words behind `=` say of a function that is written in Rust.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Native {
    /// What it may touch.
    pub effect: EffectClass,
    /// Changes its receiver, which must be a `var`.
    pub changes: bool,
    /// Wants its type arguments as descriptors at run time.
    pub typed: bool,
    /// Leaves no journal entry.
    pub plain: bool,
}

impl Declaration {
    /// The declaration's tree.
    #[must_use]
    pub fn function(&self) -> &tree::Fn {
        match self.tree.items.as_slice() {
            [Item::Fn(function)] => function,
            _ => unreachable!("a declaration is made from a function only"),
        }
    }

    /// Whether calling it changes its receiver.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.native.is_some_and(|it| it.changes)
    }
}

impl Native {
    fn from_words(words: &[Name]) -> Self {
        let has = |word: &str| words.iter().any(|it| it.text == word);
        let class = words.first().and_then(|it| EffectClass::from_word(&it.text));
        Self {
            effect: class.unwrap_or(EffectClass::Once),
            changes: has("changes"),
            typed: has("typed"),
            plain: has("plain"),
        }
    }
}

/// Reads the function that an entry holds.
pub(super) fn parse(library: &Library, id: EntryId, entry: &Entry) -> Declaration {
    let tree = function_tree(entry);
    let Some(Item::Fn(function)) = tree.items.first() else {
        panic!("`{}` of the library's `{}` is no function", entry.name, entry.module)
    };
    let signature = Arc::new(read_type::signature(function, &mut LibraryNames { library }));
    let native = match &function.body {
        FnBody::Block(_) => None,
        FnBody::Native(words) => Some(Native::from_words(words)),
    };
    let name = LibraryFn {
        module: entry.module.into(),
        name: entry.name.into(),
        overload: entry.overload,
        entry: id,
    };
    let docs = function.docs.clone();
    let source = Source::new(LIBRARY_FILE, entry.module, entry.text);
    Declaration { entry: id, id: name, docs, signature, native, tree, source }
}

/// Reads the type that an entry holds.
pub(super) fn parse_type(library: &Library, entry: &Entry) -> Type {
    let tree = syntax_tree(entry.text);
    let Some(Item::Type(alias)) = tree.items.first() else {
        panic!("`{}` of the library's `{}` is no type", entry.name, entry.module)
    };
    let ty = read_type::read(&alias.ty, &[], &mut LibraryNames { library });
    read_type::name_record(ty, &alias.name.text)
}

/// A function's tree. Behind a dot any word is a name, so a method may have that of a word of the language, as `or` has;
/// where a name stands alone the parser takes none, and reads one of the same length instead.
fn function_tree(entry: &Entry) -> tree::File {
    let tree = syntax_tree(entry.text);
    if matches!(tree.items.first(), Some(Item::Fn(_))) {
        return tree;
    }
    let blank = format!("fn {}", "_".repeat(entry.name.len()));
    let mut tree = syntax_tree(&entry.text.replacen(&format!("fn {}", entry.name), &blank, 1));
    if let Some(Item::Fn(function)) = tree.items.first_mut() {
        function.name.text = entry.name.into();
    }
    tree
}

fn syntax_tree(text: &str) -> tree::File {
    crate::syntax::parse(LIBRARY_FILE, text).tree
}

/// Names as the library's own declarations use them: types of the library, and nothing to report to, because a test
/// has seen every declaration.
struct LibraryNames<'l> {
    library: &'l Library,
}

impl TypeNames for LibraryNames<'_> {
    fn named(&mut self, _module: Option<&Name>, name: &Name) -> Type {
        self.library.named_type(&name.text).cloned().unwrap_or(Type::Error)
    }

    fn resolved(&mut self, _id: tree::NodeId, _ty: &Type) {}

    fn may_choose(&self) -> bool {
        true
    }

    fn wrong(&mut self, _problem: read_type::Problem<'_>) {}
}
