//! Workflow commands: lines in a log that GitHub shows beside the changed code.

use super::place::place;
use crate::diagnostics::{Diagnostic, Severity};
use crate::source::Sources;

/// `::error file=late.task,line=4,…,title=unknown-table::no table is called …`
pub(super) fn render(findings: &[Diagnostic], sources: &Sources) -> String {
    let line = |it: &Diagnostic| {
        let at = place(sources, it.span());
        format!(
            "::{} file={},line={},col={},endLine={},endColumn={},title={}::{}\n",
            command(it.severity),
            property(at.file),
            at.start.line,
            at.start.column,
            at.end.line,
            at.end.column,
            it.code,
            data(&message(it)),
        )
    };
    findings.iter().map(line).collect()
}

fn command(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
        Severity::Hint => "notice",
    }
}

fn message(finding: &Diagnostic) -> String {
    let why = finding.labels.first().map(|it| it.message.as_str()).filter(|it| !it.is_empty());
    let lines = [finding.title.as_str()].into_iter().chain(why);
    lines.chain(finding.help.iter().map(String::as_str)).collect::<Vec<_>>().join("\n")
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostics::render::tests::unknown_table;

    #[test]
    fn a_command_per_finding_with_everything_escaped() {
        let (sources, finding) = unknown_table();
        assert_eq!(
            render(&[finding], &sources),
            "::error file=late.task,line=4,col=22,endLine=4,endColumn=26,title=unknown-table::no table is \
             called `Oder`%0Anot declared here or in the modules in use%0Adid you mean `Order`?\n"
        );
        assert_eq!(property("50%:a,b"), "50%25%3Aa%2Cb");
    }
}
