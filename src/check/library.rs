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

use rustc_hash::FxHashMap;

pub use declaration::{Declaration, Native};
use index::Entry;

use super::checked::{LibraryFn, Tables};
use super::types::Type;

/// The module whose functions are called bare.
pub const PRELUDE: &str = "prelude";

/// The declarations of the library, by name.
#[derive(Debug)]
pub struct Library {
    modules: Vec<&'static str>,
    entries: Vec<Entry>,
    parsed: Vec<OnceLock<Declaration>>,
    bodies: Vec<OnceLock<Body>>,
    types: FxHashMap<&'static str, EntryId>,
    resolved_types: Vec<OnceLock<Type>>,
    methods: FxHashMap<&'static str, Vec<EntryId>>,
    /// Functions and methods of a file by name: the index in the list is the overload.
    by_file: FxHashMap<&'static str, FxHashMap<&'static str, Vec<EntryId>>>,
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
        let mut library = Self {
            modules: declarations.iter().map(|(module, _)| *module).collect(),
            entries: Vec::new(),
            parsed: Vec::new(),
            bodies: Vec::new(),
            types: FxHashMap::default(),
            resolved_types: Vec::new(),
            methods: FxHashMap::default(),
            by_file: FxHashMap::default(),
        };
        for (module, text) in declarations {
            index::entries(module, text, &mut |entry| library.insert(entry));
        }
        library
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
        self.overloads(module, name)
            .iter()
            .copied()
            .filter(|id| self.entries[id.0 as usize].is_function())
    }

    /// The methods with a name, of whatever type, in declared order.
    #[must_use]
    pub fn methods(&self, name: &str) -> &[EntryId] {
        self.methods.get(name).map_or(&[], Vec::as_slice)
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
        let entry = &self.entries[id.0 as usize];
        self.parsed[id.0 as usize].get_or_init(|| declaration::parse(self, id, entry))
    }

    /// The declaration of a function that a side table names.
    ///
    /// # Panics
    /// Where the name is not one of this library's own.
    #[must_use]
    pub fn function(&self, id: &LibraryFn) -> &Declaration {
        self.declaration(self.entry_of(id))
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
        let entry = self.entry_of(id);
        let check = || super::check_declaration(self, self.declaration(entry)).0;
        self.bodies[entry.0 as usize].get_or_init(check)
    }

    /// The library's type of this name.
    #[must_use]
    pub fn named_type(&self, name: &str) -> Option<&Type> {
        let id = self.types.get(name)?.0 as usize;
        Some(
            self.resolved_types[id]
                .get_or_init(|| declaration::parse_type(self, &self.entries[id])),
        )
    }

    /// The places of all functions, for tests that look at every declaration.
    pub fn all_functions(&self) -> impl Iterator<Item = EntryId> {
        let functions = self.entries.iter().zip(0..).filter(|(it, _)| !it.is_type());
        functions.map(|(_, at)| EntryId(at))
    }

    fn overloads(&self, module: &str, name: &str) -> &[EntryId] {
        self.by_file.get(module).and_then(|it| it.get(name)).map_or(&[], Vec::as_slice)
    }

    fn entry_of(&self, id: &LibraryFn) -> EntryId {
        let found = self.overloads(&id.module, &id.name).get(usize::from(id.overload));
        *found.expect("side tables name functions of the library they were made with")
    }

    fn insert(&mut self, mut entry: Entry) {
        let id = EntryId(place(self.entries.len()));
        if entry.is_type() {
            self.types.entry(entry.name).or_insert(id);
        } else {
            let of_module = self.by_file.entry(entry.module).or_default();
            let same_name = of_module.entry(entry.name).or_default();
            entry.overload = u8::try_from(same_name.len()).expect("fewer than 256 overloads");
            same_name.push(id);
            if entry.is_method() {
                self.methods.entry(entry.name).or_default().push(id);
            }
        }
        self.entries.push(entry);
        self.parsed.push(OnceLock::new());
        self.bodies.push(OnceLock::new());
        self.resolved_types.push(OnceLock::new());
    }
}

fn place(n: usize) -> u32 {
    u32::try_from(n).expect("a library has fewer than four billion declarations")
}
