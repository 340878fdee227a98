//! Clocks that are set back, and clocks that were wrong.

use super::*;

#[test]
fn a_clock_set_back_repeats_nothing() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.run_for(minutes(200));
    sim.set_clock(instant("2026-01-05T01:30:00Z"));
    sim.run_for(minutes(200));
    assert_eq!(
        sim.ledger(),
        ["01:00", "02:00", "03:00", "04:00"].map(|due| format!("{due} ran succeeded"))
    );
}

#[test]
fn a_clock_that_was_wrong_for_a_moment_loses_nothing() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.run_for(minutes(90));
    let right = sim.now;
    sim.set_clock(instant("2030-01-01T00:30:00Z"));
    sim.run_for(minutes(1));
    assert_eq!(sim.rows().last().unwrap().occurrence.due, instant("2030-01-01T00:00:00Z"));
    sim.set_clock(right.plus(minutes(1)));
    sim.run_for(minutes(130));
    assert_eq!(
        sim.ledger()[..3],
        ["01:00", "02:00", "03:00"].map(|due| format!("{due} ran succeeded"))
    );
    assert_eq!(
        sim.ledger().len(),
        4,
        "the one of 2030 ran, and what was missed before it is still to come"
    );
}

#[test]
fn a_clock_set_back_while_the_server_stops_loses_nothing() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim = sim.script(|_| (hours(3), EndState::Succeeded));
    sim.run_for(minutes(90));
    sim.send(Event::Stop);
    sim.run_for(minutes(60));
    sim.set_clock(instant("2026-01-05T02:20:00Z"));
    sim.kill();
    sim.start();
    sim.run_for(minutes(1));
    assert!(sim.ledger().iter().any(|it| it.starts_with("02:00 ")), "{:?}", sim.ledger());
}

#[test]
fn a_clock_set_back_while_nothing_served() {
    let mut sim = Simulation::serving(MIDNIGHT, hourly());
    sim.run_for(minutes(200));
    sim.kill();
    sim.set_clock(instant("2026-01-05T01:30:00Z"));
    sim.start();
    sim.run_for(minutes(200));
    assert_eq!(
        sim.ledger(),
        ["01:00", "02:00", "03:00", "04:00"].map(|due| format!("{due} ran succeeded"))
    );
}
