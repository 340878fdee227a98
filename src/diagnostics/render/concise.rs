//! A line per finding, for logs and for eyes that scan.

use std::fmt::Write;

use super::place::place;
use crate::diagnostics::Diagnostic;
use crate::source::Sources;

/// `late.task:4:22: error[unknown-table]: no table is called `Oder`; did you mean `Order`?`
pub(super) fn render(findings: &[Diagnostic], sources: &Sources) -> String {
    let mut text = String::new();
    for it in findings {
        let at = place(sources, it.span());
        let (word, advice) = (it.severity.word(), advice(it).unwrap_or_default());
        let line = format!(
            "{}:{}:{}: {word}[{}]: {}{advice}",
            at.file, at.start.line, at.start.column, it.code, it.title
        );
        let line: Vec<_> = line.split_whitespace().collect();
        writeln!(text, "{}", line.join(" ")).expect("a string takes everything");
    }
    text
}

/// The first thing to do about it.
fn advice(finding: &Diagnostic) -> Option<String> {
    let first = finding.help.first().or(finding.fixes.first().map(|fix| &fix.title))?;
    Some(format!("; {first}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::render::tests::unknown_table;

    #[test]
    fn the_place_the_fact_and_the_first_advice() {
        let (sources, finding) = unknown_table();
        assert_eq!(
            render(&[finding], &sources),
            "late.task:4:22: error[unknown-table]: no table is called `Oder`; did you mean `Order`?\n"
        );
    }
}
