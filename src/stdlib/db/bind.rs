//! Values on their way into a database.

use crate::host::database::Datum;
use crate::sql::Kind;
use crate::sql::schema::Literal;
use crate::value::json::{self, Layout};
use crate::value::{Fault, Value};

/// How long the JSON text of one column may be.
const JSON_BYTES_MAX: usize = 256 << 20;

/// A value for a parameter or column of this kind; of a list of such values, all of them.
pub(super) fn datum(value: &Value, kind: Kind) -> Result<Datum, Fault> {
    if kind == Kind::Json {
        return json(value);
    }
    Ok(match value {
        Value::Null => Datum::Null,
        Value::Int(it) if kind == Kind::Decimal => Datum::Decimal((*it).into()),
        #[expect(clippy::cast_precision_loss, reason = "what widening an int means")]
        Value::Int(it) if kind == Kind::Float => Datum::Float(*it as f64),
        Value::Int(it) => Datum::Int(*it),
        Value::Float(it) => Datum::Float(*it),
        Value::Decimal(it) => Datum::Decimal(it.wide()),
        Value::Bool(it) => Datum::Bool(*it),
        Value::Time(it) => Datum::Time(*it),
        Value::Date(it) => Datum::Date(*it),
        Value::Duration(it) => Datum::Duration(*it),
        Value::Short(it) => Datum::Text(it.as_str().to_owned()),
        Value::Text(it) => Datum::Text(it.as_str().to_owned()),
        Value::Bytes(it) => Datum::Bytes(it.to_vec()),
        Value::List(items) => {
            let items = items.iter().map(|item| datum(&item, kind));
            Datum::List(items.collect::<Result<_, _>>()?)
        }
        Value::Map(_) | Value::Record(_) | Value::Closure(_) | Value::Secret(_) => {
            return Err(Fault::argument("this value cannot be stored in a database"));
        }
    })
}

fn json(value: &Value) -> Result<Datum, Fault> {
    if value.is_null() {
        return Ok(Datum::Null);
    }
    json::write(value, Layout::Compact, JSON_BYTES_MAX).map(Datum::Json)
}

/// A constant of a declaration.
pub(super) fn of_literal(literal: &Literal) -> Result<Datum, Fault> {
    Ok(match literal {
        Literal::Null => Datum::Null,
        Literal::Int(it) => Datum::Int(*it),
        Literal::Float(it) => Datum::Float(*it),
        Literal::Bool(it) => Datum::Bool(*it),
        Literal::Text(it) => Datum::Text(it.clone()),
        Literal::Time(it) => Datum::Time(*it),
        Literal::Date(it) => Datum::Date(*it),
        Literal::Duration(it) => Datum::Duration(*it),
        Literal::Json(it) => Datum::Json(it.clone()),
        Literal::Decimal(digits) => {
            let number = crate::value::parse_decimal(digits);
            Datum::Decimal(number.ok_or_else(|| Fault::overflow(digits))?)
        }
    })
}
