//! Counted loops.

use super::{Control, here, repeat_if};
use crate::vm::ops::{list, scalar};
use crate::vm::registers::{Cells, Words};
use crate::vm::trouble::ok;

/// One more round over a list, if there is one.
macro_rules! next {
    ($s:ident, $i:ident, |$at:ident| $item:expr, $found:ident => $keep:expr, $target:ident) => {{
        let $at = $s.int($i).wrapping_add(1);
        let found = $item;
        $s.set_int($i, $at);
        match found {
            Some($found) => {
                $keep;
                Control::Repeat($target)
            }
            None => Control::Next,
        }
    }};
}

here! {
    (s, v, core)
    quick NextBelow { i, end, target } => {
        let next = s.int(i).wrapping_add(1);
        s.set_int(i, next);
        repeat_if(next < s.int(end), target)
    };
    quick NextUpTo { i, last, target } => {
        let goes_on = s.int(i) < s.int(last);
        if goes_on {
            s.set_int(i, s.int(i).wrapping_add(1));
        }
        repeat_if(goes_on, target)
    };
    quick NextInt { i, list, to, target } => {
        next!(s, i, |at| list::at(ok!(list::ints(&v[list.at()])), at), item => s.set_int(to, item), target)
    };
    quick NextFloat { i, list, to, target } => {
        next!(s, i, |at| list::at(ok!(list::floats(&v[list.at()])), at), item => s.set_float(to, item), target)
    };
    quick NextBool { i, list, to, target } => {
        next!(s, i, |at| list::at(ok!(list::bools(&v[list.at()])), at), item => s.set_bool(to, item), target)
    };
    apart NextScalar { i, list, to, target } => {
        next!(s, i, |at| ok!(list::next(&v[list.at()], at)), item => s.set_word(to, ok!(scalar::unbox(&item))), target)
    };
    quick NextValue { i, list, to, target } => {
        let at = s.int(i).wrapping_add(1);
        let item = ok!(list::next(&v[list.at()], at));
        let goes_on = item.is_some();
        if let Some(item) = item {
            ok!(v.replace(to, item));
        }
        s.set_int(i, at);
        repeat_if(goes_on, target)
    };
    quick NextEntry { i, map, target } => {
        let count = ok!(list::count(&v[map.at()]));
        let next = s.int(i).wrapping_add(1);
        s.set_int(i, next);
        repeat_if(next < count, target)
    };
}
