//! One number made of many.

use rust_decimal::Decimal as Wide;

use super::super::native::{Duration, Floats, Ints, Values, misuse};
use crate::value::{Fault, Value, compare_floats, decimal_to_float, quotient};

pub(super) fn sum_ints(xs: Ints<'_>) -> Result<i64, Fault> {
    let sum = wide_sum(xs.0.iter().copied());
    i64::try_from(sum).map_err(|_| Fault::overflow(format_args!("the sum {sum}")))
}

/// No list is long enough for this to overflow.
fn wide_sum(xs: impl Iterator<Item = i64>) -> i128 {
    xs.map(i128::from).sum()
}

pub(super) fn sum_decimals(xs: Values<'_>) -> Result<Wide, Fault> {
    decimals(xs).try_fold(Wide::ZERO, |sum, it| sum.checked_add(it?).ok_or_else(too_large))
}

fn too_large() -> Fault {
    Fault::overflow("the result")
}

fn decimals(xs: Values<'_>) -> impl Iterator<Item = Result<Wide, Fault>> {
    xs.0.iter().map(|it| match it {
        Value::Decimal(it) => Ok(it.wide()),
        _ => Err(misuse()),
    })
}

pub(super) fn sum_floats(xs: Floats<'_>) -> f64 {
    xs.0.iter().sum::<f64>() + 0.0
}

pub(super) fn sum_durations(xs: Values<'_>) -> Result<Duration, Fault> {
    let sum = wide_sum(durations(xs)?.into_iter());
    i64::try_from(sum).map(Duration).map_err(|_| too_large())
}

fn durations(xs: Values<'_>) -> Result<Vec<i64>, Fault> {
    let micros = xs.0.iter().map(|it| match it {
        Value::Duration(it) => Ok(*it),
        _ => Err(misuse()),
    });
    micros.collect()
}

pub(super) fn avg_ints(xs: Ints<'_>) -> Result<Option<Wide>, Fault> {
    let sum = Wide::try_from_i128_with_scale(wide_sum(xs.0.iter().copied()), 0);
    mean(sum.map_err(|_| too_large()), xs.0.len())
}

pub(super) fn avg_decimals(xs: Values<'_>) -> Result<Option<Wide>, Fault> {
    mean(sum_decimals(xs), xs.0.len())
}

fn mean(sum: Result<Wide, Fault>, count: usize) -> Result<Option<Wide>, Fault> {
    if count == 0 {
        return Ok(None);
    }
    quotient(sum?, Wide::from(count)).map(Some).ok_or_else(too_large)
}

pub(super) fn avg_floats(xs: Floats<'_>) -> Option<f64> {
    (!xs.0.is_empty()).then(|| sum_floats(xs) / count(xs.0.len()))
}

#[expect(clippy::cast_precision_loss, reason = "lists are shorter than 2 to the power of 53")]
fn count(length: usize) -> f64 {
    length as f64
}

pub(super) fn avg_durations(xs: Values<'_>) -> Result<Option<Duration>, Fault> {
    let micros = durations(xs)?;
    let Ok(count @ 1..) = i128::try_from(micros.len()) else { return Ok(None) };
    let mean = wide_sum(micros.into_iter()) / count;
    i64::try_from(mean).map(|it| Some(Duration(it))).map_err(|_| too_large())
}

pub(super) fn product_ints(xs: Ints<'_>) -> Result<i64, Fault> {
    xs.0.iter().try_fold(1_i64, |product, it| product.checked_mul(*it)).ok_or_else(too_large)
}

pub(super) fn product_decimals(xs: Values<'_>) -> Result<Wide, Fault> {
    decimals(xs).try_fold(Wide::ONE, |product, it| product.checked_mul(it?).ok_or_else(too_large))
}

pub(super) fn product_floats(xs: Floats<'_>) -> f64 {
    xs.0.iter().product()
}

pub(super) fn median_ints(xs: Ints<'_>) -> Result<Option<Wide>, Fault> {
    percentile_ints(xs, FIFTY)
}

pub(super) fn median_decimals(xs: Values<'_>) -> Result<Option<Wide>, Fault> {
    percentile_decimals(xs, FIFTY)
}

pub(super) fn median_floats(xs: Floats<'_>) -> Result<Option<f64>, Fault> {
    percentile_floats(xs, FIFTY)
}

const FIFTY: Wide = Wide::from_parts(50, 0, 0, false, 0);

pub(super) fn percentile_ints(xs: Ints<'_>, p: Wide) -> Result<Option<Wide>, Fault> {
    percentile(xs.0.iter().map(|it| Wide::from(*it)).collect(), p)
}

pub(super) fn percentile_decimals(xs: Values<'_>, p: Wide) -> Result<Option<Wide>, Fault> {
    percentile(decimals(xs).collect::<Result<_, _>>()?, p)
}

fn percentile(mut xs: Vec<Wide>, p: Wide) -> Result<Option<Wide>, Fault> {
    let Some((at, share)) = rank(xs.len(), p)? else { return Ok(None) };
    xs.sort_unstable();
    let (low, high) = (xs[at], xs[(at + 1).min(xs.len() - 1)]);
    if low == high || share.is_zero() {
        return Ok(Some(low));
    }
    let step = high.checked_sub(low).and_then(|it| it.checked_mul(share));
    let between = step.and_then(|it| low.checked_add(it)).ok_or_else(too_large)?;
    Ok(Some(between.normalize()))
}

pub(super) fn percentile_floats(xs: Floats<'_>, p: Wide) -> Result<Option<f64>, Fault> {
    let Some((at, share)) = rank(xs.0.len(), p)? else { return Ok(None) };
    let mut xs = xs.0.to_vec();
    xs.sort_by(|a, b| compare_floats(*a, *b));
    let (low, high) = (xs[at], xs[(at + 1).min(xs.len() - 1)]);
    Ok(Some(if share.is_zero() { low } else { low + (high - low) * decimal_to_float(share) }))
}

/// The place in the sorted list that `p` percent lie below, and how far it is to the next one.
fn rank(length: usize, p: Wide) -> Result<Option<(usize, Wide)>, Fault> {
    if p.is_sign_negative() && !p.is_zero() || p > Wide::ONE_HUNDRED {
        return Err(Fault::argument(format!("a percentile is from 0 to 100, and this is {p}")));
    }
    let Some(last) = length.checked_sub(1) else { return Ok(None) };
    let rank = p.checked_mul(Wide::from(last)).and_then(|it| quotient(it, Wide::ONE_HUNDRED));
    let rank = rank.ok_or_else(too_large)?;
    let at = usize::try_from(rank.trunc()).map_err(|_| too_large())?;
    Ok(Some((at.min(last), rank.fract())))
}

#[expect(clippy::cast_precision_loss, reason = "the result is a float")]
pub(super) fn stddev_ints(xs: Ints<'_>) -> Option<f64> {
    deviation(xs.0.iter().map(|it| *it as f64))
}

pub(super) fn stddev_decimals(xs: Values<'_>) -> Result<Option<f64>, Fault> {
    let floats: Vec<f64> =
        decimals(xs).map(|it| it.map(decimal_to_float)).collect::<Result<_, _>>()?;
    Ok(deviation(floats.into_iter()))
}

pub(super) fn stddev_floats(xs: Floats<'_>) -> Option<f64> {
    deviation(xs.0.iter().copied())
}

/// By Welford's method, which does not lose digits where numbers are large and close together.
fn deviation(xs: impl Iterator<Item = f64>) -> Option<f64> {
    let (mut seen, mut mean, mut squares) = (0.0, 0.0, 0.0);
    for x in xs {
        seen += 1.0;
        let from_mean = x - mean;
        mean += from_mean / seen;
        squares += from_mean * (x - mean);
    }
    (seen >= 2.0).then(|| libm::sqrt(squares / (seen - 1.0)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::{Code, parse_decimal};

    fn decimal(text: &str) -> Wide {
        parse_decimal(text).unwrap()
    }

    fn values(items: &[&str]) -> Vec<Value> {
        items.iter().map(|it| Value::Decimal(decimal(it).into())).collect()
    }

    #[test]
    fn sums_and_products_are_exact_or_overflow() {
        assert_eq!(sum_ints(Ints(&[i64::MAX, 1, -1])), Ok(i64::MAX));
        assert!(sum_ints(Ints(&[i64::MAX, 1])).unwrap_err().is(Code::Overflow));
        assert_eq!(sum_ints(Ints(&[])), Ok(0));
        assert_eq!(sum_decimals(Values(&values(&["0.10", "0.20"]))).unwrap().to_string(), "0.30");
        let max = Wide::MAX.to_string();
        assert!(sum_decimals(Values(&values(&[&max, "1"]))).unwrap_err().is(Code::Overflow));
        assert_eq!(sum_floats(Floats(&[])).to_bits(), 0.0_f64.to_bits());
        let hours = [Value::Duration(3_600_000_000), Value::Duration(-1)];
        assert_eq!(sum_durations(Values(&hours)), Ok(Duration(3_599_999_999)));
        assert_eq!(product_ints(Ints(&[])), Ok(1));
        assert!(product_ints(Ints(&[i64::MAX, 2])).unwrap_err().is(Code::Overflow));
        assert!(product_decimals(Values(&values(&[&max, "2"]))).unwrap_err().is(Code::Overflow));
    }

    #[test]
    fn means_are_missing_for_nothing() {
        assert_eq!(avg_ints(Ints(&[1, 2])), Ok(Some(decimal("1.5"))));
        assert_eq!(avg_ints(Ints(&[i64::MAX, i64::MAX])), Ok(Some(decimal("9223372036854775807"))));
        assert_eq!(avg_ints(Ints(&[])), Ok(None));
        assert_eq!(avg_decimals(Values(&[])), Ok(None));
        assert_eq!(avg_floats(Floats(&[])), None);
        assert_eq!(avg_floats(Floats(&[1.0, 2.0])), Some(1.5));
        assert_eq!(avg_durations(Values(&[])), Ok(None));
    }

    #[test]
    fn percentiles_lie_between_elements() {
        assert_eq!(percentile_ints(Ints(&[30, 10, 20]), decimal("25")), Ok(Some(decimal("15"))));
        assert_eq!(percentile_ints(Ints(&[7]), decimal("99")), Ok(Some(decimal("7"))));
        assert_eq!(percentile_ints(Ints(&[]), decimal("50")), Ok(None));
        assert_eq!(percentile_floats(Floats(&[2.0, 1.0]), decimal("100")), Ok(Some(2.0)));
        assert_eq!(median_ints(Ints(&[5, 1, 2])), Ok(Some(decimal("2"))));
        assert_eq!(median_ints(Ints(&[i64::MAX, i64::MIN])), Ok(Some(decimal("-0.5"))));
        assert_eq!(
            median_decimals(Values(&values(&["0.10", "0.20"]))).unwrap().unwrap().to_string(),
            "0.15"
        );
        for p in ["-1", "100.1"] {
            assert!(percentile_ints(Ints(&[1]), decimal(p)).unwrap_err().is(Code::Argument));
        }
    }

    #[test]
    fn deviations_need_two() {
        assert_eq!(stddev_ints(Ints(&[5])), None);
        assert_eq!(stddev_floats(Floats(&[1.0, 3.0])), Some(std::f64::consts::SQRT_2));
        let shifted: Vec<f64> = [4.0, 7.0, 13.0, 16.0].iter().map(|it| it + 1e9).collect();
        assert_eq!(stddev_floats(Floats(&shifted)), Some(libm::sqrt(30.0)));
    }
}
