//! What the program has to go through.

use taskc::diagnostics::Diagnostic;
use taskc::source::Sources;
use taskc::syntax;

use super::case::Case;

/// What happened to a case.
pub(super) struct Outcome {
    pub(super) diagnosis: Diagnosis,
    /// What its run printed and how it ended, as expectations; nothing where it was not run.
    pub(super) run: Option<Vec<String>>,
}

/// What was found in a case.
pub(super) struct Diagnosis {
    pub(super) sources: Sources,
    pub(super) findings: Vec<Diagnostic>,
}

/// Runs all phases, each only if the one before it was content.
pub(super) fn outcome(case: &Case) -> Outcome {
    Outcome { diagnosis: diagnose(case), run: None }
}

/// Everything that is known without a run.
pub(super) fn diagnose(case: &Case) -> Diagnosis {
    let mut sources = Sources::default();
    let mut findings = Vec::new();
    for file in &case.files {
        let id = sources.add(&format!("{}.task", file.module), &file.text);
        findings.extend(syntax::parse(id, &file.text).diagnostics);
    }
    Diagnosis { sources, findings }
}
