//! What broken programs get: correct ones are broken in every way that fingers break them, and the findings counted.

use crate::diagnostics::Diagnostic;
use crate::source::{FileId, Source};
use crate::syntax::lex::lex;
use crate::syntax::token::{Kind, Token};
use crate::syntax::{Parsed, parse};

const SAMPLES: &[&str] =
    &[include_str!("../samples/everything.task"), include_str!("../samples/shop.task")];

/// Every how many-th mutant is tried; all of them take half a minute without optimisation.
const STRIDE: usize = 7;

/// One way to break a program, and where.
struct Mutant {
    kind: &'static str,
    text: String,
    /// The first byte that differs.
    at: usize,
}

/// What became of all mutants of one kind.
#[derive(Default)]
struct Tally {
    mutants: usize,
    accepted: usize,
    several: usize,
    far: usize,
    examples: Vec<String>,
}

#[test]
fn one_slip_gives_one_finding_near_it() {
    let mut tallies: std::collections::BTreeMap<&str, Tally> = std::collections::BTreeMap::new();
    for sample in SAMPLES {
        for mutant in mutants(sample).iter().step_by(STRIDE) {
            judge(mutant, tallies.entry(mutant.kind).or_default());
        }
    }
    let (mut several, mut far, mut all) = (0, 0, 0);
    for (kind, it) in &tallies {
        println!(
            "{kind:10} {:5} accepted {:5} several {:4} far {:4}",
            it.mutants, it.accepted, it.several, it.far
        );
        for example in &it.examples {
            println!("{example}");
        }
        several += it.several;
        far += it.far;
        all += it.mutants - it.accepted;
    }
    println!("several {several} far {far} of {all}");
    assert!(several * 100 <= all, "{several} of {all} mutants give several findings");
    assert!(far * 100 <= all, "{far} of {all} mutants give a finding elsewhere");
}

fn judge(mutant: &Mutant, tally: &mut Tally) {
    tally.mutants += 1;
    let Parsed { diagnostics, .. } = parse(FileId(0), &mutant.text);
    if diagnostics.is_empty() {
        tally.accepted += 1;
        return;
    }
    let source = Source::new(FileId(0), "mutant.task", &mutant.text);
    let line = |at: usize| source.position(u32::try_from(at).unwrap()).line;
    let edited = line(mutant.at);
    let several = diagnostics.len() > 1;
    let far = diagnostics.iter().any(|it| !is_near(it, &source, edited));
    tally.several += usize::from(several);
    tally.far += usize::from(far);
    if (several || far) && tally.examples.len() < 12 {
        let shown: Vec<String> = diagnostics
            .iter()
            .map(|it| format!("      {}:{} {}", line(it.span().start as usize), it.code, it.title))
            .collect();
        let text = &mutant.text[source.line(edited)];
        tally.examples.push(format!("   {edited}: {text}\n{}", shown.join("\n")));
    }
}

/// Whether a label or an edit of a finding stands on the line, or next to it.
fn is_near(found: &Diagnostic, source: &Source, line: u32) -> bool {
    let labels = found.labels.iter().map(|it| it.span);
    let edits = found.fixes.iter().flat_map(|fix| &fix.edits).map(|it| it.span);
    labels.chain(edits).any(|it| source.position(it.start).line.abs_diff(line) <= 1)
}

#[test]
fn while_typing_there_is_one_finding_at_most() {
    let (mut several, mut all) = (0, 0);
    let mut examples = Vec::new();
    for sample in SAMPLES {
        for token in lex(FileId(0), sample).tokens.iter().step_by(STRIDE) {
            let prefix = &sample[..token.end as usize];
            let found = parse(FileId(0), prefix).diagnostics;
            all += 1;
            if found.len() > 1 {
                several += 1;
                let titles: Vec<_> = found.iter().map(|it| (it.span().start, &it.title)).collect();
                examples.push(format!("{:?} {titles:?}", prefix.lines().last().unwrap()));
            }
        }
    }
    assert!(several * 100 <= all, "{several} of {all} prefixes: {examples:#?}");
}

#[test]
fn two_slips_far_apart_are_both_found() {
    let sample = SAMPLES[1];
    let tokens = lex(FileId(0), sample).tokens;
    let line = |at: u32| Source::new(FileId(0), "a.task", sample).position(at).line;
    let fatal = |it: &&Token| !parse(FileId(0), &without(sample, it)).diagnostics.is_empty();
    let candidates: Vec<&Token> =
        tokens[..tokens.len() - 1].iter().step_by(4).filter(fatal).collect();
    let (mut missed, mut all) = (0, 0);
    let mut examples = Vec::new();
    for first in &candidates {
        let far = |it: &&&Token| line(it.start) >= line(first.start) + 10;
        let Some(second) = candidates.iter().find(far) else { continue };
        let text = without(&without(sample, first), second);
        let source = Source::new(FileId(0), "a.task", &text);
        let found = parse(FileId(0), &text).diagnostics;
        for token in [first, second] {
            all += 1;
            if !found.iter().any(|it| is_near(it, &source, line(token.start))) {
                missed += 1;
                let shown =
                    |it: &Token| (line(it.start), &sample[it.start as usize..it.end as usize]);
                examples.push((shown(first), shown(second), line(token.start)));
            }
        }
    }
    assert!(all > 100, "{all} pairs are too few");
    // A bracket lost here and its like doubled there make a file that pairs up: nothing tells where it is wrong.
    assert!(missed * 200 <= all * 3, "{missed} of {all} slips: {examples:#?}");
}

/// The text with blanks in a token's place.
fn without(text: &str, token: &Token) -> String {
    let (start, end) = (token.start as usize, token.end as usize);
    format!("{}{}{}", &text[..start], " ".repeat(end - start), &text[end..])
}

fn mutants(text: &str) -> Vec<Mutant> {
    let tokens = lex(FileId(0), text).tokens;
    let tokens = &tokens[..tokens.len() - 1];
    let mut found = Vec::new();
    for (index, token) in tokens.iter().enumerate() {
        let (start, end) = (token.start as usize, token.end as usize);
        let slice = &text[start..end];
        let replaced = |with: &str| format!("{}{with}{}", &text[..start], &text[end..]);
        let mut add = |kind, text| found.push(Mutant { kind, text, at: start });
        add("delete", replaced(""));
        add("double", replaced(&format!("{slice} {slice}")));
        if let Some(next) = tokens.get(index + 1).filter(|it| !it.on_new_line) {
            let (second, behind) =
                (&text[next.start as usize..next.end as usize], next.end as usize);
            let between = &text[end..next.start as usize];
            add("swap", format!("{}{second}{between}{slice}{}", &text[..start], &text[behind..]));
        }
        let other = STRANGERS[index % STRANGERS.len()];
        add("replace", replaced(other));
        add("insert", replaced(&format!("{other} {slice}")));
        if matches!(token.kind, Kind::Text | Kind::TextStart) {
            add("quote", replaced(&slice[1..]));
        }
        if matches!(token.kind, Kind::Text | Kind::TextEnd) {
            add("quote", replaced(&slice[..slice.len() - 1]));
        }
        if is_bracket(*token) {
            add("bracket", replaced(""));
            add("bracket", replaced(&format!("{slice}{slice}")));
        }
    }
    found
}

/// What fingers put in where it does not belong.
const STRANGERS: &[&str] =
    &[",", ")", "x", "==", "{", "let", "5", "]", ".", "in", "\"t\"", "}", "=", "(", "if", "+"];

fn is_bracket(token: Token) -> bool {
    use Kind::{BraceClose, BraceOpen, BracketClose, BracketOpen, ParenClose, ParenOpen};
    matches!(
        token.kind,
        BraceClose | BraceOpen | BracketClose | BracketOpen | ParenClose | ParenOpen
    )
}
