//! Every code has a page that says what, why, what fails and what to write instead.

use std::collections::BTreeSet;
use std::fmt::Write;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use futures_util::future::BoxFuture;
use taskc::check::check;
use taskc::check::library::Library;
use taskc::check::project::{Project, ProjectFile, RunTimes, SecretSetting, Settings};
use taskc::diagnostics::catalogue::ROWS;
use taskc::host::Clock;
use taskc::schedule::Duration;
use taskc::source::FileId;
use taskc::stdlib;
use taskc::testing::{self, Options};

#[test]
fn every_page_has_its_sections_in_order() {
    for row in ROWS {
        let headings: Vec<_> = row.page.lines().filter(|line| line.starts_with('#')).collect();
        let title = format!("# {}", row.code);
        assert_eq!(
            headings,
            [title.as_str(), "## Why", "## Example", "## Instead"],
            "{}",
            row.code
        );
        let page = Page::read(row.page);
        assert!(page.what.len() > 20 && page.why.len() > 60, "{} says too little", row.code);
        assert_ne!(page.example, page.instead, "{} mends nothing", row.code);
        for (name, files) in [("Example", &page.example), ("Instead", &page.instead)] {
            assert_eq!(files.last().map(|it| it.path.as_str()), Some(MAIN), "{} {name}", row.code);
        }
    }
}

#[test]
fn no_page_is_left_over() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/src/diagnostics/explain");
    let files = std::fs::read_dir(folder).unwrap().map(|it| it.unwrap().path());
    let mut codes: Vec<_> =
        files.map(|it| it.file_stem().unwrap().to_str().unwrap().to_owned()).collect();
    let mut rows: Vec<_> = ROWS.iter().map(|row| row.code.to_owned()).collect();
    codes.sort();
    rows.sort();
    assert_eq!(codes, rows);
}

/// Each page is tried out: the example gives that code and no other, what is advised gives nothing at all.
#[test]
fn every_page_shows_what_it_explains() {
    let mut wrong = String::new();
    for row in ROWS {
        let page = Page::read(row.page);
        let expected = BTreeSet::from([row.code.to_owned()]);
        for (name, files, expected) in
            [("Example", &page.example, expected), ("Instead", &page.instead, BTreeSet::new())]
        {
            let found = found_in(row.code, files);
            if found != expected {
                writeln!(wrong, "{} {name}: {found:?}", row.code).unwrap();
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
}

/// The codes of what is found in a page's files, in the world that the page tells of.
fn found_in(code: &str, files: &[File]) -> BTreeSet<String> {
    let settings = files.iter().find(|it| it.language == "toml").map_or("", |it| &it.text);
    let mut project = Project::default();
    project.settings = settings_of(settings, files);
    if code == "overlap-likely" {
        let taken = RunTimes { runs: 200, usual: Duration::SECOND.times(430) };
        project.settings.run_times.insert("example".into(), taken);
    }
    let copies = if code == "crowded-minute" { 10 } else { 1 };
    for file in files.iter().filter(|it| it.language == "task") {
        for copy in 0..copies {
            let stem = file.path.strip_suffix(".task").unwrap();
            let module = if copy == 0 { stem.to_owned() } else { format!("{stem}_{copy}") };
            let path = format!("{module}.task");
            project.add(|id| ProjectFile::parse(&module, &path, &file.text, id));
        }
    }
    let library = Library::new(stdlib::declarations());
    let checked = check(&project, &library);
    let mut found: BTreeSet<_> = checked.diagnostics.iter().map(|it| it.code.to_owned()).collect();
    let files: Vec<FileId> = project.files().iter().map(|it| it.source.id).collect();
    let suites = testing::suites(&project, &checked, &library, &files).unwrap();
    let options = Options { seed: 0, filter: None, threads: 1, clock: Arc::new(Hasty::default()) };
    testing::run(&project, &suites, &options, |report| {
        found.extend(report.failure.map(|it| it.code.to_owned()));
    });
    found
}

/// A clock on which some time passes whenever somebody looks: nobody waits for a test that never ends.
#[derive(Default)]
struct Hasty(AtomicU64);

impl Clock for Hasty {
    fn now_us(&self) -> i64 {
        NOW_US
    }

    fn monotonic_us(&self) -> u64 {
        self.0.fetch_add(20_000, Ordering::Relaxed)
    }

    fn sleep(&self, _: std::time::Duration) -> BoxFuture<'static, ()> {
        Box::pin(async {})
    }

    fn block(&self, _: std::time::Duration) {}
}

/// 22 November 2026, on which every page is tried out.
const NOW_US: i64 = 1_795_305_600_000_000;

fn settings_of(text: &str, files: &[File]) -> Settings {
    let table: toml::Table = text.parse().unwrap();
    let section = |name: &str| table.get(name).and_then(|it| it.as_table()).cloned();
    let names = |name: &str| section(name).into_iter().flatten().map(|(name, _)| name.into());
    let secret = |name| SecretSetting { name, hosts: Vec::new() };
    let env = section("env").and_then(|it| it.get("names")?.as_array().cloned());
    let env = env.into_iter().flatten().filter_map(|it| Some(it.as_str()?.into()));
    let templates = files.iter().filter(|it| !matches!(&*it.language, "task" | "toml"));
    let templates = templates.map(|it| (it.path.as_str().into(), it.text.as_str().into()));
    Settings {
        sources: names("sources").collect(),
        secrets: names("secrets").map(secret).collect(),
        env: env.collect(),
        templates: templates.collect(),
        now: Some(NOW_US),
        ..Settings::default()
    }
}

/// The file that a block without a name of its own is.
const MAIN: &str = "example.task";

/// A page in parts.
struct Page {
    what: String,
    why: String,
    example: Vec<File>,
    instead: Vec<File>,
}

/// A fenced block: its language, the file that it stands for, its text.
#[derive(Debug, PartialEq)]
struct File {
    language: String,
    path: String,
    text: String,
}

impl Page {
    fn read(text: &str) -> Self {
        let mut sections = text.split("\n## ").map(|it| it.split_once('\n').unwrap().1);
        let mut next = || sections.next().unwrap();
        Self {
            what: next().trim().to_owned(),
            why: next().trim().to_owned(),
            example: files(next()),
            instead: files(next()),
        }
    }
}

/// The fenced blocks of a section; a block's language may be followed by the name of a file.
fn files(section: &str) -> Vec<File> {
    let blocks = section.split("```").skip(1).step_by(2);
    blocks
        .map(|block| {
            let (head, text) = block.split_once('\n').unwrap();
            let (language, path) = head.split_once(' ').unwrap_or((head, MAIN));
            File { language: language.to_owned(), path: path.to_owned(), text: text.to_owned() }
        })
        .collect()
}

#[test]
fn blocks_are_files() {
    let found = files("```toml taskc.toml\n[a]\n```\nand\n```task\nprint(1)\n```\n");
    let names: Vec<_> = found.iter().map(|it| (it.language.as_str(), it.path.as_str())).collect();
    assert_eq!(names, [("toml", "taskc.toml"), ("task", MAIN)]);
    assert_eq!(found[1].text, "print(1)\n");
}

/// Codes are written where findings are made; a misspelt one would be a finding without a page.
#[test]
fn every_code_in_the_source_is_in_the_catalogue() {
    let mut unknown = Vec::new();
    for path in crate::layers::rust_files(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/src"))) {
        let text = std::fs::read_to_string(&path).unwrap();
        let known = |code: &String| ROWS.iter().any(|row| row.code == code);
        let wrong = codes(&text).into_iter().filter(|code| !known(code));
        unknown.extend(wrong.map(|code| format!("{code} in {}", path.display())));
    }
    assert!(unknown.is_empty(), "{unknown:#?}");
}

/// The first arguments of the calls that make findings, where they are literals.
fn codes(text: &str) -> Vec<String> {
    let calls = ["Diagnostic::new(", " error(", " warning(", " hint("];
    let arguments = calls
        .iter()
        .flat_map(|call| text.match_indices(call).map(|(at, it)| &text[at + it.len()..]));
    let literal = |argument: &str| {
        Some(argument.trim_start().strip_prefix('"')?.split_once('"')?.0.to_owned())
    };
    let is_code = |it: &String| it.chars().all(|c| c.is_ascii_lowercase() || c == '-');
    arguments.filter_map(literal).filter(is_code).collect()
}

#[test]
fn codes_are_seen_where_they_stand() {
    let text =
        "Diagnostic::new(\n    \"a-b\", x)\n return error(\"c-d\", y); error(z) error(\"0 7\")";
    assert_eq!(codes(text), ["a-b", "c-d"]);
}
