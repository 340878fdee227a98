//! The fuzzers' entry points over damaged programs: `ROUNDS=100` goes on a hundred times as long.

#![allow(clippy::cast_possible_truncation, reason = "programs are shorter than memory")]

use taskc::source::FileId;
use taskc::{fuzzing, syntax};

use crate::random::{Random, rounds};
use crate::support::{repository, task_files};

#[test]
fn any_text_can_be_split() {
    survives("any_text_can_be_split", rounds(2000), fuzzing::lexer);
}

#[test]
fn any_text_can_be_parsed() {
    survives("any_text_can_be_parsed", rounds(2000), fuzzing::parser);
}

#[test]
fn any_text_can_be_checked() {
    survives("any_text_can_be_checked", rounds(2000), fuzzing::checker);
}

#[test]
fn any_text_can_be_formatted() {
    survives("any_text_can_be_formatted", rounds(2000), fuzzing::formatter);
}

/// Whole programs first, then damaged ones.
fn survives(test: &str, rounds: usize, entry: fn(&str)) {
    let programs = programs();
    let mut random = Random::new(test);
    for program in &programs {
        hold(entry, program);
    }
    for _ in 0..rounds {
        hold(entry, &damaged(&programs, &mut random));
    }
}

/// Shows the text that breaks a promise.
fn hold(entry: fn(&str), text: &str) {
    assert!(std::panic::catch_unwind(|| entry(text)).is_ok(), "this text does it:\n{text}");
}

/// Every program of the repository, annotated ones as they stand.
fn programs() -> Vec<String> {
    let folders = ["src/syntax/samples", "src/stdlib", "examples", "tests/corpus"];
    let files = folders.iter().flat_map(|it| task_files(&repository().join(it)));
    let mut found: Vec<String> = files.map(|it| std::fs::read_to_string(it).unwrap()).collect();
    assert!(found.len() > 100, "the programs are gone: {} are left", found.len());
    found.sort();
    found
}

/// Some lines of a program in which a few tokens, blanks or characters are not what they were.
fn damaged(programs: &[String], random: &mut Random) -> String {
    let lines: Vec<&str> = random.pick(programs).split_inclusive('\n').collect();
    let from = random.below(lines.len() as u64 + 1) as usize;
    let to = (from + random.between(1, 30) as usize).min(lines.len());
    let mut pieces = pieces(&lines[from..to].concat());
    for _ in 0..random.below(4) {
        let other = self::pieces(random.pick::<String>(programs));
        if pieces.is_empty() || other.is_empty() {
            break;
        }
        let at = random.below(pieces.len() as u64) as usize;
        match random.below(7) {
            0 => drop(pieces.remove(at)),
            1 => pieces.insert(at, random.pick(&other).clone()),
            2 => pieces[at].clone_from(random.pick(&other)),
            3 => {
                let with = random.below(pieces.len() as u64) as usize;
                pieces.swap(at, with);
            }
            4 => pieces[at]
                .insert_str(0, random.pick::<&str>(&["\n", " // c\n", "\n// c\n", "\n\n\n", "("])),
            5 => pieces[at] = format!("({})", pieces[at]),
            _ => drop(pieces[at].pop()),
        }
    }
    pieces.concat()
}

/// A text's tokens, each with the blanks and comments before it.
fn pieces(text: &str) -> Vec<String> {
    let mut last = 0;
    let mut pieces = Vec::new();
    for token in syntax::tokens(FileId(0), text) {
        let end = token.end as usize;
        pieces.push(text[last..end].to_owned());
        last = end;
    }
    pieces
}
