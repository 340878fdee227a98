//! Values as templates see them.

use std::fmt;
use std::sync::Arc;

use minijinja::value::{Enumerator, Object, ObjectRepr};
use minijinja::{Error, ErrorKind, Value as Seen};
use rust_decimal::Decimal as Wide;

use super::super::number::format;
use crate::value::{Code, Fault, LEVELS_MAX, Value};

/// Copies a value: templates may keep theirs on other threads.
pub(super) fn value(it: &Value, level: u32) -> Result<Seen, Fault> {
    if level > LEVELS_MAX {
        let message = format!("nested more than {LEVELS_MAX} levels deep");
        return Err(Fault::new(Code::Limit, message));
    }
    Ok(match it {
        Value::Null => Seen::from(()),
        Value::Bool(it) => Seen::from(*it),
        Value::Int(it) => Seen::from(*it),
        Value::Float(it) => Seen::from(*it),
        Value::Decimal(it) => Seen::from_object(Exact(it.wide())),
        Value::Short(it) => Seen::from(it.as_str()),
        Value::Text(it) => Seen::from(it.as_str()),
        Value::Time(_) | Value::Date(_) | Value::Duration(_) | Value::Bytes(_) => {
            Seen::from(it.to_string())
        }
        Value::List(list) => {
            let items = list.iter().map(|it| value(&it, level + 1));
            Seen::from(items.collect::<Result<Vec<_>, _>>()?)
        }
        Value::Map(map) => fields(map.iter().map(|(key, it)| (&key.0, it)), level)?,
        Value::Record(record) => {
            let named: Vec<_> = record.fields().map(|(name, it)| (Value::text(name), it)).collect();
            fields(named.iter().map(|(name, it)| (name, *it)), level)?
        }
        Value::Secret(_) => {
            return Err(Fault::new(Code::Secret, "a secret cannot stand in a template"));
        }
        Value::Closure(_) => return Err(Fault::argument("a function cannot stand in a template")),
    })
}

fn fields<'v>(
    entries: impl Iterator<Item = (&'v Value, &'v Value)>,
    level: u32,
) -> Result<Seen, Fault> {
    let entries = entries.map(|(key, it)| Ok((value(key, level + 1)?, value(it, level + 1)?)));
    Ok(Seen::from_object(Fields(entries.collect::<Result<_, Fault>>()?)))
}

/// A decimal that prints with all of its digits.
#[derive(Debug)]
struct Exact(Wide);

impl Object for Exact {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        !self.0.is_zero()
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// A map or record that keeps its order.
#[derive(Debug)]
struct Fields(Vec<(Seen, Seen)>);

impl Object for Fields {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }

    fn get_value(self: &Arc<Self>, key: &Seen) -> Option<Seen> {
        self.0.iter().find(|(it, _)| it == key).map(|(_, value)| value.clone())
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(self.0.iter().map(|(key, _)| key.clone()).collect())
    }
}

/// The filter `number`: a number in a pattern, as `.format()` gives it.
pub(super) fn number(
    it: &Seen,
    pattern: Option<&str>,
    locale: Option<&str>,
) -> Result<String, Error> {
    let (pattern, locale) = (pattern.unwrap_or("#,##0.00"), locale.unwrap_or("en"));
    let written = if let Some(exact) = it.downcast_object_ref::<Exact>() {
        format::exact(exact.0, pattern, locale)
    } else if let Ok(whole) = i64::try_from(it.clone()) {
        format::exact(whole.into(), pattern, locale)
    } else if let Ok(float) = f64::try_from(it.clone()) {
        format::float(float, pattern, locale)
    } else {
        return Err(Error::new(ErrorKind::InvalidOperation, "`number` is for numbers"));
    };
    written.map_err(|fault| Error::new(ErrorKind::InvalidOperation, fault.message))
}
