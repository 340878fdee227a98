//! Requests to other machines.

mod auth;

use super::native::{Native, natives};

pub(super) const NATIVES: &[Native] = natives!("http":
    basic(user, password) = auth::basic, bearer(token) = auth::bearer,
);
