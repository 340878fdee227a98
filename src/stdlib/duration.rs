//! Methods of elapsed times.

use rust_decimal::Decimal as Wide;

use super::native::{Duration, Native, natives};
use crate::value::Fault;
use crate::value::calendar::{DAY, HOUR, MINUTE, SECOND, write_units};

pub(super) const NATIVES: &[Native] = natives!("duration":
    seconds(d), minutes(d), hours(d), days(d), milliseconds(d), format(d),
);

fn seconds(d: Duration) -> Result<Wide, Fault> {
    in_units(d, SECOND)
}

fn minutes(d: Duration) -> Result<Wide, Fault> {
    in_units(d, MINUTE)
}

fn hours(d: Duration) -> Result<Wide, Fault> {
    in_units(d, HOUR)
}

fn days(d: Duration) -> Result<Wide, Fault> {
    in_units(d, DAY)
}

fn in_units(d: Duration, unit: i64) -> Result<Wide, Fault> {
    let quotient = Wide::from(d.0).checked_div(Wide::from(unit));
    quotient.map(|it| it.normalize()).ok_or_else(|| Fault::overflow("the duration"))
}

fn milliseconds(d: Duration) -> i64 {
    d.0 / 1000
}

fn format(d: Duration) -> Result<String, Fault> {
    let mut out = String::new();
    write_units(&mut out, d.0, " ").map_err(|_| Fault::overflow("the duration"))?;
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_in_units() {
        let shown = |it: Result<Wide, Fault>| it.unwrap().to_string();
        assert_eq!(shown(seconds(Duration(60_500_000))), "60.5");
        assert_eq!(shown(minutes(Duration(90 * SECOND))), "1.5");
        assert_eq!(shown(hours(Duration(-HOUR))), "-1");
        assert_eq!(shown(days(Duration(8 * HOUR))), "0.3333333333333333333333333333");
        assert!(days(Duration(i64::MIN)).is_ok());
        assert_eq!(milliseconds(Duration(-1999)), -1);
        assert_eq!(format(Duration(90 * MINUTE)).unwrap(), "1h 30m");
        assert_eq!(format(Duration(0)).unwrap(), "0s");
    }
}
