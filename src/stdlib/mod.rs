//! The standard library: what every task can call.
//!
//! `x.task` declares, in the language itself, what `x.rs` does in Rust; higher-order functions have their bodies in the declaration. The
//! checker, the machine, the editor and the manual read the declarations. Effects reach the world through [`crate::host`]
//! alone, and nothing here keeps state between two calls except caches that nobody can see.

mod any;
mod bytes;
mod calendar;
mod core;
mod crypto;
mod csv;
mod date;
pub mod db;
mod decimal;
mod duration;
pub mod effect;
mod float;
mod http;
mod int;
mod json;
mod limits;
mod list;
mod map;
mod native;
mod number;
mod template;
mod text;
mod time;

#[cfg(test)]
mod agreement;

use std::sync::OnceLock;

use rustc_hash::FxHashMap;

use crate::vm::NativeFn;
use native::Native;

/// The declarations: module and text.
#[must_use]
pub fn declarations() -> &'static [(&'static str, &'static str)] {
    macro_rules! files {
        ($($module:literal)*) => { &[$(($module, include_str!(concat!($module, ".task"))),)*] };
    }
    files! {
        "any" "int" "decimal" "float" "text" "bytes" "list" "map" "json" "time" "date" "duration"
        "prelude" "http" "mail" "files" "csv" "template" "random" "uuid" "log" "env" "secret" "crypto"
    }
}

/// The library's pure functions, for the machine.
#[derive(Debug)]
pub struct Natives(FxHashMap<&'static str, NativeFn>);

/// The pure functions; effects are [performed](effect::perform).
#[must_use]
pub fn natives() -> &'static Natives {
    static NATIVES: OnceLock<Natives> = OnceLock::new();
    NATIVES.get_or_init(|| Natives(all_natives().map(|it| (it.name, it.body)).collect()))
}

impl crate::vm::Natives for Natives {
    fn find(&self, name: &str) -> Option<NativeFn> {
        self.0.get(name).copied().or_else(|| core::find(name))
    }
}

fn all_natives() -> impl Iterator<Item = &'static Native> {
    let files = [
        &[any::NATIVES, int::NATIVES, decimal::NATIVES, float::NATIVES, bytes::NATIVES][..],
        &[map::NATIVES, time::NATIVES, date::NATIVES, duration::NATIVES, crypto::NATIVES],
        &[template::NATIVES, http::NATIVES],
        text::NATIVES,
        list::NATIVES,
        json::NATIVES,
        csv::NATIVES,
    ];
    files.into_iter().flatten().copied().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Declarations that cannot have an example: the second name of a setting, and a file that no test has.
    const WITHOUT_EXAMPLE: &[&str] = &["env._get", "secret._get", "prelude.template"];

    #[test]
    fn every_file_is_listed() {
        let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/stdlib");
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.extension().is_some_and(|it| it == "task") {
                let module = path.file_stem().unwrap().to_str().unwrap();
                assert!(declarations().iter().any(|(it, _)| *it == module), "{module}");
            }
        }
    }

    #[test]
    fn every_function_has_an_example() {
        for (module, text) in declarations() {
            let mut docs = String::new();
            for line in text.lines() {
                if let Some(doc) = line.strip_prefix("///") {
                    docs.push_str(doc);
                    continue;
                }
                if let Some(rest) = line.strip_prefix("fn ") {
                    let name = rest.split(['(', '<']).next().unwrap();
                    let full = format!("{module}.{name}");
                    assert!(!docs.is_empty(), "{full} has no docs");
                    let exempt = name.starts_with('_') || WITHOUT_EXAMPLE.contains(&full.as_str());
                    assert!(exempt || docs.matches("```").count() == 2, "{full} has no example");
                }
                docs.clear();
            }
        }
    }
}
