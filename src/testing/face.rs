//! What became of tests, as text: for people, for editors, for scripts, for servers that build.

use std::fmt::Write;

use serde::Serialize;

use super::Report;
use crate::diagnostics::Diagnostic;
use crate::diagnostics::render::{self, Style};
use crate::diagnostics::secrets::mask;
use crate::source::Sources;

/// How reports are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Face {
    /// A line each, and for what failed the source, the values and what was printed.
    Pretty(Style),
    /// `file:line:column: error[code]: message` for each test that failed.
    Concise,
    /// One JSON object a line.
    Json,
    /// One JUnit document.
    Junit,
    /// Workflow commands that GitHub turns into annotations.
    Github,
}

impl Face {
    /// What stands before the first report.
    #[must_use]
    pub fn opening(self) -> &'static str {
        match self {
            Self::Junit => {
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n<testsuite name=\"taskc\">\n"
            }
            Self::Pretty(_) | Self::Concise | Self::Json | Self::Github => "",
        }
    }

    /// What stands behind the last report.
    #[must_use]
    pub fn closing(self) -> &'static str {
        match self {
            Self::Junit => "</testsuite>\n</testsuites>\n",
            Self::Pretty(_) | Self::Concise | Self::Json | Self::Github => "",
        }
    }
}

/// How many tests there were.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Held what they promise.
    pub passed: usize,
    /// Did not.
    pub failed: usize,
}

impl Summary {
    /// Takes a report in.
    pub fn count(&mut self, report: &Report) {
        match report.failure {
            None => self.passed += 1,
            Some(_) => self.failed += 1,
        }
    }
}

impl std::fmt::Display for Summary {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let tests = |n: usize| if n == 1 { "test" } else { "tests" };
        match (self.passed, self.failed) {
            (passed, 0) => write!(f, "{passed} {} passed", tests(passed)),
            (passed, failed) => write!(f, "{failed} {} failed, {passed} passed", tests(failed)),
        }
    }
}

/// A report as text, with its line break; empty where the face says nothing of a test that passed.
#[must_use]
pub fn render(report: &Report, sources: &Sources, face: Face) -> String {
    match face {
        Face::Pretty(style) => pretty(report, sources, style),
        Face::Concise => failure_as(report, sources, render::Face::Concise),
        Face::Json => json(report, sources),
        Face::Junit => junit(report, sources),
        Face::Github => failure_as(report, sources, render::Face::Github),
    }
}

fn pretty(report: &Report, sources: &Sources, style: Style) -> String {
    let paint = |code: &str, word: &str| match style.color {
        true => format!("\u{1b}[{code}m{word}\u{1b}[0m"),
        false => word.to_owned(),
    };
    let name = format!("{}: {}", report.path, mask(&report.test));
    let Some(failure) = &report.failure else {
        return format!("{} {name}\n", paint("32", "ok  "));
    };
    let mut text = format!("{} {name}\n", paint("31", "FAIL"));
    let shown = render::render(std::slice::from_ref(failure), sources, render::Face::Pretty(style));
    text.push_str(shown.trim_end());
    text.push('\n');
    if !report.said.is_empty() {
        text.push_str("It said:\n");
        for line in &report.said {
            writeln!(text, "  {}", mask(line)).expect("a string takes everything");
        }
    }
    text.push('\n');
    text
}

fn failure_as(report: &Report, sources: &Sources, face: render::Face) -> String {
    let Some(failure) = &report.failure else { return String::new() };
    let title = format!("{}: {}", report.test, message(failure));
    let flat = Diagnostic { title, ..failure.clone() };
    render::render(&[flat], sources, face)
}

/// A report as `taskc test --format json` writes it.
#[derive(Serialize)]
struct ReportJson<'a> {
    file: &'a str,
    test: &'a str,
    outcome: &'static str,
    duration_ms: f64,
    /// Where the test stands, or where it failed.
    line: u32,
    column: u32,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<String>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    output: &'a [String],
}

fn json(report: &Report, sources: &Sources) -> String {
    let failure = report.failure.as_ref();
    let span = failure.map_or(report.span, Diagnostic::span);
    let at = sources.get(span.file).position(span.start);
    let shown = ReportJson {
        file: &report.path,
        test: &report.test,
        outcome: if failure.is_some() { "failed" } else { "passed" },
        duration_ms: milliseconds(report.duration_us),
        line: at.line,
        column: at.column,
        code: failure.map(|it| it.code),
        message: failure.map(|it| mask(&message(it)).into_owned()),
        output: if failure.is_some() { &report.said } else { &[] },
    };
    serde_json::to_string(&shown).expect("texts and numbers can be written") + "\n"
}

fn junit(report: &Report, sources: &Sources) -> String {
    let class = report.path.trim_end_matches(".task").replace('/', ".");
    let head = format!(
        "<testcase classname=\"{}\" name=\"{}\" file=\"{}\" time=\"{:.3}\"",
        escaped(&class),
        escaped(&report.test),
        escaped(&report.path),
        milliseconds(report.duration_us) / 1000.0
    );
    let Some(failure) = &report.failure else { return format!("{head}/>\n") };
    let style = Style { color: false, unicode: true, width: 100 };
    let shown = render::render(std::slice::from_ref(failure), sources, render::Face::Pretty(style));
    format!(
        "{head}>\n<failure type=\"{}\" message=\"{}\">{}</failure>\n<system-out>{}</system-out>\n</testcase>\n",
        failure.code,
        escaped(&mask(&message(failure))),
        escaped(&shown),
        escaped(&mask(&report.said.join("\n")))
    )
}

#[expect(clippy::cast_precision_loss, reason = "a test takes less than a century")]
fn milliseconds(us: u64) -> f64 {
    us as f64 / 1000.0
}

/// What is wrong, on one line: the title, the values, what to do.
fn message(failure: &Diagnostic) -> String {
    let values = failure.labels.iter().map(|it| it.message.as_str());
    let values = values.filter(|it| !it.is_empty() && *it != "called here");
    let parts = std::iter::once(failure.title.as_str()).chain(values);
    let text = parts.collect::<Vec<_>>().join("; ");
    text.lines().map(str::trim).filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" ")
}

/// A text inside XML; control characters that it may not hold are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\n' | '\t' => out.push(c),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}
