//! Methods of every type.

use super::limits::Text;
use super::native::{Native, natives};
use crate::value::{self, Fault, Value};

pub(super) const NATIVES: &[Native] = natives!("any": to_text(x), to_json(x));

fn to_text(x: Value) -> Result<Value, Fault> {
    if x.as_str().is_some() {
        return Ok(x);
    }
    let mut out = Text::new();
    out.push_value(&x)?;
    Ok(Value::from_string(out.done()))
}

fn to_json(x: &Value) -> Result<Value, Fault> {
    value::to_json(x)
}
