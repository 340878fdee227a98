//! Findings that a comment silences: `// taskc: allow unused-name – kept for the next version`.
//!
//! A silence holds for the line that it stands on, or for the next line of code where it has a line of its own. It names
//! one code and gives a reason. Errors cannot be silenced. A silence that silences nothing is itself a finding.

use super::project::ProjectFile;
use super::report::lints as report;
use crate::diagnostics::catalogue::row;
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::Span;
use crate::syntax::tree::Comment;

/// What a silence begins with.
const MARK: &str = "taskc: allow ";

/// A silence and what it is about.
struct Silence<'t> {
    span: Span,
    code: &'t str,
    has_reason: bool,
    /// The line that it holds for.
    line: u32,
    is_used: bool,
}

/// The findings that are left, with what there is to say about the silences themselves.
pub(super) fn apply(file: &ProjectFile, found: Vec<Diagnostic>) -> Vec<Diagnostic> {
    let mut silences: Vec<Silence<'_>> =
        file.comments.iter().filter_map(|comment| read(file, comment)).collect();
    if silences.is_empty() {
        return found;
    }
    let mut left: Vec<Diagnostic> = found
        .into_iter()
        .filter(|it| {
            let line = file.source.position(it.span().start).line;
            let silence = silences.iter_mut().find(|silence| {
                silence.line == line && silence.code == it.code && it.severity != Severity::Error
            });
            match silence {
                Some(silence) => {
                    silence.is_used = true;
                    !silence.has_reason
                }
                None => true,
            }
        })
        .collect();
    left.extend(silences.iter().filter_map(|silence| {
        if !silence.is_used {
            Some(report::unused_silence(silence.span, silence.code, row(silence.code).is_some()))
        } else if !silence.has_reason {
            Some(report::silence_without_reason(silence.span, silence.code))
        } else {
            None
        }
    }));
    left
}

fn read<'t>(file: &'t ProjectFile, comment: &Comment) -> Option<Silence<'t>> {
    let text = file.source.slice(comment.span);
    let rest = text.trim_start_matches('/').trim_start().strip_prefix(MARK)?;
    let end = rest.find(|c: char| !c.is_ascii_lowercase() && c != '-').unwrap_or(rest.len());
    let (code, reason) = rest.split_at(end);
    let code = code.trim_end_matches('-');
    let reason = reason.trim_start_matches([' ', '-', '–', '—', ':']);
    let own_line = file.source.position(comment.span.start).line;
    let line = if comment.own_line { next_line_of_code(file, own_line) } else { own_line };
    Some(Silence {
        span: comment.span,
        code,
        has_reason: !reason.trim().is_empty(),
        line,
        is_used: false,
    })
}

/// The first line below one that is neither empty nor a comment.
fn next_line_of_code(file: &ProjectFile, line: u32) -> u32 {
    let is_code = |line: &u32| {
        let text = file.source.text[file.source.line(*line)].trim_start();
        !text.is_empty() && !text.starts_with("//")
    };
    (line + 1..=file.source.line_count()).find(is_code).unwrap_or(line)
}

#[cfg(test)]
mod tests {
    use crate::check::testing::{finds, fine};

    #[test]
    fn a_finding_is_silenced_on_its_line_or_from_above() {
        fine("// taskc: allow unused-name – kept for later\nlet n = 1");
        fine("let n = 1 // taskc: allow unused-name – kept for later");
        fine("// taskc: allow unused-name – kept for later\n\n// Another comment.\nlet n = 1");
    }

    #[test]
    fn errors_are_never_silenced() {
        finds(
            "// taskc: allow wrong-type – please\nlet n: int = \"a\"\nprint(n)",
            &["unused-silence at `// taskc: allow wrong-type – please`", "wrong-type at `\"a\"`"],
        );
    }

    #[test]
    fn a_silence_has_a_reason_and_an_effect() {
        finds(
            "// taskc: allow unused-name\nlet n = 1",
            &["unused-silence at `// taskc: allow unused-name`", "unused-name at `n`"],
        );
        finds(
            "// taskc: allow unused-name – why not\nprint(1)",
            &["unused-silence at `// taskc: allow unused-name – why not`"],
        );
    }
}
