//! Whatever the text is: no panic, places within it and between characters, ids dense, and an end in good time.

use super::parsed;
use crate::syntax::token::Kind;
use crate::syntax::{Parsed, walk};

/// Random numbers that come again with their seed.
struct Random(u64);

impl Random {
    fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1)
    }

    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }

    fn one<'a>(&mut self, of: &[&'a str]) -> &'a str {
        of[self.below(of.len())]
    }
}

/// What is neither a word nor a sign.
const OTHERS: &[&str] = &[
    "x",
    "Order",
    "1",
    "08",
    "1.5",
    "1e9",
    "5m",
    "256MB",
    "12abc",
    "@2026-01-01",
    "@9T",
    "\"t\"",
    "\"a {",
    "} b\"",
    "\"\"\"",
    "\"\"\"\n  a\n \"\"\"",
    "r\"\\\"",
    "\"",
    "'x'",
    "“x”",
    "\"\\q\\u{110000}\\u{\"",
    "&&",
    "||",
    ";",
    "#",
    "!",
    "++",
    "//",
    "/// d",
    "é",
    "größe",
    "\u{A0}",
    "\u{FEFF}",
    "–",
    "🦀",
    "\0",
    "\\",
    "\r\n",
    "/*",
    "*/",
    "\n",
    "\n  ",
    "\n    ",
    "\n",
    " ",
    "\t",
];

fn soup(random: &mut Random) -> String {
    let words = [Kind::CONTEXTUAL, Kind::RESERVED, Kind::SIGNS].concat();
    let words: Vec<&str> = words.iter().map(|it| it.text()).collect();
    let mut text = String::new();
    for _ in 0..random.below(60) {
        let word = if random.below(3) == 0 { random.one(OTHERS) } else { random.one(&words) };
        text.push_str(word);
        text.push_str(random.one(&[" ", "", "\n"]));
    }
    text
}

fn check(text: &str, seed: u64) {
    let Parsed { tree, comments, diagnostics } = parsed(text);
    let valid = |span: crate::source::Span| {
        let (start, end) = (span.start as usize, span.end as usize);
        start <= end && text.is_char_boundary(start) && text.is_char_boundary(end)
    };
    let mut next = 0;
    walk::each(&tree, &mut |node| {
        assert!(valid(node.span()), "seed {seed}: {node:?} in {text:?}");
        assert_eq!(node.id().0, next, "seed {seed}: {text:?}");
        next += 1;
    });
    assert_eq!(tree.node_count, next);
    assert!(comments.iter().all(|it| valid(it.span)), "seed {seed}: {text:?}");
    for it in &diagnostics {
        let edits = it.fixes.iter().flat_map(|fix| &fix.edits).map(|edit| edit.span);
        let spans = it.labels.iter().map(|label| label.span).chain(edits);
        assert!(spans.clone().all(valid), "seed {seed}: {it:?} in {text:?}");
        assert!(spans.count() > 0, "{it:?}");
    }
}

#[test]
fn any_heap_of_tokens_is_parsed() {
    for seed in 1..3000 {
        let mut random = Random::new(seed);
        check(&soup(&mut random), seed);
    }
}

#[test]
fn any_damage_to_a_program_is_parsed() {
    let sample = include_str!("../samples/everything.task");
    for seed in 1..150 {
        let mut random = Random::new(seed);
        let mut chars: Vec<char> = sample.chars().collect();
        for _ in 0..=random.below(8) {
            let at = random.below(chars.len());
            match random.below(3) {
                0 => drop(chars.remove(at)),
                1 => chars.insert(at, random.one(OTHERS).chars().next().unwrap()),
                _ => chars.truncate(chars.len().max(at + 200) - random.below(50)),
            }
        }
        check(&chars.into_iter().collect::<String>(), seed);
    }
}

#[test]
fn hopeless_files_end_in_good_time() {
    for piece in [
        "(", "{", "\"{", "\"\"\"{", "(\n", "{\n", "}\n", ")", "(]", "  }\n", "\"", "[{(", "x <",
        "x\n  y\n", "let\n",
    ] {
        let text = piece.repeat(8_000 / piece.len());
        let parsed = parsed(&text);
        assert!(!parsed.diagnostics.is_empty() || piece == "x\n  y\n", "{piece}");
    }
}
