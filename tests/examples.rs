//! The examples are what they say: each is checked clean and does its work on a copy of the folder, run by the binary.
//!
//! What is expected is worked out here from the same files, in another way.

use std::collections::{BTreeMap, BTreeSet};

use taskc::source::FileId;

use crate::support::web::{self, Request};
use crate::support::{Folder, mail, repository, stderr, stdout, taskc};

/// A copy of the examples.
fn desk() -> Folder {
    let folder = Folder::new();
    folder.copy(&repository().join("examples"));
    folder
}

/// A copy that asks this server instead of the one that its settings name.
fn desk_with(server: &web::Server) -> Folder {
    let folder = desk();
    let settings = std::fs::read_to_string(folder.path().join("taskc.toml")).unwrap();
    folder.write("taskc.toml", &settings.replace("127.0.0.1:7999", &server.address.to_string()));
    folder
}

/// What a task prints.
fn run(folder: &Folder, task: &str) -> String {
    let output = taskc(folder.path()).args(["run", task]).output().unwrap();
    assert!(output.status.success(), "{task}: {}{}", stdout(&output), stderr(&output));
    stdout(&output)
}

/// What an expression over the tables gives, as a task of its own prints it.
fn ask(folder: &Folder, expression: &str) -> String {
    folder.write("ask.task", &format!("use airport\nprint({expression})\n"));
    let answer = run(folder, "ask.task");
    std::fs::remove_file(folder.path().join("ask.task")).unwrap();
    answer.trim_end().to_owned()
}

fn imported() -> Folder {
    let folder = desk();
    run(&folder, "import_flights.task");
    folder
}

/// The mails in the folder that the settings name, in the order in which they were sent.
fn outbox(folder: &Folder) -> Vec<String> {
    let Ok(entries) = std::fs::read_dir(folder.path().join("outbox")) else { return Vec::new() };
    let mut paths: Vec<_> = entries.map(|it| it.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|it| std::fs::read_to_string(it).unwrap()).collect()
}

/// A line of `flights.csv`.
struct Flight {
    carrier: String,
    number: String,
    local_day: (u32, u32),
    /// Minutes since the year began, in UTC; all flights are in January.
    planned: i64,
    departed: bool,
    arrived: bool,
    miles: i64,
}

fn flights() -> Vec<Flight> {
    let text = std::fs::read_to_string(repository().join("examples/files/flights.csv")).unwrap();
    let mut lines = text.lines();
    let names: Vec<&str> = lines.next().unwrap().split(',').collect();
    let flight = |line: &str| {
        let cells: BTreeMap<&str, &str> = names.iter().copied().zip(line.split(',')).collect();
        let number = |it: &str| it.parse::<i64>().unwrap();
        let hour = cells["time_hour"];
        let (day, hour) = (number(&hour[8..10]), number(&hour[11..13]));
        Flight {
            carrier: cells["carrier"].to_owned(),
            number: cells["flight"].to_owned(),
            local_day: (cells["month"].parse().unwrap(), cells["day"].parse().unwrap()),
            planned: (day * 24 + hour) * 60 + number(cells["minute"]),
            departed: cells["dep_delay"] != "NA",
            arrived: cells["arr_delay"] != "NA",
            miles: number(cells["distance"]),
        }
    };
    lines.map(flight).collect()
}

#[test]
fn every_example_is_checked_without_a_word() {
    let folder = desk();
    let output = taskc(folder.path()).args(["check", "."]).output().unwrap();
    assert!(output.status.success(), "{}", stdout(&output));
    assert_eq!(stdout(&output), "");
}

#[test]
fn every_example_is_laid_out_as_the_formatter_would() {
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(repository().join("examples")).unwrap() {
        paths.push(entry.unwrap().path());
    }
    paths.retain(|it| it.extension().is_some_and(|it| it == "task"));
    assert!(paths.len() > 5, "the examples are gone");
    for path in paths {
        let text = std::fs::read_to_string(&path).unwrap();
        let formatted = taskc::syntax::format(FileId(0), &text).unwrap();
        if std::env::var_os("UPDATE").is_some() {
            std::fs::write(&path, formatted).unwrap();
        } else {
            assert_eq!(text, formatted, "{}: UPDATE=1 accepts", path.display());
        }
    }
}

#[test]
fn every_example_is_run_here() {
    let here = std::fs::read_to_string(repository().join("tests/examples.rs")).unwrap();
    for entry in std::fs::read_dir(repository().join("examples")).unwrap() {
        let name = entry.unwrap().file_name().into_string().unwrap();
        let is_task = name.split('.').next_back() == Some("task") && name != "airport.task";
        assert!(!is_task || here.contains(&format!("\"{name}\"")), "{name} is run nowhere");
    }
}

#[test]
fn flights_are_imported_once() {
    let (folder, rows) = (desk(), flights());
    let count = rows.len();
    assert_eq!(
        run(&folder, "import_flights.task"),
        format!("{count} of {count} flights were new\n")
    );
    assert_eq!(run(&folder, "import_flights.task"), format!("0 of {count} flights were new\n"));
    assert_eq!(ask(&folder, "Flight.count()"), count.to_string());
    let miles: i64 = rows.iter().map(|it| it.miles).sum();
    assert_eq!(ask(&folder, "Flight.sum(f => f.miles)"), miles.to_string());
    let cancelled = rows.iter().filter(|it| !it.departed).count();
    assert_eq!(ask(&folder, "Flight.count(f => f.departure_delay == null)"), cancelled.to_string());
    let known = std::fs::read_to_string(repository().join("examples/files/airlines.csv")).unwrap();
    assert_eq!(ask(&folder, "Carrier.count()"), (known.lines().count() - 1).to_string());
}

#[test]
fn what_looks_wrong_in_the_data_is_counted() {
    let folder = imported();
    let lost = flights().iter().filter(|it| it.departed && !it.arrived).count();
    let printed = run(&folder, "quality_check.task");
    let line = printed.lines().find(|it| it.starts_with("left but never arrived")).unwrap();
    assert_eq!(line.split_whitespace().last(), Some(lost.to_string().as_str()));
    let findings = "from f in Finding sort f.id take 9 select { f.rule, f.rows }";
    let wanted = format!("[{{ rule: \"left but never arrived\", rows: {lost} }}]");
    assert_eq!(ask(&folder, findings), wanted);
    run(&folder, "quality_check.task");
    assert_eq!(ask(&folder, findings), wanted);
}

#[test]
fn too_much_that_looks_wrong_fails_the_check() {
    let folder = desk();
    folder.write("add.task", "use airport\nCarrier.insert({ code: \"UA\", name: \"United\" })\nFlight.insert({ carrier: \"UA\", number: 1, origin: \"EWR\", destination: \"EWR\", planned: now(), miles: 0 })\n");
    run(&folder, "add.task");
    let output = taskc(folder.path()).args(["run", "quality_check.task"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let said = stderr(&output);
    assert!(said.contains("error[quality]: 1 of 1 flights look wrong"), "{said}");
    assert!(said.contains("\"goes nowhere\",\"rows\":1"), "{said}");
}

#[test]
fn days_are_rolled_up_as_the_clocks_of_new_york_count_them() {
    let (folder, rows) = (imported(), flights());
    let days: BTreeSet<_> = rows.iter().map(|it| it.local_day).collect();
    let groups: BTreeSet<_> = rows.iter().map(|it| (it.local_day, &it.carrier)).collect();
    for _ in 0..2 {
        let printed = run(&folder, "roll_up_days.task");
        assert_eq!(printed, format!("{} rows for {} days\n", groups.len(), days.len()));
        assert_eq!(ask(&folder, "DailyStat.count()"), groups.len().to_string());
    }
    let (month, day) = *days.last().unwrap();
    let last: Vec<_> = rows.iter().filter(|it| it.local_day == (month, day)).collect();
    let flown = last.iter().filter(|it| it.departed).count();
    let sums = format!(
        "{{ all: DailyStat.sum(s => s.flights), day: (from s in DailyStat where s.day == @2013-{month:02}-{day:02}).sum(s => s.flights - s.cancelled) }}"
    );
    assert_eq!(ask(&folder, &sums), format!("{{ all: {}, day: {flown} }}", rows.len()));
}

#[test]
fn late_departures_are_told() {
    let folder = imported();
    run(&folder, "delay_alert.task");
    let before = outbox(&folder).len();
    folder.write("add.task", "use airport\nlet at = (latest_departure() ?? now()) + 1h\nFlight.insert_all((1..=6).map(n => { carrier: \"UA\", number: n, origin: \"EWR\", destination: \"BOS\", planned: at, departure_delay: 100 + n, miles: 200 }))\n");
    run(&folder, "add.task");
    let output = taskc(folder.path()).args(["run", "delay_alert.task"]).output().unwrap();
    assert!(output.status.success(), "{}", stderr(&output));
    let warning = stderr(&output);
    assert!(warning.contains("departures run late {\"origin\":\"EWR\""), "{warning}");
    assert!(warning.contains("\"minutes\":103.5"), "{warning}");
    let mails = outbox(&folder);
    assert_eq!(mails.len(), before + 1);
    assert!(
        mails[before].contains("Subject: EWR: 104 minutes late on average"),
        "{}",
        mails[before]
    );
    assert!(mails[before].contains("To: desk@example.com, duty@example.com"), "{}", mails[before]);
}

#[test]
fn the_week_becomes_a_page() {
    let (folder, rows) = (imported(), flights());
    let until = rows.iter().map(|it| it.planned).max().unwrap();
    let week: Vec<_> = rows.iter().filter(|it| it.planned > until - 7 * 24 * 60).collect();
    let carriers: BTreeSet<_> = week.iter().map(|it| &it.carrier).collect();
    let printed = run(&folder, "delay_report.task");
    assert_eq!(printed, format!("report on {} carriers written\n", carriers.len()));
    let page = folder.path().join("files/reports/delays-2013-01-14.html");
    let page = std::fs::read_to_string(page).unwrap();
    assert!(page.contains("07 January 2013 to 14 January 2013"), "{page}");
    let united: Vec<_> = week.iter().filter(|it| it.carrier == "HA").collect();
    let cancelled = united.iter().filter(|it| !it.departed).count();
    let row =
        format!("<td>Hawaiian Airlines Inc.</td><td>{}</td><td>{cancelled}</td>", united.len());
    assert!(page.contains(&row), "{row} in {page}");
    assert_eq!(page.matches("<tr><td>").count(), carriers.len());
    assert_eq!(page.matches("<li>").count(), 5);
}

#[test]
fn flights_that_did_not_leave_are_told_by_a_real_mail_server() {
    let (folder, rows, server) = (imported(), flights(), mail::Server::start());
    let settings = std::fs::read_to_string(folder.path().join("taskc.toml")).unwrap();
    let url = format!("smtp://127.0.0.1:{}", server.port);
    folder.write("taskc.toml", &settings.replace("file:outbox", &url));
    run(&folder, "cancellation_digest.task");
    let until = rows.iter().map(|it| it.planned).max().unwrap();
    let lost: Vec<_> =
        rows.iter().filter(|it| !it.departed && it.planned > until - 24 * 60).collect();
    let mails = server.mails();
    assert_eq!(mails.len(), 1);
    let subject = format!("Subject: {} flights did not leave", lost.len());
    assert!(mails[0].contains(&subject), "{subject}: {}", mails[0]);
    for flight in lost {
        assert!(mails[0].contains(&format!("  {} to ", flight.number)), "{}", mails[0]);
    }
}

#[test]
fn each_month_is_invoiced_once() {
    let (folder, rows) = (imported(), flights());
    let mut flown: BTreeMap<&str, (i64, i64)> = BTreeMap::new();
    for it in rows.iter().filter(|it| it.departed) {
        let sums = flown.entry(&it.carrier).or_default();
        *sums = (sums.0 + 1, sums.1 + it.miles);
    }
    let cents: i64 = flown.values().map(|(flights, miles)| fee_cents(*flights, *miles)).sum();
    let (whole, rest) = (cents / 100, cents % 100);
    let printed = run(&folder, "landing_fees.task");
    let grouped =
        format!("{},{:03},{:03}.{rest:02}", whole / 1_000_000, whole / 1000 % 1000, whole % 1000);
    assert_eq!(printed, format!("{} invoices, {grouped} USD in all\n", flown.len()));
    assert_eq!(ask(&folder, "Invoice.sum(i => i.total)"), format!("{whole}.{rest:02}"));
    let mails = outbox(&folder);
    assert_eq!(mails.len(), flown.len());
    let hawaiian = mails.iter().find(|it| it.contains("To: ha@example.com")).unwrap();
    assert!(hawaiian.contains("Hawaiian Airlines Inc."), "{hawaiian}");
    assert!(hawaiian.contains(&format!("{} landings: ", flown["HA"].0)), "{hawaiian}");
    assert_eq!(run(&folder, "landing_fees.task"), "0 invoices, 0.00 USD in all\n");
    assert_eq!(outbox(&folder).len(), flown.len());
    assert_eq!(ask(&folder, "Invoice.count(i => i.sent_at == null)"), "0");
}

/// 412.50 for each flight and 0.0135 for each mile, halves to the even cent.
fn fee_cents(flights: i64, miles: i64) -> i64 {
    let exact = flights * 4_125_000 + miles * 135;
    let (cents, rest) = (exact / 100, exact % 100);
    cents + i64::from(rest > 50 || rest == 50 && cents % 2 == 1)
}

#[test]
fn what_is_old_is_cleaned_up() {
    let folder = desk();
    folder.write("add.task", "use airport\nFinding.insert_all([{ rule: \"old\", rows: 1, seen_at: now() - 31d }, { rule: \"new\", rows: 1, seen_at: now() - 29d }])\n");
    run(&folder, "add.task");
    folder.write("files/reports/old.html", "old");
    folder.write("files/reports/new.html", "new");
    let age = std::time::Duration::from_hours(92 * 24);
    let file =
        std::fs::File::options().write(true).open(folder.path().join("files/reports/old.html"));
    file.unwrap().set_modified(std::time::SystemTime::now() - age).unwrap();
    assert_eq!(run(&folder, "clean_up.task"), "1 findings and 1 reports removed\n");
    assert_eq!(ask(&folder, "from f in Finding where f.rows == 1 select f.rule"), "[\"new\"]");
    assert!(!folder.path().join("files/reports/old.html").exists());
    assert!(folder.path().join("files/reports/new.html").exists());
}

#[test]
fn airports_are_read_page_by_page() {
    let server = web::Server::start(|request: &Request| {
        match request.target.as_str() {
        "/airports?page=1" => (200, r#"{"airports": [{"faa": "EWR", "name": "Newark", "tzone": "America/New_York"}, {"faa": "LGA", "name": "La Guardia", "tzone": null}], "next": 2}"#.to_owned()),
        "/airports?page=2" => (200, r#"{"airports": [{"faa": "EWR", "name": "Newark Liberty", "tzone": "America/New_York"}], "next": null}"#.to_owned()),
        _ => (404, "{}".to_owned()),
    }
    });
    let folder = desk_with(&server);
    let output = taskc(folder.path())
        .args(["run", "sync_airports.task"])
        .env("AIRPORTS_API", format!("http://{}", server.address))
        .output()
        .unwrap();
    assert_eq!(stdout(&output), "3 airports are up to date\n", "{}", stderr(&output));
    let targets: Vec<_> = server.seen().iter().map(|it| it.target.clone()).collect();
    assert_eq!(targets, ["/airports?page=1", "/airports?page=2"]);
    assert_eq!(
        ask(&folder, "from a in Airport sort a.code take 9 select { a.name, a.zone }"),
        "[{ name: \"Newark Liberty\", zone: \"America/New_York\" }, { name: \"La Guardia\", zone: null }]"
    );
}

#[test]
fn pages_are_warmed_and_the_cold_ones_named() {
    let server = web::Server::start(|request: &Request| match request.target.as_str() {
        "/carriers" => (503, String::new()),
        _ => (200, String::new()),
    });
    let folder = desk_with(&server);
    let warm = |base: &str| {
        taskc(folder.path()).args(["run", "warm_pages.task"]).env("PAGES", base).output().unwrap()
    };
    let output = warm(&format!("http://{}", server.address));
    assert_eq!(stdout(&output), "3 of 4 pages are warm\n", "{}", stderr(&output));
    assert!(stderr(&output).contains("not warm {\"path\":\"/carriers\",\"status\":503}"));
    let targets: BTreeSet<_> = server.seen().iter().map(|it| it.target.clone()).collect();
    assert_eq!(
        targets,
        BTreeSet::from(["/", "/departures", "/arrivals", "/carriers"].map(str::to_owned))
    );
    let base = "http://127.0.0.1:1";
    let output = warm(base);
    assert_eq!(output.status.code(), Some(1));
    assert!(stderr(&output).contains(&format!("no page answers at {base}")), "{}", stderr(&output));
}
