//! Methods of texts.

mod change;
mod encoding;
mod entities;
mod html;
mod like;
mod parse;
mod parts;
mod plain;
mod regex;
mod tests_of;

use super::native::{Native, natives};

pub(super) use encoding::decode;
pub(super) use parse::to_bool;

pub(super) const NATIVES: &[&[Native]] = &[
    natives!("text":
        length(t) = tests_of::length, is_empty(t) = tests_of::is_empty,
        is_blank(t) = tests_of::is_blank, contains(t, part, ignore_case) = tests_of::contains,
        starts_with(t, part, ignore_case) = tests_of::starts_with,
        ends_with(t, part, ignore_case) = tests_of::ends_with, is_email(t) = tests_of::is_email,
        is_url(t) = tests_of::is_url, is_uuid(t) = tests_of::is_uuid,
        is_numeric(t) = tests_of::is_numeric, similarity(t, other) = tests_of::similarity,
    ),
    natives!("text":
        upper(t) = change::upper, lower(t) = change::lower, capitalize(t) = change::capitalize,
        title(t) = change::title, trim(t, chars) = change::trim,
        trim_start(t, chars) = change::trim_start, trim_end(t, chars) = change::trim_end,
        pad_start(t, n, fill) = change::pad_start, pad_end(t, n, fill) = change::pad_end,
        repeat(t, n) = change::repeat, reverse(t) = change::reverse,
        replace(t, old, new) = change::replace, replace_first(t, old, new) = change::replace_first,
        truncate(t, n, ending) = change::truncate, wrap(t, n) = change::wrap,
        slug(t) = plain::slug, unaccent(t) = plain::unaccent,
    ),
    natives!("text":
        strip_html(t) = html::strip, escape_html(t) = html::escape,
        unescape_html(t) = html::unescape, split(t, sep, limit) = parts::split,
        lines(t) = parts::lines, words(t) = parts::words, chars(t) = parts::chars,
        index_of(t, part) = parts::index_of, before(t, sep) = parts::before,
        after(t, sep) = parts::after,
    ),
    natives!("text":
        escape_regex(t) = regex::escape, like(t, pattern, ignore_case) = like::like,
        matches(t, re) = regex::matches, find(t, re) = regex::find,
        find_all(t, re) = regex::find_all, replace_regex(t, re, with) = regex::replace,
        split_regex(t, re) = regex::split,
    ),
    natives!("text":
        to_int(t, base) = parse::to_int, to_decimal(t) = parse::to_decimal,
        to_float(t) = parse::to_float, to_bool(t) = parse::to_bool,
        to_date(t, format) = parse::to_date, to_time(t, format, zone) = parse::to_time,
        to_duration(t) = parse::to_duration,
    ),
    natives!("text":
        bytes(t, encoding) = encoding::bytes, url_encode(t) = encoding::url_encode,
        url_decode(t) = encoding::url_decode, base64_encode(t) = encoding::base64_encode,
        hex_encode(t) = encoding::hex_encode,
    ),
];
