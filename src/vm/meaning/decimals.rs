//! Decimals.

use super::here;
use crate::vm::ops::decimal;
use crate::vm::registers::{Cells, Words};

here! {
    (s, v, core)
    apart AddDecimal { to, a, b } => v.put(to, decimal::add(&v[a.at()], &v[b.at()])?);
    apart SubDecimal { to, a, b } => v.put(to, decimal::sub(&v[a.at()], &v[b.at()])?);
    apart MulDecimal { to, a, b } => v.put(to, decimal::mul(&v[a.at()], &v[b.at()])?);
    apart DivDecimal { to, a, b } => v.put(to, decimal::div(&v[a.at()], &v[b.at()])?);
    apart RemDecimal { to, a, b } => v.put(to, decimal::rem(&v[a.at()], &v[b.at()])?);
    apart NegDecimal { to, a } => v.put(to, decimal::neg(&v[a.at()])?);
    apart AbsDecimal { to, a } => v.put(to, decimal::abs(&v[a.at()])?);
    apart IntToDecimal { to, a } => v.put(to, decimal::value(s.int(a).into()));
    apart DivideInts { to, a, b } => v.put(to, decimal::div_ints(s.int(a), s.int(b))?);
}
