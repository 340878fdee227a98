//! Likely mends of syntax, tried out before they are offered.
//!
//! What a broken text was meant to say is a guess. A guess after which the text is as broken as before was a wrong one, and
//! whoever took the mend would have to undo it. Mends that are certain stay: the next mistake comes to light behind them.

use super::read;
use crate::diagnostics::{Applicability, Diagnostic, fix};
use crate::source::FileId;

/// A text with more mistakes than this is left alone: it is not one that somebody is about to finish, and each mend that is tried out
/// is a whole text to be read.
const MISTAKES_MAX: usize = 4;

/// How many mends are tried out.
const TRIED_MAX: usize = 4;

/// Takes likely mends away that leave as many mistakes as there were.
pub(super) fn keep_those_that_help(file: FileId, text: &str, found: &mut [Diagnostic]) {
    let mistakes = found.len();
    if mistakes > MISTAKES_MAX {
        return;
    }
    let mut tried = 0;
    for finding in found {
        finding.fixes.retain(|mend| {
            if mend.applicability != Applicability::Maybe || tried == TRIED_MAX {
                return true;
            }
            tried += 1;
            let mended = fix::apply(text, &mend.edits);
            mended.is_none_or(|text| read(file, &text).diagnostics.len() < mistakes)
        });
    }
}
