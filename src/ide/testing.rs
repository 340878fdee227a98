//! Programs with marked places, for the tests of this layer.

use std::sync::Arc;

use super::Ide;
use crate::check::library::Library;
use crate::schedule::{Instant, parse_instant};
use crate::source::FileId;
use crate::stdlib;

/// A project of `module: text`; `^` in one of the texts marks the place that is asked about, and is taken out.
pub(super) fn project(files: &[(&str, &str)]) -> (Ide, FileId, u32) {
    let mut ide = Ide::new(Arc::new(Library::new(stdlib::declarations())));
    let mut marked = None;
    for (module, text) in files {
        let at = text.find('^');
        let id = ide.set(module, &format!("{module}.task"), &text.replacen('^', "", 1));
        if let Some(at) = at {
            marked = Some((id, u32::try_from(at).unwrap()));
        }
    }
    let (file, offset) = marked.expect("one place is marked");
    (ide, file, offset)
}

/// One task.
pub(super) fn task(text: &str) -> (Ide, FileId, u32) {
    project(&[("it", text)])
}

/// When the tests ask.
pub(super) fn now() -> Instant {
    parse_instant("2026-11-23T12:00:00Z").unwrap()
}
