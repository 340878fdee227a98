//! Texts that are written in a language of their own: regular expressions, patterns of times, names of zones, templates.
//!
//! Where such a text stands as a literal in a call of the library, it is read here, and what is wrong with it is shown
//! inside it. Which language a parameter speaks is known by its name: `re`, `in`, `pattern`, `format`.

mod pattern;
mod regex;
mod sql;
mod template;

use std::ops::Range;

use super::checked::ArgSource;
use super::checker::Checker;
use super::library::{Declaration, PRELUDE};
use super::literal::LiteralSpan;
use super::report;
use super::types::Type;
use crate::schedule::Zone;
use crate::source::Span;
use crate::syntax::tree::{Call, Expr, ExprKind, TextPart};

/// A literal text of a call.
pub(super) struct Literal<'p> {
    pub(super) text: &'p str,
    pub(super) written: LiteralSpan,
}

impl<'p> Literal<'p> {
    fn of(expr: &'p Expr) -> Option<Self> {
        let ExprKind::Text(text) = &expr.kind else { return None };
        let written = LiteralSpan::of(text, expr.span);
        match text.parts.as_slice() {
            [] => Some(Self { text: "", written }),
            [TextPart::Literal(piece, _)] => Some(Self { text: piece, written }),
            _ => None,
        }
    }

    /// Where some bytes of the text stand in the file.
    pub(super) fn place(&self, range: Range<usize>) -> Span {
        self.written.place(range)
    }
}

impl<'p> Checker<'p> {
    /// Reads the literals of a call that are written in a language of their own.
    pub(super) fn check_languages(
        &mut self,
        call: &'p Call,
        declaration: &Declaration,
        sources: &[ArgSource],
    ) {
        if declaration.native.is_none() {
            return;
        }
        for (param, source) in declaration.signature.params.iter().zip(sources) {
            let ArgSource::Arg(at) = source else { continue };
            if *param.ty.without_null() != Type::Text {
                continue;
            }
            let Some(literal) = Literal::of(&call.args[usize::from(*at)].value) else { continue };
            self.check_literal(&literal, &param.name, declaration);
        }
        self.check_template(call, declaration, sources);
    }

    fn check_literal(&mut self, literal: &Literal<'_>, param: &str, declaration: &Declaration) {
        let module = declaration.id.module.as_str();
        match param {
            "re" => self.check_regex(literal),
            "in" => self.check_zone(literal),
            "pattern" if module == "time" => self.check_time_pattern(literal),
            "pattern" if module == "date" => self.check_date_pattern(literal),
            "format" if module == "date" || declaration.id.name == "to_date" => {
                self.check_date_pattern(literal);
            }
            "format" => self.check_time_pattern(literal),
            _ => {}
        }
    }

    fn check_zone(&mut self, literal: &Literal<'_>) {
        if let Err(problem) = Zone::get(literal.text) {
            let span = literal.place(0..literal.text.len());
            self.report(report::schedules::unknown_zone(span, &problem));
        }
    }

    /// `template("digest.html", { … })`, `template.text("Hi {{ name }}", { … })`
    fn check_template(&mut self, call: &'p Call, declaration: &Declaration, sources: &[ArgSource]) {
        let id = &declaration.id;
        let is_file = id.module == PRELUDE && id.name == "template";
        let is_text = id.module == "template" && id.name == "text";
        let [ArgSource::Arg(source), ArgSource::Arg(values), ..] = sources else {
            return;
        };
        if !is_file && !is_text {
            return;
        }
        let values = &call.args[usize::from(*values)].value;
        let source = &call.args[usize::from(*source)].value;
        let Some(literal) = Literal::of(source) else {
            if is_file {
                self.report(report::languages::computed_template(source.span));
            }
            return;
        };
        let (name, text) = if is_file {
            let project = self.world.project;
            let folder = project.file(self.file).folder();
            let Some(found) = project.settings.template(folder, literal.text) else {
                let templates = &project.settings.templates;
                let mut known: Vec<&str> = templates.keys().map(ecow::EcoString::as_str).collect();
                known.sort_unstable();
                return self.report(report::languages::no_template(&literal, &known));
            };
            self.tables.templates.insert(source.id, found.clone());
            found
        } else {
            (ecow::EcoString::new(), literal.text.into())
        };
        let ty = self.type_of(values.id).clone();
        self.check_template_text(&literal, &name, &text, values, &ty);
    }
}
