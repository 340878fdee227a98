//! Who asks.

use std::rc::Rc;

use super::super::native::{Hidden, misuse};
use crate::value::{Fault, Secret, Shape, Value};

thread_local! {
    static AUTH: Rc<Shape> = Rc::new(Shape::new(["scheme", "user", "token"]));
}

pub(super) fn basic(user: &str, password: Hidden<'_>) -> Result<Value, Fault> {
    if user.contains(':') {
        return Err(Fault::argument("a name with a colon cannot be sent"));
    }
    auth("basic", user, password)
}

pub(super) fn bearer(token: Hidden<'_>) -> Result<Value, Fault> {
    auth("bearer", "", token)
}

fn auth(scheme: &str, user: &str, token: Hidden<'_>) -> Result<Value, Fault> {
    let token = match token.0 {
        secret @ Value::Secret(_) => secret.clone(),
        text => Value::Secret(Rc::new(Secret::new("", text.as_str().ok_or_else(misuse)?))),
    };
    // By slot: scheme, token, user.
    let slots = [Value::text(scheme), token, Value::text(user)];
    Ok(AUTH.with(|shape| Value::record(shape, slots)))
}
