//! What messages are worth, in figures: correct programs are damaged in one place, and what is said about them is counted.
//!
//! A test run takes the same damages every time and compares its figures with `tests/mutation/budgets.txt`, which may only get
//! better: `UPDATE=1` writes better figures down. `SEED=… ROUNDS=20 cargo test mutation -- --nocapture` looks at others, and at more of
//! them, and shows the figures without comparing. The goals and the figures reached stand in `benches/README.md`.

#![allow(
    clippy::cast_possible_truncation,
    clippy::cast_possible_wrap,
    clippy::cast_sign_loss,
    reason = "programs are shorter than memory"
)]

mod damage;
mod figures;
mod mends;

use std::hash::BuildHasher;
use std::path::PathBuf;

use rustc_hash::FxBuildHasher;

use taskc::check::library::Library;
use taskc::check::project::{Project, ProjectFile};
use taskc::check::{self};
use taskc::diagnostics::Diagnostic;
use taskc::schedule::parse_instant;
use taskc::source::FileId;
use taskc::stdlib;

use crate::random::{Random, rounds};
use crate::support::{repository, task_files};
use damage::{Damage, Kind};
use figures::Figures;

/// How many damages of each sort a test run does to each program.
const DAMAGES: usize = 2;

/// The damages of a test run that says nothing else.
const SEED: u64 = 20_261_123;

/// A correct program with the modules that it uses.
struct Program {
    path: PathBuf,
    text: String,
    modules: Vec<(String, String)>,
}

struct Checker {
    library: Library,
}

impl Checker {
    /// What is said about a program with this text.
    fn findings(&self, program: &Program, text: &str) -> Vec<Diagnostic> {
        let mut project = Project::default();
        project.settings.now = parse_instant("2026-11-20T08:00:00Z").ok().map(|it| it.0);
        let own = project.add(|id| ProjectFile::parse("it", "it.task", text, id));
        for (module, text) in &program.modules {
            project.add(|id| ProjectFile::parse(module, &format!("{module}.task"), text, id));
        }
        let checked = check::check_file(&project, &self.library, own);
        checked.diagnostics.into_iter().filter(|it| it.span().file == own).collect()
    }
}

/// The programs of the repository about which nothing is said.
fn programs(checker: &Checker) -> Vec<Program> {
    let folders = ["examples", "tests/corpus"];
    let paths = folders.iter().flat_map(|it| task_files(&repository().join(it)));
    let programs = paths.map(|path| {
        let text = std::fs::read_to_string(&path).unwrap();
        let is_expectation = |line: &&str| !line.starts_with("//> ") && !line.starts_with("//!");
        let text: String = text.split_inclusive('\n').filter(is_expectation).collect();
        let beside = std::fs::read_dir(path.parent().unwrap()).unwrap();
        let modules = beside.filter_map(|it| {
            let other = it.unwrap().path();
            let name = other.file_stem()?.to_str()?.to_owned();
            let used = text.lines().any(|line| line == format!("use {name}"));
            (used && other != path).then(|| (name, std::fs::read_to_string(&other).unwrap()))
        });
        let modules = modules.collect();
        Program { path, text, modules }
    });
    let clean = |it: &Program| checker.findings(it, &it.text).is_empty();
    programs.filter(|it| it.text.lines().count() >= 4).filter(clean).collect()
}

fn line_of(text: &str, offset: usize) -> usize {
    text[..offset.min(text.len())].matches('\n').count()
}

/// The lines that a finding points at first.
fn lines(text: &str, finding: &Diagnostic) -> (usize, usize) {
    let span = finding.span();
    (line_of(text, span.start as usize), line_of(text, span.end as usize))
}

/// Whether any of the places that a finding points at is within a line of the damage.
fn points_near(text: &str, finding: &Diagnostic, damage: &Damage) -> bool {
    let own = finding.labels.iter().filter(|it| it.span.file == FileId(0));
    own.map(|it| Diagnostic { labels: vec![it.clone()], ..finding.clone() })
        .any(|it| is_near(text, &it, damage))
}

fn is_near(text: &str, finding: &Diagnostic, damage: &Damage) -> bool {
    let (first, last) = lines(text, finding);
    let (from, to) = damage.lines;
    first <= to + 1 && from <= last + 1
}

#[test]
fn messages_are_as_good_as_they_were() {
    let checker = Checker { library: Library::new(stdlib::declarations()) };
    let programs = programs(&checker);
    assert!(programs.len() > 300, "only {} programs are correct", programs.len());
    let is_usual = std::env::var_os("SEED").is_none() && std::env::var_os("ROUNDS").is_none();
    let seed = if is_usual { SEED } else { Random::new("mutation").next() };
    let mut figures = Figures::default();
    for program in &programs {
        // A program's damages are its own: another program in the corpus changes nothing about them.
        let name = program.path.strip_prefix(repository()).unwrap();
        let mut random = Random::seeded(seed ^ FxBuildHasher.hash_one(name));
        for _ in 0..rounds(DAMAGES) {
            one_damage(&checker, program, &mut random, &mut figures);
            prefix(&checker, program, &mut random, &mut figures);
            typo(&checker, program, &mut random, &mut figures);
            for _ in 0..4 {
                two_damages(&checker, program, &mut random, &mut figures);
            }
        }
    }
    figures.show();
    if is_usual {
        figures.compare();
    }
}

fn one_damage(checker: &Checker, program: &Program, random: &mut Random, figures: &mut Figures) {
    let kind = *random.pick(Kind::ALL);
    let Some(damage) = Damage::make(&program.text, kind, random) else { return };
    let found = checker.findings(program, &damage.text);
    if found.is_empty() {
        return;
    }
    let is_one = found.len() == 1;
    figures.one_message.count(is_one);
    if !is_one {
        let sort = format!("{kind:?}");
        figures.miss(figures::ONE_MESSAGE, &sort, &program.path, &damage, &found);
    }
    for finding in &found {
        let near = points_near(&damage.text, finding, &damage);
        figures.none_far.count(near);
        if !near {
            let sort = format!("{kind:?}");
            let one = std::slice::from_ref(finding);
            figures.miss(figures::NONE_FAR, &sort, &program.path, &damage, one);
        }
    }
    let first_is_near = is_near(&damage.text, &found[0], &damage);
    figures.first_near.count(first_is_near);
    if !first_is_near {
        let sort = format!("{kind:?}");
        figures.miss(figures::FIRST_NEAR, &sort, &program.path, &damage, &found);
    }
    mends::judge(checker, program, &damage, &found, figures);
}

/// Both of two damages that are far from each other are found, and what is said of the one stays as it is without the other.
fn two_damages(checker: &Checker, program: &Program, random: &mut Random, figures: &mut Figures) {
    let kinds = [Kind::Delete, Kind::Replace, Kind::Typo, Kind::WrongType, Kind::Bracket];
    let Some(late) = Damage::make(&program.text, *random.pick(&kinds), random) else { return };
    let Some(both) = Damage::make(&late.text, *random.pick(&kinds), random) else { return };
    if both.lines.1 + 10 > late.lines.0 {
        return;
    }
    // The same damage without the later one: each must be one by itself.
    let line_count = |text: &str| text.lines().count();
    let moved = line_count(&both.text) as i64 - line_count(&late.text) as i64;
    let first_lines: Vec<&str> = both.text.split_inclusive('\n').take(both.lines.1 + 1).collect();
    let rest = program.text.split_inclusive('\n').skip((both.lines.1 as i64 + 1 - moved) as usize);
    let early: String = first_lines.into_iter().chain(rest).collect();
    let (of_late, of_early) =
        (checker.findings(program, &late.text), checker.findings(program, &early));
    let is_apart = of_late.iter().all(|it| is_near(&late.text, it, &late));
    if of_late.is_empty() || of_early.is_empty() || !is_apart {
        return;
    }
    let found = checker.findings(program, &both.text);
    let told = |own: &[Diagnostic]| {
        own.iter().any(|it| found.iter().any(|all| all.code == it.code && all.title == it.title))
    };
    let both_found = told(&of_early) && told(&of_late);
    figures.both_found.count(both_found);
    if !both_found {
        let (name, path) = (figures::BOTH_FOUND, &program.path);
        let (missed, own, kind) = match told(&of_early) {
            true => (&late, &of_late, late.kind),
            false => (&both, &of_early, both.kind),
        };
        let mut found = found.clone();
        found.extend(own.iter().cloned());
        figures.miss(name, &format!("{kind:?}"), path, missed, &found);
    }
    let all: Vec<(&str, i64)> =
        found.iter().map(|it| (it.code, lines(&both.text, it).0 as i64)).collect();
    let stays = |it: &Diagnostic| all.contains(&(it.code, lines(&late.text, it).0 as i64 + moved));
    let all_stay = of_late.iter().all(stays);
    figures.others_stay.count(all_stay);
    if !all_stay {
        let (sort, path) = (format!("{:?} above {:?}", both.kind, late.kind), &program.path);
        figures.miss(figures::OTHERS_STAY, &sort, path, &both, &found);
        figures.miss(figures::OTHERS_STAY, &sort, path, &late, &of_late);
    }
}

/// A program that is being written: cut off behind a token, it has one error at most, at its end.
fn prefix(checker: &Checker, program: &Program, random: &mut Random, figures: &mut Figures) {
    let tokens = taskc::syntax::tokens(FileId(0), &program.text);
    if tokens.len() < 3 {
        return;
    }
    let at = random.below(tokens.len() as u64 - 1) as usize;
    let text = &program.text[..tokens[at].end as usize];
    let found = checker.findings(program, text);
    let errors: Vec<&Diagnostic> =
        found.iter().filter(|it| it.severity == taskc::diagnostics::Severity::Error).collect();
    let last = line_of(text, text.len());
    let at_end = errors.iter().all(|it| lines(text, it).1 + 1 >= last || it.labels.len() > 1);
    let is_one_at_end = errors.len() <= 1 && at_end;
    figures.prefixes.count(is_one_at_end);
    if !is_one_at_end {
        let damage = Damage { text: text.to_owned(), lines: (last, last), kind: Kind::Delete };
        figures.miss(figures::PREFIXES, "cut", &program.path, &damage, &found);
    }
}

/// One wrong letter in a name of four or more: the right name comes first.
fn typo(checker: &Checker, program: &Program, random: &mut Random, figures: &mut Figures) {
    let Some((damage, right, wrong)) = damage::typo(&program.text, random) else { return };
    let found = checker.findings(program, &damage.text);
    // Where a declaration is misspelt, its uses are told of, and the misspelt name is right to offer.
    let is_about = |it: &&Diagnostic| damage.text.get(it.span().range()) == Some(wrong.as_str());
    let Some(first) = found.iter().find(is_about) else { return };
    let offered = first.fixes.first().and_then(|it| it.edits.first()).map(|it| it.text.as_str());
    let in_help = first.help.iter().any(|it| it.contains(&format!("`{right}`")));
    let is_right = offered.map_or(in_help, |it| it.contains(&right)) || in_help;
    figures.right_name.count(is_right);
    figures.no_wrong_name.count(is_right || offered.is_none());
    if !is_right {
        let sort = format!("`{right}` is not offered");
        figures.miss(figures::RIGHT_NAME, &sort, &program.path, &damage, &found);
    }
}
