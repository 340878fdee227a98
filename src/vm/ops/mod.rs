//! What instructions do, as plain functions over values.

pub(super) mod decimal;
pub(super) mod json;
pub(super) mod list;
pub(super) mod map;
pub(super) mod number;
pub(super) mod record;
pub(super) mod scalar;
pub(super) mod text;
