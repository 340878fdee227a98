//! The grammar files say what the lexer and the parser do.

use std::collections::{BTreeMap, BTreeSet};

use regex::Regex;
use taskc::source::FileId;
use taskc::syntax::token::Kind;
use taskc::syntax::{HEADER_WORDS, parse, tokens};

const GRAMMAR: &str = include_str!("../grammar/task.ebnf");
const TEXTMATE: &str = include_str!("../grammar/task.tmLanguage.json");

/// Which tokens the lexical rules describe.
const LEXICAL: &[(&str, Kind)] = &[
    ("name", Kind::Name),
    ("integer", Kind::Int),
    ("fraction", Kind::Decimal),
    ("exponent", Kind::Float),
    ("duration", Kind::Duration),
    ("size", Kind::Size),
    ("instant", Kind::Time),
    ("quoted|block_text|raw", Kind::Text),
];

#[test]
fn the_words_and_signs_of_the_grammar_are_those_of_the_lexer() {
    let used: BTreeSet<&str> = rules().iter().flat_map(Rule::literals).collect();
    let known: BTreeSet<&str> = [Kind::CONTEXTUAL, Kind::RESERVED, Kind::SIGNS]
        .concat()
        .iter()
        .map(|it| it.text())
        .collect();
    assert_eq!(used, known);
}

#[test]
fn every_rule_is_defined_once_and_reached_from_the_first() {
    let rules = rules();
    let by_name: BTreeMap<&str, &Rule> = rules.iter().map(|it| (it.name, it)).collect();
    assert_eq!(by_name.len(), rules.len(), "a rule is defined twice");
    let mut reached = BTreeSet::new();
    let mut next = vec![rules[0].name];
    while let Some(name) = next.pop() {
        let rule = by_name.get(name).unwrap_or_else(|| panic!("there is no rule `{name}`"));
        if reached.insert(name) {
            next.extend(rule.names());
        }
    }
    let all: BTreeSet<&str> = by_name.into_keys().collect();
    assert_eq!(reached, all);
}

#[test]
fn the_brackets_of_every_rule_are_paired() {
    for rule in rules() {
        let mut open = Vec::new();
        for part in &rule.parts {
            let Part::Sign(sign) = part else { continue };
            match sign {
                '(' | '[' | '{' => open.push(*sign),
                ')' => assert_eq!(open.pop(), Some('('), "{}", rule.name),
                ']' => assert_eq!(open.pop(), Some('['), "{}", rule.name),
                '}' => assert_eq!(open.pop(), Some('{'), "{}", rule.name),
                _ => {}
            }
        }
        assert!(open.is_empty(), "{}", rule.name);
    }
}

#[test]
fn every_sample_is_a_correct_program_that_uses_its_rule() {
    for rule in rules() {
        let findings = parse(FileId(0), rule.sample).diagnostics;
        assert!(findings.is_empty(), "{}: {findings:#?}", rule.name);
        let words = rule.literals().into_iter().filter(|it| it.len() > 1 && is_word(it));
        for word in words {
            let used = tokens(FileId(0), rule.sample)
                .iter()
                .any(|it| rule.sample[it.start as usize..it.end as usize] == *word);
            assert!(used, "the sample of `{}` does without `{word}`", rule.name);
        }
    }
}

#[test]
fn lexical_rules_describe_the_tokens_of_the_samples() {
    let rules = rules();
    for (names, kind) in LEXICAL {
        let patterns: Vec<&str> = names.split('|').map(|it| pattern(&rules, it)).collect();
        let whole = Regex::new(&format!("^(?:{})$", patterns.join("|"))).unwrap();
        let mut seen = 0;
        for rule in &rules {
            for token in tokens(FileId(0), rule.sample).iter().filter(|it| it.kind == *kind) {
                let text = &rule.sample[token.start as usize..token.end as usize];
                assert!(whole.is_match(text), "{names}: {text}");
                seen += 1;
            }
        }
        assert!(seen > 0, "no sample has {names}");
    }
}

fn pattern<'g>(rules: &[Rule<'g>], name: &str) -> &'g str {
    let rule = rules.iter().find(|it| it.name == name).unwrap();
    match rule.parts[..] {
        [Part::Pattern(pattern)] => pattern,
        _ => panic!("`{name}` is no lexical rule"),
    }
}

#[test]
fn the_editor_grammar_has_the_words_of_the_lexer() {
    let patterns = textmate();
    let words_of = |prefix: &str| -> BTreeSet<String> {
        let named = patterns.iter().filter(|(name, _)| name.starts_with(prefix));
        named.flat_map(|(_, pattern)| alternatives(pattern)).collect()
    };
    let headers = words_of("keyword.other.header");
    assert_eq!(headers, HEADER_WORDS.iter().map(|it| (*it).to_owned()).collect());
    let mut words = words_of("keyword.");
    words.extend(words_of("constant.language"));
    let words: BTreeSet<_> = words.difference(&headers).cloned().collect();
    let lexed = [Kind::CONTEXTUAL, Kind::RESERVED].concat();
    // `on` begins a header and a join's condition.
    let expected: BTreeSet<_> =
        lexed.iter().map(|it| it.text().to_owned()).filter(|it| !headers.contains(it)).collect();
    assert_eq!(words, expected);
}

#[test]
fn the_editor_grammar_knows_every_sign() {
    let patterns = textmate();
    for sign in Kind::SIGNS {
        let found = patterns.iter().any(|(name, pattern)| {
            let is_sign = name.starts_with("keyword.operator") || name.starts_with("punctuation");
            is_sign && Regex::new(&format!("^(?:{pattern})$")).unwrap().is_match(sign.text())
        });
        assert!(found, "`{}` has no colour", sign.text());
    }
}

#[test]
fn the_editor_grammar_refers_to_what_it_has_and_its_expressions_compile() {
    let grammar: serde_json::Value = serde_json::from_str(TEXTMATE).unwrap();
    assert_eq!(grammar["scopeName"], "source.task");
    let repository = grammar["repository"].as_object().unwrap();
    let mut expressions = 0;
    visit(&grammar, &mut |object| {
        if let Some(include) = object.get("include").and_then(|it| it.as_str()) {
            let known = include == "$self"
                || include.strip_prefix('#').is_some_and(|it| repository.contains_key(it));
            assert!(known, "{include}");
        }
        for key in ["match", "begin", "end"] {
            if let Some(expression) = object.get(key).and_then(|it| it.as_str()) {
                assert!(Regex::new(expression).is_ok(), "{expression}");
                expressions += 1;
            }
        }
    });
    assert!(expressions > 30, "the expressions are gone");
}

/// The names and expressions of all patterns that match words or signs.
fn textmate() -> Vec<(String, String)> {
    let grammar: serde_json::Value = serde_json::from_str(TEXTMATE).unwrap();
    let mut found = Vec::new();
    visit(&grammar, &mut |object| {
        let text = |key: &str| object.get(key).and_then(|it| it.as_str()).map(str::to_owned);
        if let (Some(name), Some(pattern)) = (text("name"), text("match")) {
            found.push((name, pattern));
        }
    });
    found
}

fn visit(
    value: &serde_json::Value,
    see: &mut dyn FnMut(&serde_json::Map<String, serde_json::Value>),
) {
    match value {
        serde_json::Value::Object(object) => {
            see(object);
            object.values().for_each(|it| visit(it, see));
        }
        serde_json::Value::Array(items) => items.iter().for_each(|it| visit(it, see)),
        _ => {}
    }
}

/// The words of `\b(a|b)\b`, or of `^(a|b)\b`; none of anything else.
fn alternatives(pattern: &str) -> Vec<String> {
    let inner = pattern
        .strip_prefix("\\b(")
        .or_else(|| pattern.strip_prefix("^("))
        .and_then(|it| it.strip_suffix(")\\b"));
    let words: Vec<&str> = inner.map(|it| it.split('|').collect()).unwrap_or_default();
    let all_words = words.iter().all(|it| is_word(it));
    if all_words { words.into_iter().map(str::to_owned).collect() } else { Vec::new() }
}

fn is_word(text: &str) -> bool {
    text.chars().all(|c| c.is_ascii_lowercase())
}

/// One rule of the grammar file.
struct Rule<'g> {
    name: &'g str,
    parts: Vec<Part<'g>>,
    /// The program in the comment behind it.
    sample: &'g str,
}

#[derive(Debug)]
enum Part<'g> {
    /// `"word"`
    Literal(&'g str),
    /// The name of a rule.
    Name(&'g str),
    /// `/…/`
    Pattern(&'g str),
    /// `? … ?`
    Prose,
    /// `|` or a bracket.
    Sign(char),
}

impl<'g> Rule<'g> {
    fn literals(&self) -> Vec<&'g str> {
        self.parts
            .iter()
            .filter_map(|it| if let Part::Literal(text) = it { Some(*text) } else { None })
            .collect()
    }

    fn names(&self) -> Vec<&'g str> {
        self.parts
            .iter()
            .filter_map(|it| if let Part::Name(name) = it { Some(*name) } else { None })
            .collect()
    }
}

/// Reads the grammar file; a rule without a sample is an error, as is anything that is no rule.
fn rules() -> Vec<Rule<'static>> {
    let mut rest = comments_skipped(GRAMMAR);
    let mut rules = Vec::new();
    while !rest.is_empty() {
        let (name, behind) = rest.split_once(" = ").unwrap();
        assert!(name.chars().all(|c| c.is_ascii_lowercase() || c == '_'), "{name:?} is no name");
        let (parts, behind) = parts(behind);
        let sample = behind.trim_start().strip_prefix("(*:");
        let (sample, behind) = sample
            .and_then(|it| it.split_once("*)"))
            .unwrap_or_else(|| panic!("`{name}` has no sample"));
        rules.push(Rule { name, parts, sample: sample.trim() });
        rest = comments_skipped(behind);
    }
    assert!(rules.len() > 60, "the rules are gone");
    rules
}

fn comments_skipped(text: &str) -> &str {
    let text = text.trim_start();
    match text.strip_prefix("(*") {
        Some(comment) if !comment.starts_with(':') => {
            comments_skipped(comment.split_once("*)").expect("the comment ends").1)
        }
        _ => text,
    }
}

/// The parts up to the `;`, and what stands behind it.
fn parts(mut rest: &'static str) -> (Vec<Part<'static>>, &'static str) {
    let mut found = Vec::new();
    loop {
        rest = rest.trim_start();
        let first = rest.chars().next().expect("every rule ends with `;`");
        let (part, len) = match first {
            ';' => return (found, &rest[1..]),
            '"' => {
                let end = rest[1..].find('"').unwrap() + 1;
                (Part::Literal(&rest[1..end]), end + 1)
            }
            '?' => (Part::Prose, rest[1..].find('?').unwrap() + 2),
            '/' => {
                let end = rest.find("/ ;").unwrap();
                (Part::Pattern(&rest[1..end]), end + 1)
            }
            '|' | '(' | ')' | '[' | ']' | '{' | '}' => (Part::Sign(first), 1),
            _ => {
                let end = rest.find(|c: char| !(c.is_ascii_lowercase() || c == '_')).unwrap();
                assert!(end > 0, "{} is no part of a rule", &rest[..rest.len().min(20)]);
                (Part::Name(&rest[..end]), end)
            }
        };
        found.push(part);
        rest = &rest[len..];
    }
}
