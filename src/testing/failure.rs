//! Why a test failed, as a finding at the place where it did.

use std::time::Duration;

use crate::bytecode::program::{Position, Program, Shown};
use crate::check::project::Project;
use crate::diagnostics::Diagnostic;
use crate::host::http::Method;
use crate::source::{self, Source, Span};
use crate::syntax::tree::ExprKind;
use crate::syntax::walk::{self, Node};
use crate::value::Fault;
use crate::vm::Trace;

/// Why a test failed.
#[derive(Debug)]
pub(super) enum Reason {
    /// An `expect` did not hold.
    Unmet(Seen),
    /// A call to the network that nothing answers.
    Unstubbed {
        /// How it was made.
        method: Method,
        /// To whom.
        url: String,
        /// Where.
        at: Position,
    },
    /// A fault that nothing caught.
    Failed(Box<Trace>),
    /// It did not end within this time.
    Endless(Duration),
    /// A mistake in taskc itself.
    Ours,
}

impl Reason {
    /// Something that was wrong before the first statement.
    pub(super) fn of(fault: Fault) -> Self {
        Self::Failed(Box::new(Trace { fault, frames: Vec::new() }))
    }
}

/// What an expectation saw that was not met.
#[derive(Debug)]
pub(super) struct Seen {
    /// The condition.
    pub(super) place: Shown,
    /// The sides of a comparison and the variables, with what they hold.
    pub(super) shown: Vec<(Shown, String)>,
}

/// So many places are named above the one where it failed.
const CALLERS_MAX: usize = 8;

/// The finding. `name` is where the test's name stands.
pub(super) fn describe(
    project: &Project,
    program: &Program,
    name: Span,
    test: &str,
    reason: &Reason,
) -> Diagnostic {
    let places = Places { project, program };
    match reason {
        Reason::Unmet(seen) => unmet(&project.file(name.file).source, seen),
        Reason::Unstubbed { method, url, at } => {
            unstubbed(places.span(*at).unwrap_or(name), *method, url)
        }
        Reason::Failed(trace) => failed(&places, trace, name),
        Reason::Endless(max) => {
            let title = format!("the test did not end within {} seconds", max.as_secs());
            Diagnostic::new("endless-test", name, title)
                .because("it was stopped")
                .help("look for a loop that waits for something that a test does not do by itself")
        }
        Reason::Ours => {
            let title = format!("taskc itself failed while it ran \"{test}\"");
            Diagnostic::new("failed-run", name, title).help("please report this")
        }
    }
}

fn unmet(source: &Source, seen: &Seen) -> Diagnostic {
    let span = |it: Shown| Span::new(source.id, it.start, it.end);
    let condition = span(seen.place);
    let title = format!("expected `{}`", source.slice(condition));
    let mut values = seen.shown.iter().map(|(place, value)| {
        let written = source.slice(span(*place));
        let is_short = written.chars().count() <= 40 && !written.contains('\n');
        let what = if is_short { format!("`{written}`") } else { "this".to_owned() };
        (span(*place), format!("{what} is {value}"))
    });
    let Some((first, message)) = values.next() else {
        return Diagnostic::new("unmet-expectation", condition, title).because("this is false");
    };
    let finding = Diagnostic::new("unmet-expectation", first, title).because(message);
    values.fold(finding, |finding, (span, message)| finding.label(span, message))
}

fn unstubbed(at: Span, method: Method, url: &str) -> Diagnostic {
    let address = url.split('?').next().unwrap_or(url);
    let title = format!("{} `{url}` is not stubbed", method.as_str());
    let call = match method {
        Method::Get => String::new(),
        other => format!(".{}", other.as_str().to_lowercase()),
    };
    let address = address.replace('\\', "\\\\").replace('"', "\\\"").replace('{', "\\{");
    Diagnostic::new("unstubbed-call", at, title)
        .because("a test reaches no network")
        .help(format!(
            "say in the test what comes back: `stub http{call} \"{address}\" => {{ status: 200, json: {{}} }}`"
        ))
}

/// The innermost place of the project is where it failed, those around it are where it was called from.
fn failed(places: &Places<'_>, trace: &Trace, name: Span) -> Diagnostic {
    let fault = &trace.fault;
    let mut spans: Vec<Span> = trace.frames.iter().filter_map(|it| places.span(it.at)).collect();
    spans.dedup();
    let first = spans.first().copied().unwrap_or(name);
    let finding = Diagnostic::new("failed-run", first, fault.message.clone())
        .because(format!("fails here with `{}`", fault.code));
    let callers = spans.into_iter().skip(1).filter(|it| *it != first).take(CALLERS_MAX);
    callers.fold(finding, |finding, it| finding.label(it, "called here"))
}

/// Where positions of a program are in the project.
struct Places<'a> {
    project: &'a Project,
    program: &'a Program,
}

impl Places<'_> {
    /// What stands at a position; nothing for what stands in the library.
    fn span(&self, at: Position) -> Option<Span> {
        let path = self.program.files.get(at.file as usize).filter(|_| at.line > 0)?;
        let file = self.project.files().iter().find(|it| *it.source.path == **path)?;
        let source = &file.source;
        let start = source.offset(source::Position { line: at.line, column: at.column });
        let nodes = walk::path_to(&file.tree, start);
        let node = nodes.iter().rfind(|it| it.span().start == start && does_something(it));
        let end = node.map_or(start + 1, |it| it.span().end);
        // What goes over several lines is shown by its first.
        let line_end = u32::try_from(source.line(at.line).end).unwrap_or(end);
        Some(Span::new(source.id, start, end.min(line_end).max(start)))
    }
}

/// Whether a node is more than a name or a part of what is called.
fn does_something(node: &Node<'_>) -> bool {
    match node {
        Node::Expr(expr) => !matches!(
            expr.kind,
            ExprKind::Name(_) | ExprKind::Field(_) | ExprKind::Text(_) | ExprKind::Int(_)
        ),
        Node::Stmt(_) => true,
        _ => false,
    }
}
