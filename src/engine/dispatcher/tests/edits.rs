//! Tasks that are edited, broken, mended and removed, while a server runs and between two.

use super::*;

#[test]
fn a_new_version_takes_over_and_what_runs_keeps_its_own() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly()).script(taking(minutes(20)));
    sim.run_for(minutes(61));
    let first = sim.started[0].program;
    sim.change("t", every(minutes(30)));
    sim.run_for(minutes(60));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "01:30 ran succeeded", "02:00 ran running"]);
    assert_ne!(sim.started[1].program, first);
    assert_eq!(sim.rows()[0].run.clone().unwrap().program, first);
}

#[test]
fn another_schedule_withdraws_what_has_not_started_and_repeats_nothing() {
    let headers = TaskHeaders { overlap: Overlap::Queue(2), ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers.clone()).script(taking(minutes(150)));
    sim.run_for(minutes(125));
    sim.send(Event::Command(AskId(1), Command::Trigger { task: TaskName::new("t"), wait: false }));
    assert_eq!(sim.ledger(), ["01:00 ran running", "02:00 queued", "02:05 queued"]);
    sim.change("t", TaskHeaders { schedules: every(minutes(50)).schedules, ..headers });
    assert_eq!(sim.ledger(), ["01:00 ran running", "02:00 cancelled", "02:05 queued"]);
    assert_eq!(sim.rows()[1].occurrence.reason.as_deref(), Some("the schedule was changed"));
    sim.run_for(minutes(120));
    let ledger = sim.ledger();
    assert_eq!(ledger[..3], ["01:00 ran succeeded", "02:00 cancelled", "02:05 ran running"]);
    assert!(ledger[3..].iter().all(|it| it.as_str() > "02:05"), "{ledger:?}");
}

#[test]
fn another_schedule_found_at_the_start_counts_from_then_on() {
    let headers = TaskHeaders {
        overlap: Overlap::Queue(2),
        missed: Missed { runs: MissedRuns::All(9), within: Some(hours(9)) },
        ..hourly()
    };
    let mut sim = Simulation::serving(MIDNIGHT, headers.clone()).script(taking(minutes(150)));
    sim.run_for(minutes(125));
    sim.kill();
    sim.now = instant("2026-01-05T04:10:00Z");
    sim.add("t", TaskHeaders { schedules: cron("25 * * * *", "UTC").schedules, ..headers });
    sim.start();
    let rows = ["01:00 ran running", "02:00 cancelled", "03:00 missed", "04:00 missed"];
    assert_eq!(sim.ledger(), rows);
    let reason =
        |sim: &mut Simulation, row: usize| sim.rows()[row].occurrence.reason.clone().unwrap();
    assert_eq!(reason(&mut sim, 1), "the schedule was changed");
    assert_eq!(reason(&mut sim, 2), "nothing served then, and the schedule was changed since");
    sim.kill();
    sim.start();
    sim.run_for(minutes(14));
    assert_eq!(sim.ledger(), rows, "once");
    sim.run_for(minutes(1));
    assert_eq!(sim.ledger()[4..], ["04:25 queued"]);
}

#[test]
fn a_task_that_was_switched_off_while_nothing_served_misses_by_what_it_was() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.run_for(minutes(61));
    sim.kill();
    sim.now = instant("2026-01-05T03:10:00Z");
    sim.add("t", TaskHeaders { active: false, ..hourly() });
    sim.start();
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 missed", "03:00 missed"]);
    sim.kill();
    sim.now = instant("2026-01-05T06:10:00Z");
    sim.add("t", hourly());
    sim.start();
    assert_eq!(sim.ledger().len(), 3, "nothing was due while it was off");
    sim.run_for(hours(1));
    assert_eq!(sim.ledger()[3], "07:00 ran succeeded");
}

#[test]
fn another_header_than_the_schedule_withdraws_nothing() {
    let headers = TaskHeaders { overlap: Overlap::Queue(2), ..hourly() };
    let mut sim = Simulation::serving(MIDNIGHT, headers.clone()).script(taking(minutes(90)));
    sim.run_for(minutes(125));
    sim.change("t", TaskHeaders { priority: Priority::High, ..headers });
    sim.run_for(minutes(30));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 ran running"]);
}

#[test]
fn a_refused_version_leaves_the_one_before() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.send(Event::Tasks(vec![TaskUpdate::Refused(TaskName::new("t"))]));
    sim.run_for(minutes(61));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded"]);
    assert!(sim.notes.contains(&Note::Refused { task: TaskName::new("t"), version_before: true }));
}

#[test]
fn a_task_that_is_refused_at_the_start_misses_until_it_is_mended() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.kill();
    sim.tasks.insert(TaskName::new("t"), TaskUpdate::Refused(TaskName::new("t")));
    sim.start();
    sim.run_for(minutes(150));
    assert_eq!(sim.presence("t"), Presence::Refused);
    sim.change("t", hourly());
    sim.run_for(minutes(31));
    assert_eq!(sim.ledger(), ["01:00 missed", "02:00 ran succeeded", "03:00 ran succeeded"]);
}

#[test]
fn a_task_that_is_removed_misses_nothing() {
    let mut sim =
        Simulation::serving(MIDNIGHT, TaskHeaders { overlap: Overlap::Queue(3), ..hourly() })
            .script(taking(minutes(90)));
    sim.run_for(minutes(121));
    sim.send(Event::Tasks(vec![TaskUpdate::Removed(TaskName::new("t"))]));
    sim.run_for(minutes(90));
    assert_eq!(sim.ledger(), ["01:00 ran succeeded", "02:00 cancelled"]);
    sim.change("t", hourly());
    sim.run_for(minutes(30));
    assert_eq!(sim.ledger().last().unwrap(), "04:00 ran running");
    assert_eq!(sim.ledger().len(), 3);
}

#[test]
fn a_task_whose_file_went_away_while_nothing_served() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.kill();
    let update = sim.tasks.remove(&TaskName::new("t")).unwrap();
    sim.start();
    assert_eq!(sim.presence("t"), Presence::Removed);
    sim.run_for(hours(3));
    sim.send(Event::Tasks(vec![update]));
    sim.run_for(minutes(30));
    assert_eq!(sim.ledger(), [""; 0], "it came back, and missed nothing");
}
