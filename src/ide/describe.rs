//! What a name stands for, in Markdown: its declaration as it is written, what it touches, and its documentation.

use std::fmt::Write as _;

use super::{Symbol, View, names};
use crate::check::checked::LibraryFn;
use crate::check::effects::{Access, Effect, EffectClass, Owner};
use crate::check::types::{DeclId, Type};
use crate::source::Span;
use crate::syntax::tree::{Fn, FnBody, Item};

/// A block of code and what is to be said about it.
pub(super) fn page(code: &str, rest: &[String]) -> String {
    let mut page = format!("```task\n{code}\n```");
    for it in rest.iter().filter(|it| !it.is_empty()) {
        page.push_str("\n\n");
        page.push_str(it);
    }
    page
}

/// What a symbol is; `ty` is what the name holds where it stands, if that is known.
pub(super) fn symbol(view: &View<'_>, symbol: &Symbol, ty: Option<&Type>) -> Option<String> {
    Some(match symbol {
        Symbol::Local(span) => {
            let name = view.slice(*span);
            page(&format!("{name}: {}", ty?), &[])
        }
        Symbol::Decl(decl) => declaration(view, *decl)?,
        Symbol::Column(table, name) => column(view, *table, name)?,
        Symbol::Module(file) => {
            let module = &view.project.file(*file).module;
            let names: Vec<String> = names::declared_in(view, *file)
                .map(|(_, name)| format!("`{}`", name.text))
                .collect();
            page(&format!("use {module}"), &[names.join(", ")])
        }
        Symbol::Library(function) => library(view, function),
        Symbol::LibraryModule(name) => {
            let names: Vec<String> = view
                .library
                .function_names(name)
                .filter(|it| !it.starts_with('_'))
                .map(|it| format!("`{it}`"))
                .collect();
            page(name, &[names.join(", ")])
        }
        Symbol::Run(field) => page(&format!("run.{field}: {}", ty?), &[run_field(field).into()]),
        Symbol::Setting(module, name) => {
            let docs = match module.as_str() {
                "secret" => {
                    "A secret of the settings: it never prints, and goes only to its hosts."
                }
                _ => "A variable of the environment, as the settings name it.",
            };
            page(&format!("{module}.{name}: {}", ty?), &[docs.into()])
        }
        Symbol::Source(name) => page(&format!("source {name}"), &[]),
    })
}

/// What `run` knows.
pub(super) fn run_field(field: &str) -> &'static str {
    match field {
        "id" => "What the run is called.",
        "due" => "The time that the run was due at.",
        "previous" => "When the last successful run was due; null for the first.",
        "late" => "Whether the run started later than due because nothing served.",
        "missed" => "How many due times this run stands for beside its own.",
        "attempt" => "Which attempt this is, from 1.",
        "trigger" => "What started it.",
        "task" => "The task's name.",
        _ => "",
    }
}

fn declaration(view: &View<'_>, decl: DeclId) -> Option<String> {
    let (code, docs) = match names::item(view, decl) {
        Item::Fn(it) => (function_head(view, it), &it.docs),
        Item::Const(it) => (view.slice(it.span).to_owned(), &it.docs),
        Item::Type(it) => (view.slice(it.span).to_owned(), &it.docs),
        Item::Table(it) => (view.slice(it.span).to_owned(), &it.docs),
        Item::Use(_) | Item::Test(_) | Item::Keep(_) | Item::Header(_) | Item::Stmt(_) => {
            return None;
        }
    };
    let docs = docs.as_ref().map(ToString::to_string).unwrap_or_default();
    Some(page(code.trim(), &[touches(view, Owner::Fn(decl)), docs]))
}

/// A function without its body.
pub(super) fn function_head(view: &View<'_>, function: &Fn) -> String {
    let end = match &function.body {
        FnBody::Block(block) => block.span.start,
        FnBody::Native(_) => function.span.end,
    };
    view.slice(Span { end, ..function.span }).trim().to_owned()
}

fn column(view: &View<'_>, table: DeclId, name: &str) -> Option<String> {
    let Item::Table(table) = names::item(view, table) else { return None };
    let column = names::columns(table).find(|it| it.name.text == name)?;
    let docs = column.docs.as_ref().map(ToString::to_string).unwrap_or_default();
    let code = format!("table {} {{ {} }}", table.name.text, view.slice(column.span).trim());
    Some(page(&code, &[docs]))
}

/// A function of the library.
pub(super) fn library(view: &View<'_>, function: &LibraryFn) -> String {
    let declaration = view.library.function(function);
    // What leaves no journal entry has nothing to say about crashes.
    let journalled = declaration.native.filter(|it| !it.plain);
    let class = journalled.map_or(EffectClass::Pure, |it| it.effect);
    let docs = declaration.docs.as_ref().map(ToString::to_string).unwrap_or_default();
    page(&library_head(view, function), &[class_words(class).to_owned(), docs])
}

/// A function of the library without what stands behind its result.
pub(super) fn library_head(view: &View<'_>, function: &LibraryFn) -> String {
    let declaration = view.library.function(function);
    let tree = declaration.function();
    let head_end = match (&tree.body, &tree.result) {
        (_, Some(result)) => result.span.end,
        (FnBody::Block(block), None) => block.span.start,
        (FnBody::Native(words), None) => words.first().map_or(tree.span.end, |it| it.span.start),
    };
    let head = declaration.source.slice(Span { end: head_end, ..tree.span });
    let head = head.trim_end().trim_end_matches('=').trim_end();
    // The tree of a method that is called like a word of the language has blanks in its name's place; its text has not.
    if function.module == "prelude" || declaration.signature.is_method() {
        head.to_owned()
    } else {
        head.replacen("fn ", &format!("fn {}.", function.module), 1)
    }
}

/// What becomes of an effect of this class, in a sentence.
fn class_words(class: EffectClass) -> &'static str {
    match class {
        EffectClass::Pure => "",
        EffectClass::Observe => "*Reads the world:* done again after a crash.",
        EffectClass::Transactional => "*Writes to a source:* exactly once, even across a crash.",
        EffectClass::Idempotent => "*Writes, and may be repeated:* done again after a crash.",
        EffectClass::Once => {
            "*At most once:* after a crash in its middle the run stops as in doubt, and is never silently repeated."
        }
    }
}

/// What a body touches of the world, in a sentence.
fn touches(view: &View<'_>, owner: Owner) -> String {
    let effects = view.checked.effects.get(&owner).map_or(&[][..], Vec::as_slice);
    let mut words: Vec<String> = Vec::new();
    for effect in effects {
        let word = match effect {
            Effect::Library(it, EffectClass::Pure) if it.module != "log" => continue,
            Effect::Library(it, _) if it.module == "prelude" => format!("`{}`", it.name),
            Effect::Library(it, _) => format!("`{}.{}`", it.module, it.name),
            Effect::Source(source, access) => {
                let mut word = String::from(match access {
                    Access::Read => "reads",
                    Access::Write => "writes",
                });
                let _ = match source {
                    Some(source) => write!(word, " `{source}`"),
                    None => write!(word, " the default source"),
                };
                word
            }
        };
        if !words.contains(&word) {
            words.push(word);
        }
    }
    if words.is_empty() { String::new() } else { format!("*Touches:* {}", words.join(", ")) }
}
