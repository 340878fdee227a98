use super::*;

fn cron(text: &str) -> Cron {
    Cron::parse(text).unwrap_or_else(|errors| panic!("{text}: {errors:?}"))
}

/// The only error of an expression: the text it stands on, its kind, and the expressions that its fixes make.
fn error(text: &str) -> (&str, CronErrorKind, Vec<String>) {
    let errors = Cron::parse(text).expect_err(text);
    let [error] = &errors[..] else { panic!("{text}: {errors:?}") };
    let fixed: Vec<_> = error.fixes.iter().map(|it| it.apply(text)).collect();
    for it in &fixed {
        assert!(Cron::parse(it).is_ok(), "{text}: the fix {it} does not parse");
    }
    (&text[error.span.clone()], error.kind.clone(), fixed)
}

/// The first days of 2026 and after on which it runs.
fn days(text: &str, count: usize) -> Vec<String> {
    let cron = cron(text);
    let first = Date::new(2026, 1, 1).unwrap().0;
    let days = (first..).map(Date).filter(|it| cron.days().matches(*it));
    days.take(count).map(|it| it.to_string()).collect()
}

fn values(text: &str, kind: FieldKind) -> Vec<u32> {
    cron(text).field(kind).values().iter().collect()
}

#[test]
fn fields_are_values_ranges_steps_and_lists() {
    use FieldKind::{DayOfMonth, DayOfWeek, Hour, Minute, Month};
    assert_eq!(values("*/15 * * * *", Minute), [0, 15, 30, 45]);
    assert_eq!(values("5,50-55/2,0 * * * *", Minute), [0, 5, 50, 52, 54]);
    assert_eq!(values("0 8-11 * * *", Hour), [8, 9, 10, 11]);
    assert_eq!(values("0 0 */10 * *", DayOfMonth), [1, 11, 21, 31]);
    assert_eq!(values("0 0 1 jan,MAR-May,12 *", Month), [1, 3, 4, 5, 12]);
    assert_eq!(values("0 0 * february *", Month), [2]);
    assert_eq!(values("0 0 * * Mon-FRI", DayOfWeek), [1, 2, 3, 4, 5]);
    assert_eq!(values("0 0 * * 7,3", DayOfWeek), [0, 3]);
    assert_eq!(values("0 0 * * fri-sun", DayOfWeek), [0, 5, 6]);
    assert_eq!(values("0 0 * * 5-7", DayOfWeek), [0, 5, 6]);
    assert_eq!(values("0 0 * * 7-2", DayOfWeek), [0, 1, 2]);
    assert_eq!(values("0 0 * * */2", DayOfWeek), [0, 2, 4, 6]);
    assert_eq!(values("0 0 * * sunday-tuesday", DayOfWeek), [0, 1, 2]);
    assert_eq!(values("*/90 * * * *", Minute), [0]);
    assert_eq!(values("  0   7\t* * *  ", Hour), [7]);
}

#[test]
fn spans_point_at_fields_and_items() {
    let cron = cron(" 0  7,*/5 * * mon#1,friL ");
    let hour = cron.field(FieldKind::Hour);
    assert_eq!((hour.span.clone(), hour.items[1].span.clone()), (4..9, 6..9));
    let days: Vec<_> = cron.field(FieldKind::DayOfWeek).items.iter().map(|it| &it.span).collect();
    assert_eq!(days, [&(14..19), &(20..24)]);
}

#[test]
fn nicknames_stand_for_expressions() {
    for (nickname, meaning) in NICKNAMES {
        assert_eq!(cron(nickname).days(), cron(meaning).days());
        assert_eq!(cron(&nickname.to_uppercase()).hours(), cron(meaning).hours());
    }
    assert_eq!(cron(" @daily").field(FieldKind::Hour).span, 1..7);
}

#[test]
fn a_day_field_that_begins_with_a_star_restricts_together_with_the_other() {
    assert_eq!(days("0 9 13 * fri", 3), ["2026-01-02", "2026-01-09", "2026-01-13"]);
    assert_eq!(days("0 9 13 * +fri", 3), ["2026-02-13", "2026-03-13", "2026-11-13"]);
    assert_eq!(days("0 9 */2 * mon", 3), ["2026-01-05", "2026-01-19", "2026-02-09"]);
    assert_eq!(days("0 9 1-3 * */3", 3), ["2026-01-03", "2026-02-01", "2026-03-01"]);
    assert_eq!(days("0 9 * * +mon", 2), ["2026-01-05", "2026-01-12"]);
    assert_eq!(days("0 0 30 2 0", 2), ["2026-02-01", "2026-02-08"]);
}

#[test]
fn last_days_and_weeks_of_the_month() {
    assert_eq!(days("0 0 L * *", 3), ["2026-01-31", "2026-02-28", "2026-03-31"]);
    assert_eq!(days("0 0 1,l feb *", 3), ["2026-02-01", "2026-02-28", "2027-02-01"]);
    assert_eq!(days("0 0 * * fri#2", 2), ["2026-01-09", "2026-02-13"]);
    assert_eq!(days("0 0 * * 5#5", 2), ["2026-01-30", "2026-05-29"]);
    assert_eq!(days("0 0 * * FriL", 2), ["2026-01-30", "2026-02-27"]);
    assert_eq!(days("0 0 * * 7l,mon#1", 3), ["2026-01-05", "2026-01-25", "2026-02-02"]);
    assert_eq!(days("0 0 L * +friL", 2), ["2026-07-31", "2027-04-30"]);
}

#[test]
fn rare_days_are_found_and_days_that_never_come_are_refused() {
    assert_eq!(days("0 0 29 2 *", 2), ["2028-02-29", "2032-02-29"]);
    assert_eq!(days("0 0 29 2 +mon", 2), ["2044-02-29", "2072-02-29"]);
    assert_eq!(days("0 0 29 2 +mon#5", 1), ["2044-02-29"]);
    assert_eq!(days("0 0 * 2 fri#5", 1), ["2036-02-29"]);
    let no_such_day = |day, months: &[u32], longest, month_span| {
        CronErrorKind::Never(Never::NoSuchDay { day, months: months.to_vec(), longest, month_span })
    };
    let february = ("30", no_such_day(30, &[2], 29, 7..8), vec!["0 0 L 2 *".to_owned()]);
    assert_eq!(error("0 0 30 2 *"), february);
    assert_eq!(error("0 0 31 4,6,9,11 *").1, no_such_day(31, &[4, 6, 9, 11], 30, 7..15));
    let never = |span| CronErrorKind::Never(Never::NoSuchWeekday { weekday_span: span });
    assert_eq!(error("0 0 29 2 +mon#1"), ("29", never(9..15), vec![]));
    assert_eq!(error("0 0 1-7 * +friL").1, never(10..15));
}

#[test]
fn numbers_out_of_range() {
    use FieldKind::{DayOfMonth, DayOfWeek, Hour, Minute, Month};
    let out = |field, value: &str| CronErrorKind::OutOfRange { field, value: value.to_owned() };
    assert_eq!(error("0 24 * * *"), ("24", out(Hour, "24"), vec!["0 0 * * *".into()]));
    assert_eq!(error("0 0-24 * * *"), ("24", out(Hour, "24"), vec!["0 0-23 * * *".into()]));
    assert_eq!(error("60 0 * * *").1, out(Minute, "60"));
    assert_eq!(error("0 0 32 * *").2, ["0 0 L * *"]);
    assert_eq!(error("0 0 0 * *").1, out(DayOfMonth, "0"));
    assert_eq!(error("0 0 1 13 *"), ("13", out(Month, "13"), vec![]));
    assert_eq!(error("0 0 * * 8").1, out(DayOfWeek, "8"));
    assert_eq!(error("99999999999999999999 0 * * *").1, out(Minute, "99999999999999999999"));
    let errors = Cron::parse("60 24 * 13 *").unwrap_err();
    assert_eq!(errors.len(), 3);
}

#[test]
fn ranges_that_run_backwards_give_the_way_round() {
    let fixed = |text| {
        let (_, kind, fixes) = error(text);
        assert!(matches!(kind, CronErrorKind::Backwards { .. }), "{text}: {kind:?}");
        fixes
    };
    assert_eq!(fixed("0 22-2 * * *"), ["0 22-23,0-2 * * *"]);
    assert_eq!(fixed("0 23-0 * * *"), ["0 23,0 * * *"]);
    assert_eq!(fixed("0 0 * * fri-mon"), ["0 0 * * fri-sat,sun-mon"]);
    assert_eq!(fixed("0 0 * * 5-0"), ["0 0 * * 5-7"]);
    assert_eq!(fixed("0 0 1 nov-feb *"), ["0 0 1 nov-dec,jan-feb *"]);
    assert_eq!(fixed("0 22-3/2 * * *"), ["0 22,0,2 * * *"]);
    assert_eq!(fixed("0 1,22-3/2 * * *"), ["0 1,22,0,2 * * *"]);
}

#[test]
fn what_is_no_value_of_a_field() {
    use FieldKind::{DayOfWeek, Hour, Minute};
    let not = |field, text: &str| CronErrorKind::NotAValue { field, text: text.to_owned() };
    assert_eq!(error("0 0 * * tues"), ("tues", not(DayOfWeek, "tues"), vec!["0 0 * * tue".into()]));
    assert_eq!(error("0 mon * * *"), ("mon", not(Hour, "mon"), vec![]));
    assert_eq!(error("0 1.5 * * *").1, not(Hour, "1.5"));
    assert_eq!(error("-5 * * * *").1, CronErrorKind::MissingValue { field: Minute });
    assert_eq!(error("0,,5 * * * *").1, CronErrorKind::MissingValue { field: Minute });
    assert_eq!(error("0 5- * * *").1, CronErrorKind::MissingValue { field: Hour });
    assert_eq!(error("0 +5 * * *").1, CronErrorKind::MisplacedPlus);
    assert_eq!(error("0 0 * * mon,+fri").1, CronErrorKind::MisplacedPlus);
    assert_eq!(error("0 0 * * é").1, not(DayOfWeek, "é"));
}

#[test]
fn steps_need_a_number_and_a_range() {
    let field = FieldKind::Minute;
    let bad = |step: &str| CronErrorKind::BadStep { field, step: step.to_owned() };
    assert_eq!(error("*/0 * * * *"), ("0", bad("0"), vec![]));
    assert_eq!(error("*/x * * * *").1, bad("x"));
    assert_eq!(error("*/5/2 * * * *").1, bad("5/2"));
    assert_eq!(error("*/ * * * *").1, CronErrorKind::MissingValue { field });
    let open = ("5/15", CronErrorKind::StepWithoutRange { field }, vec!["5-59/15 * * * *".into()]);
    assert_eq!(error("5/15 * * * *"), open);
    assert_eq!(error("0 0 * * fri#6").1, CronErrorKind::NoSuchWeek { week: "6".into() });
}

#[test]
fn signs_of_other_dialects() {
    let foreign = CronErrorKind::Foreign;
    assert_eq!(
        error("0 7 ? * mon"),
        ("?", foreign(Foreign::QuestionMark), vec!["0 7 * * mon".into()])
    );
    assert_eq!(error("0 7 15W * *"), ("15W", foreign(Foreign::NearestWorkday), vec![]));
    assert_eq!(error("0 7 LW * *").1, foreign(Foreign::LastWorkday));
    assert_eq!(error("0 7 L-3 * *").1, foreign(Foreign::DaysBeforeLast));
    assert_eq!(error("0 7 * * L").2, ["0 7 * * sat"]);
    assert_eq!(error("H 7 * * *").2, ["0 7 * * *"]);
    assert_eq!(error("H/15 7 * * *").2, ["*/15 7 * * *"]);
    assert_eq!(error("0 H(2-5) * * *").1, foreign(Foreign::Hash));
    assert_eq!(error("@reboot").1, foreign(Foreign::Reboot));
    assert_eq!(error("@midnight").2, ["@daily"]);
    let every = Foreign::Every { duration: "1h30m".into() };
    assert_eq!(error("@every 1h30m"), ("@every 1h30m", foreign(every), vec![]));
    assert_eq!(error("@dayly"), ("@dayly", CronErrorKind::UnknownNickname, vec!["@daily".into()]));
}

#[test]
fn a_question_mark_beside_numbered_weekdays_is_in_doubt() {
    let certain = |text| Cron::parse(text).unwrap_err()[0].fixes[0].certain;
    assert!(certain("0 7 ? * mon"));
    assert!(!certain("0 7 ? * 2-6"));
}

#[test]
fn six_and_seven_fields_are_read_as_five() {
    let count = |found| CronErrorKind::FieldCount { found };
    assert_eq!(error("0 0 * * * *"), ("0", count(6), vec!["0 * * * *".into(), "0 0 * * *".into()]));
    assert_eq!(error("0 30 7 ? * 2-6"), ("0", count(6), vec!["30 7 * * mon-fri".into()]));
    assert_eq!(
        error("0 7 * * 1 2027"),
        ("2027", count(6), vec!["0 7 * * 1".into(), "0 7 * * sun".into()])
    );
    assert_eq!(error("0 0/20 8 ? * 6L 2027"), ("0", count(7), vec!["0-59/20 8 * * friL".into()]));
    assert_eq!(error("* * *"), ("", count(3), vec![]));
    assert_eq!(error(""), ("", count(0), vec![]));
    assert_eq!(error("0 0 * * * * * *").0, "* * *");
}

#[test]
fn fixed_times_are_those_without_a_star_in_minute_and_hour() {
    for (text, fixed) in [
        ("0 7 * * *", true),
        ("*/15 7 * * *", false),
        ("0 */2 * * *", false),
        ("0-59 7 * * *", true),
        ("@daily", true),
        ("@hourly", false),
    ] {
        assert_eq!(cron(text).is_fixed(), fixed, "{text}");
    }
}

#[test]
fn next_and_previous_walk_the_same_times() {
    for text in
        ["0 9 13 * fri", "7,35 */5 L 2,12 *", "0 0 29 2 +mon", "59 23 31 12 *", "* * 1 1 +mon"]
    {
        let cron = cron(text);
        let mut at = Date::new(2026, 7, 1).unwrap().at(0, 0);
        for _ in 0..2 {
            let Some(next) = cron.next_after(at) else { break };
            assert!(next > at, "{text}");
            assert_eq!(cron.previous_before(Civil(next.0 + 1)), Some(next), "{text}");
            at = next;
        }
    }
}

#[test]
fn times_end_with_the_year_2100() {
    let daily = cron("0 7 * * *");
    assert_eq!(daily.next_after(Civil(i64::MIN)).unwrap().to_string(), "1970-01-01 07:00");
    assert_eq!(daily.previous_before(Civil(i64::MAX)).unwrap().to_string(), "2100-12-31 07:00");
    assert_eq!(daily.next_after(Civil(i64::MAX)), None);
    assert_eq!(daily.previous_before(Civil(i64::MIN)), None);
    assert_eq!(daily.previous_before(Date::new(1970, 1, 1).unwrap().at(7, 0)), None);
}
