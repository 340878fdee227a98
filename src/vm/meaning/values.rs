//! Values of any type.

use super::here;
use crate::vm::ops::list;
use crate::vm::registers::Words;
use crate::vm::trouble::ok;

here! {
    (s, v, core)
    quick IsNull { to, a } => s.set_bool(to, v[a.at()].is_null());
    apart Equal { to, a, b } => s.set_bool(to, v[a.at()] == v[b.at()]);
    apart Unequal { to, a, b } => s.set_bool(to, v[a.at()] != v[b.at()]);
    apart Less { to, a, b } => s.set_bool(to, v[a.at()] < v[b.at()]);
    apart AtMost { to, a, b } => s.set_bool(to, v[a.at()] <= v[b.at()]);
    quick Length { to, a } => s.set_int(to, ok!(list::count(&v[a.at()])));
}
