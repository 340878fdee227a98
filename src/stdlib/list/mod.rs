//! Methods of lists. Those that take a function have their bodies in the declaration; what is here works on lists alone.

mod change;
mod gather;
mod keys;
mod look;
mod make;
mod order;

use super::native::{Native, natives};

pub(super) use keys::key;

pub(super) const NATIVES: &[&[Native]] = &[
    natives!("list":
        count(xs) = look::count, is_empty(xs) = look::is_empty, exists(xs) = look::exists,
        first(xs) = look::first, last(xs) = look::last, one(xs) = look::one, get(xs, i) = look::get,
        contains(xs, x) = look::contains, index_of(xs, x) = look::index_of,
        min(xs) = look::min, max(xs) = look::max,
    ),
    natives!("list":
        flatten(xs) = make::flatten, chunk(xs, n) = make::chunk, window(xs, n) = make::window,
        take(xs, n) = make::take, skip(xs, n) = make::skip, step(xs, n) = make::step,
        reverse(xs) = make::reverse, concat(xs, ys) = make::concat, compact(xs) = make::compact,
        join(xs, sep) = make::join, union(xs, ys) = make::union,
        intersect(xs, ys) = make::intersect, except(xs, ys) = make::except,
    ),
    natives!("list":
        sort(xs, desc) = order::sort, _sort_by(xs, keys, desc) = order::sort_by,
        _min_by(xs, keys) = order::min_by, _max_by(xs, keys) = order::max_by,
        unique(xs) = keys::unique, _unique_by(xs, keys) = keys::unique_by,
        _group_by(xs, keys) = keys::group_by, _index_by(xs, keys) = keys::index_by,
        _count_each(keys) = keys::count_each,
    ),
    natives!("list":
        sum(xs) = gather::sum_ints, sum "#1" (xs) = gather::sum_decimals,
        sum "#2" (xs) = gather::sum_floats, sum "#3" (xs) = gather::sum_durations,
        avg(xs) = gather::avg_ints, avg "#1" (xs) = gather::avg_decimals,
        avg "#2" (xs) = gather::avg_floats, avg "#3" (xs) = gather::avg_durations,
        product(xs) = gather::product_ints, product "#1" (xs) = gather::product_decimals,
        product "#2" (xs) = gather::product_floats,
        median(xs) = gather::median_ints, median "#1" (xs) = gather::median_decimals,
        median "#2" (xs) = gather::median_floats,
        percentile(xs, p) = gather::percentile_ints,
        percentile "#1" (xs, p) = gather::percentile_decimals,
        percentile "#2" (xs, p) = gather::percentile_floats,
        stddev(xs) = gather::stddev_ints, stddev "#1" (xs) = gather::stddev_decimals,
        stddev "#2" (xs) = gather::stddev_floats,
    ),
    natives!("list":
        push(xs, x) = change::push, pop(xs) = change::pop, shift(xs) = change::shift,
        unshift(xs, x) = change::unshift, insert(xs, i, x) = change::insert,
        remove_at(xs, i) = change::remove_at, remove(xs, x) = change::remove,
        append(xs, ys) = change::append, clear(xs) = change::clear,
    ),
];
