//! What columns hold when nothing is said.

use jiff::Timestamp;
use jiff::tz::TimeZoneDatabase;

use super::bind;
use crate::host::Host;
use crate::host::database::Datum;
use crate::sql::schema::Default;
use crate::value::{Fault, calendar};

/// The moment of a write: all rows of one call are written at the same time.
pub(super) struct Moment<'a> {
    host: &'a Host,
    now_us: i64,
}

impl<'a> Moment<'a> {
    /// The moment that is now.
    pub(super) fn now(host: &'a Host) -> Self {
        Self { host, now_us: host.clock.now_us() }
    }

    /// What a default is at this moment; identifiers are new each time.
    pub(super) fn value(&self, default: &Default) -> Result<Datum, Fault> {
        Ok(match default {
            Default::Value(literal) => bind::of_literal(literal)?,
            Default::Now(later_us) => {
                let time = self.now_us.checked_add(*later_us);
                Datum::Time(time.ok_or_else(|| Fault::overflow("a time"))?)
            }
            Default::Today { zone, days } => Datum::Date(self.today(zone, *days)?),
            Default::Uuid(version) => Datum::Text(self.uuid(*version)),
        })
    }

    fn today(&self, zone: &str, later_days: i64) -> Result<i32, Fault> {
        let zone = TimeZoneDatabase::bundled().get(zone);
        let zone = zone.map_err(|error| Fault::argument(error.to_string()))?;
        let moment = Timestamp::from_microsecond(self.now_us);
        let today =
            moment.ok().and_then(|it| calendar::days_since_1970(zone.to_datetime(it).date()));
        let day = today.and_then(|it| i64::from(it).checked_add(later_days));
        day.and_then(|it| i32::try_from(it).ok()).ok_or_else(|| Fault::overflow("a date"))
    }

    fn uuid(&self, version: u8) -> String {
        let mut random = [0; 16];
        self.host.entropy.fill(&mut random);
        let builder = if version == 7 {
            let millis = u64::try_from(self.now_us / 1000).unwrap_or(0);
            let random = random.first_chunk().expect("10 of 16 bytes");
            uuid::Builder::from_unix_timestamp_millis(millis, random)
        } else {
            uuid::Builder::from_random_bytes(random)
        };
        builder.into_uuid().to_string()
    }
}
