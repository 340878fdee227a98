//! Numbers and truth values in registers.

use super::here;
use crate::vm::ops::number;
use crate::vm::registers::Words;
use crate::vm::trouble::ok;

here! {
    (s, v, core)
    quick AddInt { to, a, b } => s.set_int(to, ok!(number::add(s.int(a), s.int(b))));
    quick SubInt { to, a, b } => s.set_int(to, ok!(number::sub(s.int(a), s.int(b))));
    quick MulInt { to, a, b } => s.set_int(to, ok!(number::mul(s.int(a), s.int(b))));
    quick DivInt { to, a, b } => s.set_int(to, ok!(number::div(s.int(a), s.int(b))));
    quick RemInt { to, a, b } => s.set_int(to, ok!(number::rem(s.int(a), s.int(b))));
    quick AddImm { to, a, value } => s.set_int(to, ok!(number::add(s.int(a), i64::from(value))));
    quick MulImm { to, a, value } => s.set_int(to, ok!(number::mul(s.int(a), i64::from(value))));
    quick DivImm { to, a, value } => s.set_int(to, ok!(number::div(s.int(a), i64::from(value))));
    quick RemImm { to, a, value } => s.set_int(to, ok!(number::rem(s.int(a), i64::from(value))));
    quick NegInt { to, a } => s.set_int(to, ok!(number::neg(s.int(a))));
    quick AbsInt { to, a } => s.set_int(to, ok!(number::abs(s.int(a))));
    quick SignInt { to, a } => s.set_int(to, s.int(a).signum());
    quick MinInt { to, a, b } => s.set_int(to, s.int(a).min(s.int(b)));
    quick MaxInt { to, a, b } => s.set_int(to, s.int(a).max(s.int(b)));
    quick BitAnd { to, a, b } => s.set_word(to, s.word(a) & s.word(b));
    quick BitOr { to, a, b } => s.set_word(to, s.word(a) | s.word(b));
    quick BitXor { to, a, b } => s.set_word(to, s.word(a) ^ s.word(b));
    quick BitNot { to, a } => s.set_word(to, !s.word(a));
    apart AddDays { to, a, b } => s.set_int(to, number::add_days(s.int(a), s.int(b))?);

    float AddFloat { to, a, b } [a 1, b 2] => s.set_float(to, s.float(a) + s.float(b));
    float SubFloat { to, a, b } [a 1, b 2] => s.set_float(to, s.float(a) - s.float(b));
    float MulFloat { to, a, b } [a 1, b 2] => s.set_float(to, s.float(a) * s.float(b));
    float DivFloat { to, a, b } [a 1, b 2] => s.set_float(to, ok!(number::div_float(s.float(a), s.float(b))));
    apart RemFloat { to, a, b } => s.set_float(to, number::rem_float(s.float(a), s.float(b))?);
    float NegFloat { to, a } [a 1] => s.set_float(to, -s.float(a));
    float AbsFloat { to, a } [a 1] => s.set_float(to, s.float(a).abs());
    float SqrtFloat { to, a } [a 1] => s.set_float(to, s.float(a).sqrt());
    quick FloorFloat { to, a } => s.set_float(to, s.float(a).floor());
    quick CeilFloat { to, a } => s.set_float(to, s.float(a).ceil());
    quick TruncFloat { to, a } => s.set_float(to, s.float(a).trunc());
    float MinFloat { to, a, b } [a 1, b 2] => s.set_float(to, number::min_float(s.float(a), s.float(b)));
    float MaxFloat { to, a, b } [a 1, b 2] => s.set_float(to, number::max_float(s.float(a), s.float(b)));
    float MulAddFloat { to, a, b, c } [a 1, b 2, c 3] => {
        s.set_float(to, number::mul_add(s.float(a), s.float(b), s.float(c)));
    };
    float MulSubFloat { to, a, b, c } [a 1, b 2, c 3] => {
        s.set_float(to, number::mul_sub(s.float(a), s.float(b), s.float(c)));
    };
    float IntToFloat { to, a } => s.set_float(to, number::to_float(s.int(a)));

    quick Not { to, a } => s.set_bool(to, !s.bool(a));
    quick EqualInt { to, a, b } => s.set_bool(to, s.word(a) == s.word(b));
    quick UnequalInt { to, a, b } => s.set_bool(to, s.word(a) != s.word(b));
    quick LessInt { to, a, b } => s.set_bool(to, s.int(a) < s.int(b));
    quick AtMostInt { to, a, b } => s.set_bool(to, s.int(a) <= s.int(b));
    quick EqualFloat { to, a, b } => s.set_bool(to, number::equal(s.float(a), s.float(b)));
    quick UnequalFloat { to, a, b } => s.set_bool(to, !number::equal(s.float(a), s.float(b)));
    quick LessFloat { to, a, b } => s.set_bool(to, s.float(a) < s.float(b));
    quick AtMostFloat { to, a, b } => s.set_bool(to, s.float(a) <= s.float(b));
}
