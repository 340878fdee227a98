//! For people: the source around the finding, what to do about it, what that would change.
//!
//! ariadne draws the source with its labels; it gets a text of harmless characters ([`Screen`]) and offsets in
//! characters, because it stops the process on byte offsets that are off. The frame is finished here.

use std::collections::BTreeMap;

use ariadne::{CharSet, Color, Config, IndexType, Label, Report, ReportKind, sources};

use super::place::source;
use super::screen::Screen;
use crate::diagnostics::secrets::mask;
use crate::diagnostics::{Applicability, Diagnostic, Fix, Severity};
use crate::source::{FileId, Source, Sources, Span};

mod changes;
mod frame;

use changes::changes;
use frame::Frame;

/// What the terminal can show.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// Whether to send colours.
    pub color: bool,
    /// Whether lines may be drawn with characters beyond ASCII.
    pub unicode: bool,
    /// How many cells a line has; source lines and advice are cut or wrapped to it, messages at labels are not.
    pub width: usize,
}

/// No more mends than these are shown.
const FIXES_SHOWN_MAX: usize = 3;

/// One report per finding, with an empty line behind each.
pub(super) fn render(findings: &[Diagnostic], sources: &Sources, style: Style) -> String {
    let mut files = Files { sources, masked: BTreeMap::new() };
    findings.iter().map(|it| report(it, &mut files, style) + "\n").collect()
}

/// The sources with secrets masked, each when it is first shown.
pub(super) struct Files<'a> {
    sources: &'a Sources,
    masked: BTreeMap<FileId, String>,
}

impl<'a> Files<'a> {
    /// A file that a span is in, and its text without secrets.
    pub(super) fn get(&mut self, span: Span) -> Option<(&'a Source, &str)> {
        let source = source(self.sources, span)?;
        let masked =
            self.masked.entry(source.id).or_insert_with(|| mask(&source.text).into_owned());
        Some((source, masked))
    }
}

fn report(finding: &Diagnostic, files: &mut Files<'_>, style: Style) -> String {
    let mut frame = Frame::new(style);
    let kind = format!("{}[{}]", finding.severity.word(), finding.code);
    frame.title(&kind, escape(finding.severity), &one_line(&finding.title));
    frame.take_over(&snippet(finding, files, style));
    for help in &finding.help {
        frame.help(help);
    }
    let fixes: Vec<_> =
        finding.fixes.iter().filter(|it| is_shown(it)).take(FIXES_SHOWN_MAX).collect();
    let obvious = fixes.len() == 1 && !finding.help.is_empty();
    for fix in fixes {
        if !obvious && !finding.help.contains(&fix.title) {
            frame.help(&fix.title);
        }
        for change in changes(fix, files, frame.room().saturating_sub(4)) {
            frame.change(&change);
        }
    }
    frame.finish(finding.code)
}

/// A mend with holes is for editors, which can fill them.
fn is_shown(fix: &Fix) -> bool {
    fix.applicability != Applicability::Snippet
}

/// What ariadne makes of the labels, below a line that is not for us.
fn snippet(finding: &Diagnostic, files: &mut Files<'_>, style: Style) -> String {
    let mut screens: BTreeMap<FileId, (String, Screen<'_>)> = BTreeMap::new();
    for label in &finding.labels {
        let id = label.span.file;
        let spans: Vec<_> =
            finding.labels.iter().map(|it| it.span).filter(|it| it.file == id).collect();
        if let Some((source, masked)) = files.get(label.span) {
            let room = style.width.saturating_sub(gutter(source, &spans)).max(20);
            let screen = Screen::new(source, masked, &spans, room);
            screens.entry(id).or_insert_with(|| (source.path.to_string(), screen));
        }
    }
    let place = |span: Span| {
        let (path, screen) = screens.get(&span.file)?;
        Some((path.clone(), screen.range(span)))
    };
    let colour = colour(finding.severity);
    let main = place(finding.span()).unwrap_or_default();
    let mut report = Report::build(ReportKind::Error, main).with_config(config(style));
    for (at, label) in in_order(finding) {
        let Some(place) = place(label.span) else { continue };
        let message =
            if label.message.is_empty() { "here".to_owned() } else { one_line(&label.message) };
        let colour = if at == 0 { colour } else { Color::Blue };
        report = report.with_label(Label::new(place).with_message(message).with_color(colour));
    }
    let mut drawn = Vec::new();
    let texts = screens.values().map(|(path, screen)| (path.clone(), screen.text.as_str()));
    let texts: Vec<_> = texts.collect();
    report.finish().write(sources(texts), &mut drawn).expect("a vector takes everything");
    String::from_utf8_lossy(&drawn).into_owned()
}

/// The labels with their places in the list: those of the primary one's file first, then from top to bottom, so that
/// each file is drawn once.
fn in_order(finding: &Diagnostic) -> Vec<(usize, &crate::diagnostics::Label)> {
    let mut labels: Vec<_> = finding.labels.iter().enumerate().collect();
    let main = finding.span().file;
    labels.sort_by_key(|(_, it)| (it.span.file != main, it.span.file, it.span.end, it.span.start));
    labels
}

/// What stands in front of a source line: blanks, the number, the bar.
fn gutter(source: &Source, spans: &[Span]) -> usize {
    let last = spans.iter().map(|it| source.position(it.end).line).max().unwrap_or(1);
    last.to_string().len() + 5
}

fn config(style: Style) -> Config {
    let set = if style.unicode { CharSet::Unicode } else { CharSet::Ascii };
    Config::new().with_index_type(IndexType::Char).with_color(style.color).with_char_set(set)
}

fn colour(severity: Severity) -> Color {
    match severity {
        Severity::Error => Color::Red,
        Severity::Warning => Color::Yellow,
        Severity::Hint => Color::Cyan,
    }
}

/// What ariadne sends for the colour, for the line that it does not draw.
fn escape(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "\u{1b}[31m",
        Severity::Warning => "\u{1b}[33m",
        Severity::Hint => "\u{1b}[36m",
    }
}

/// Titles and messages may quote the source, line breaks and control characters included. Blanks within a line stay: they may
/// stand in a value.
fn one_line(text: &str) -> String {
    let is_break = |c: char| c.is_control() || matches!(c, '\u{2028}' | '\u{2029}');
    let lines: Vec<_> = text.split(is_break).map(str::trim).filter(|it| !it.is_empty()).collect();
    lines.join(" ")
}

#[cfg(test)]
mod tests;
