//! The library's declarations, read when they are needed.
//!
//! The declarations are an argument: this module knows their form, never their names. Making a [`Library`] only looks at
//! the starts of lines; a declaration is parsed when somebody asks for it, a body is checked when it is compiled, and
//! both are kept for as long as the library lives, whichever thread asks.
//!
//! A library file holds `fn` and `type` declarations that start at the beginning of a line. A function whose first
//! parameter is called `self` is a method of that parameter's type, whatever file it stands in; any other function of
//! `http.task` is called `http.get(…)`, and one of `prelude.task` bare.

mod declaration;
mod index;

use std::sync::OnceLock;

pub use declaration::{Declaration, Native};
use index::{Entry, Kind};

use super::checked::{LibraryFn, Tables};
use super::types::Type;

/// The module whose functions are called bare.
pub const PRELUDE: &str = "prelude";

/// Room for as many declarations is made at once.
const ENTRIES_EXPECTED: usize = 512;

/// The declarations of the library, by name.
#[derive(Debug)]
pub struct Library {
    modules: Vec<&'static str>,
    /// In declared order.
    entries: Vec<Entry>,
    /// All places, by name, by what is declared there, and in declared order.
    by_name: Vec<EntryId>,
    read: Vec<Read>,
}

/// What has been read of an entry.
#[derive(Debug, Default)]
struct Read {
    declaration: OnceLock<Box<Declaration>>,
    body: OnceLock<Box<Body>>,
    ty: OnceLock<Box<Type>>,
}

/// What is known of a function's parameters and body.
#[derive(Debug, Default)]
pub(super) struct Body {
    pub(super) tables: Tables,
    /// What it calls that may have an effect.
    pub(super) touched: Vec<LibraryFn>,
}

/// A declaration's place in the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct EntryId(u32);

impl Library {
    /// Takes the declarations: module name and text.
    #[must_use]
    pub fn new(declarations: &[(&'static str, &'static str)]) -> Self {
        let mut entries = Vec::with_capacity(ENTRIES_EXPECTED);
        for (module, text) in declarations {
            index::entries(module, text, &mut |entry| entries.push(entry));
        }
        let mut by_name: Vec<EntryId> = (0..place(entries.len())).map(EntryId).collect();
        by_name.sort_by_key(|id| key(&entries[id.0 as usize]));
        count_overloads(&mut entries, &by_name);
        let read = entries.iter().map(|_| Read::default()).collect();
        let modules = declarations.iter().map(|(module, _)| *module).collect();
        Self { modules, entries, by_name, read }
    }

    /// Whether functions or types come from a file of this name, so that it can stand before a dot.
    #[must_use]
    pub fn has_module(&self, module: &str) -> bool {
        module != PRELUDE && self.modules.contains(&module)
    }

    /// The names of the files that the library has.
    pub fn modules(&self) -> impl Iterator<Item = &'static str> {
        self.modules.iter().copied()
    }

    /// The functions of a module with a name, in declared order.
    pub fn functions(&self, module: &str, name: &str) -> impl Iterator<Item = EntryId> {
        let of_module = move |id: &EntryId| self.entry(*id).module == module;
        self.named(Kind::Function, name).iter().copied().filter(of_module)
    }

    /// The methods with a name, of whatever type, in declared order.
    #[must_use]
    pub fn methods(&self, name: &str) -> &[EntryId] {
        self.named(Kind::Method, name)
    }

    /// The names of a module's functions, each once, in declared order.
    pub fn function_names(&self, module: &str) -> impl Iterator<Item = &'static str> {
        let of_module = move |it: &&Entry| it.is_function() && it.module == module;
        self.entries.iter().filter(of_module).filter(|it| it.overload == 0).map(|it| it.name)
    }

    /// The names of all methods with their places, in declared order.
    pub fn method_entries(&self) -> impl Iterator<Item = (&'static str, EntryId)> {
        let methods = self.entries.iter().zip(0..).filter(|(it, _)| it.is_method());
        methods.map(|(it, at)| (it.name, EntryId(at)))
    }

    /// The names of the types that users may name bare.
    pub fn type_names(&self) -> impl Iterator<Item = &'static str> {
        self.entries.iter().filter(|it| it.is_type()).map(|it| it.name)
    }

    /// The declaration at a place.
    #[must_use]
    pub fn declaration(&self, id: EntryId) -> &Declaration {
        let read = &self.read[id.0 as usize].declaration;
        read.get_or_init(|| Box::new(declaration::parse(self, id, self.entry(id))))
    }

    /// The declaration of a function that a side table names.
    ///
    /// # Panics
    /// Where the name is not one of this library's own.
    #[must_use]
    pub fn function(&self, id: &LibraryFn) -> &Declaration {
        self.declaration(id.entry)
    }

    /// The side tables of a function's parameters and body.
    ///
    /// # Panics
    /// Where the name is not one of this library's own.
    #[must_use]
    pub fn tables(&self, id: &LibraryFn) -> &Tables {
        &self.body(id).tables
    }

    /// The library's functions that a body calls and that are not pure, or have bodies themselves.
    pub(super) fn touched_by(&self, id: &LibraryFn) -> impl Iterator<Item = &Declaration> {
        self.body(id).touched.iter().map(|id| self.function(id))
    }

    fn body(&self, id: &LibraryFn) -> &Body {
        let check = || Box::new(super::check_declaration(self, self.declaration(id.entry)).0);
        self.read[id.entry.0 as usize].body.get_or_init(check)
    }

    /// The library's type of this name.
    #[must_use]
    pub fn named_type(&self, name: &str) -> Option<&Type> {
        let id = *self.named(Kind::Type, name).first()?;
        let read = &self.read[id.0 as usize].ty;
        Some(read.get_or_init(|| Box::new(declaration::parse_type(self, self.entry(id)))))
    }

    /// The places of all functions, for tests that look at every declaration.
    pub fn all_functions(&self) -> impl Iterator<Item = EntryId> {
        let functions = self.entries.iter().zip(0..).filter(|(it, _)| !it.is_type());
        functions.map(|(_, at)| EntryId(at))
    }

    fn entry(&self, id: EntryId) -> &Entry {
        &self.entries[id.0 as usize]
    }

    /// What is declared by this name, in declared order.
    fn named(&self, kind: Kind, name: &str) -> &[EntryId] {
        let from = self.by_name.partition_point(|id| key(self.entry(*id)) < (name, kind));
        let rest = &self.by_name[from..];
        &rest[..rest.partition_point(|id| key(self.entry(*id)) == (name, kind))]
    }
}

/// Numbers the functions and methods of one name in each file.
fn count_overloads(entries: &mut [Entry], by_name: &[EntryId]) {
    let place = |id: &EntryId| id.0 as usize;
    let same_name = |a: &EntryId, b: &EntryId| entries[place(a)].name == entries[place(b)].name;
    let groups: Vec<&[EntryId]> = by_name.chunk_by(same_name).filter(|it| it.len() > 1).collect();
    for group in groups {
        for id in group {
            let module = entries[place(id)].module;
            let before = group.iter().filter(|it| *it < id && entries[place(it)].module == module);
            let overload = u8::try_from(before.count()).expect("fewer than 256 overloads");
            entries[place(id)].overload = overload;
        }
    }
}

/// What entries are looked up by.
fn key(entry: &Entry) -> (&'static str, Kind) {
    (entry.name, entry.kind)
}

fn place(n: usize) -> u32 {
    u32::try_from(n).expect("a library has fewer than four billion declarations")
}
