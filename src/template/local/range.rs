//! Ranges of numbers: what an operation can come to, given what its operands can be. Computed in 128 bits, in which the
//! sum, difference and product of two 64-bit numbers always fit.

use super::{Choice, Kind, Operator};

/// The least and the greatest that a number can be.
pub(in crate::template) type Range = (i64, i64);

/// Anything.
pub(in crate::template) const WHOLE: Range = (i64::MIN, i64::MAX);

/// The first year of a stored date.
pub(in crate::template) const YEAR_MIN: i16 = 1;
/// The last year of a stored date.
pub(in crate::template) const YEAR_MAX: i16 = 9999;

impl Kind {
    /// The range of `left operator right`, and whether it has to saturate to stay within 64 bits.
    pub(in crate::template) fn arithmetic(operator: Operator, left: &Self, right: &Self) -> Option<(Self, bool)> {
        let (Self::Number { cents, low, high }, Self::Number { cents: right_cents, low: right_low, high: right_high }) =
            (left, right)
        else {
            return None;
        };
        let (a, b) = (i128::from(*low), i128::from(*high));
        let (c, d) = (i128::from(*right_low), i128::from(*right_high));
        let corners = match operator {
            Operator::Add => [a + c, b + d, a + c, b + d],
            Operator::Subtract => [a - d, b - c, a - d, b - c],
            Operator::Multiply => [a * c, a * d, b * c, b * d],
        };
        let (range, saturating) = cut(corners);
        Some((Self::Number { cents: *cents || *right_cents, low: range.0, high: range.1 }, saturating))
    }

    /// The range of `abs(self)`, and whether it has to saturate.
    pub(in crate::template) fn absolute(&self) -> Option<(Self, bool)> {
        let Self::Number { cents, low, high } = self else { return None };
        let (least, most) = (i128::from(*low), i128::from(*high));
        let nearest = if least <= 0 && most >= 0 { 0 } else { least.abs().min(most.abs()) };
        let ((low, high), saturating) = cut([nearest, least.abs().max(most.abs()), nearest, nearest]);
        Some((Self::Number { cents: *cents, low, high }, saturating))
    }

    /// The range of the quotient by a positive divisor, or of what remains; `None` where that is not what they are.
    pub(in crate::template) fn divided(&self, remainder: bool, divisor: Range) -> Option<Self> {
        let Self::Number { cents, low, high } = self else { return None };
        let (least, most) = divisor;
        if least < 1 || most < least {
            return None;
        }
        let (low, high) = if remainder {
            ((*low).max(1 - most).min(0), (*high).min(most - 1).max(0))
        } else {
            let quotients = [*low / least, *low / most, *high / least, *high / most];
            quotients.iter().fold((i64::MAX, i64::MIN), |(low, high), q| (low.min(*q), high.max(*q)))
        };
        Some(Self::Number { cents: *cents, low, high })
    }

    /// The range of one of several numbers, given the range of all of them together and those of the ones that are always
    /// there. Any other kind stays what it is.
    pub(in crate::template) fn chosen(self, choice: Choice, always: impl Iterator<Item = Range>) -> Self {
        let Self::Number { cents, low, high } = self else { return self };
        let (low, high) = always.fold((low, high), |(low, high), (least, most)| match choice {
            Choice::Least => (low, high.min(most)),
            Choice::Greatest => (low.max(least), high),
            Choice::First => (low, high),
        });
        Self::Number { cents, low, high }
    }

    /// The range of a saturated sum of any number of these, of one or more.
    pub(in crate::template) fn summed(&self) -> Option<Self> {
        let Self::Number { cents, low, high } = self else { return None };
        let low = if *low >= 0 { *low } else { i64::MIN };
        let high = if *high <= 0 { *high } else { i64::MAX };
        Some(Self::Number { cents: *cents, low, high })
    }

    /// The range of a number.
    pub(in crate::template) fn range(&self) -> Option<Range> {
        match self {
            Self::Number { low, high, .. } => Some((*low, *high)),
            _ => None,
        }
    }
}

/// The least and greatest of the corners, cut to 64 bits, and whether anything was cut.
fn cut(corners: [i128; 4]) -> (Range, bool) {
    let (low, high) = corners.iter().fold((i128::MAX, i128::MIN), |(low, high), c| (low.min(*c), high.max(*c)));
    let within = |value: i128| i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX });
    let range = (within(low), within(high));
    (range, (i128::from(range.0), i128::from(range.1)) != (low, high))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    const EDGES: [i64; 9] = [i64::MIN, i64::MIN + 1, -7, -1, 0, 1, 7, i64::MAX - 1, i64::MAX];

    fn saturated(value: i128) -> i64 {
        i64::try_from(value).unwrap_or(if value < 0 { i64::MIN } else { i64::MAX })
    }

    fn ranges() -> impl Iterator<Item = Range> {
        EDGES.iter().flat_map(|low| EDGES.iter().filter(move |high| *high >= low).map(|high| (*low, *high)))
    }

    fn within(range: Range) -> impl Iterator<Item = i64> {
        EDGES.into_iter().filter(move |value| (range.0..=range.1).contains(value))
    }

    #[test]
    fn no_result_leaves_its_range_and_none_saturates_unannounced() {
        for (left, right) in ranges().flat_map(|left| ranges().map(move |right| (left, right))) {
            for operator in [Operator::Add, Operator::Subtract, Operator::Multiply] {
                let (kind, saturating) = Kind::arithmetic(operator, &Kind::number(left), &Kind::number(right)).unwrap();
                let (low, high) = kind.range().unwrap();
                for (a, b) in within(left).flat_map(|a| within(right).map(move |b| (i128::from(a), i128::from(b)))) {
                    let exact = match operator {
                        Operator::Add => a + b,
                        Operator::Subtract => a - b,
                        Operator::Multiply => a * b,
                    };
                    assert!((low..=high).contains(&saturated(exact)), "{a} {operator:?} {b}");
                    assert!(saturating || i64::try_from(exact).is_ok(), "{a} {operator:?} {b}");
                }
            }
        }
    }

    #[test]
    fn quotients_remainders_and_absolute_values_stay_in_their_ranges() {
        for range in ranges() {
            let (absolute, saturating) = Kind::number(range).absolute().unwrap();
            for value in within(range) {
                let exact = i128::from(value).abs();
                let (low, high) = absolute.range().unwrap();
                assert!((low..=high).contains(&saturated(exact)) && (saturating || i64::try_from(exact).is_ok()));
            }
            for divisor in ranges().filter(|divisor| divisor.0 > 0) {
                let (low, high) = Kind::number(range).divided(false, divisor).unwrap().range().unwrap();
                let (rest_low, rest_high) = Kind::number(range).divided(true, divisor).unwrap().range().unwrap();
                for (value, by) in within(range).flat_map(|value| within(divisor).map(move |by| (value, by))) {
                    assert!((low..=high).contains(&(value / by)), "{value} // {by}");
                    assert!((rest_low..=rest_high).contains(&(value % by)), "{value} % {by}");
                }
            }
        }
        for divisor in [(0, 5), (-1, -1), (i64::MIN, i64::MAX)] {
            assert_eq!(Kind::number(WHOLE).divided(false, divisor), None);
        }
    }
}
