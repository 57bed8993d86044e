//! One released number and what may be shown of it. All of it is post-processing of a release, or of an answer stored from one.

use serde::Serialize;

/// One released number and its margin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Figure {
    /// The raw value.
    pub value: i64,
    /// Half the width of its 95 % interval.
    pub margin: u64,
}

impl Figure {
    /// The value to show to people: no fewer than nobody.
    ///
    /// # Privacy argument
    /// Post-processing of a released value.
    pub fn shown(self) -> i64 {
        self.value.max(0)
    }

    /// The 95 % interval of the raw value. Not cut at zero: whoever adds up figures or averages them needs both ends.
    ///
    /// # Privacy argument
    /// Post-processing of a released value and the plan's margin.
    pub fn interval(self) -> [i64; 2] {
        let margin = i64::try_from(self.margin).unwrap_or(i64::MAX);
        [self.value.saturating_sub(margin), self.value.saturating_add(margin)]
    }

    /// Whether the room's policy withholds so small a number. Judged on the noisy value, so that being withheld tells
    /// nothing that the value wouldn't.
    ///
    /// # Privacy argument
    /// Post-processing of a released value.
    pub fn withheld(self, people_min: u32) -> bool {
        self.value < i64::from(people_min)
    }
}

#[cfg(test)]
mod tests {
    use super::Figure;

    #[test]
    fn people_see_no_negative_count_and_a_small_one_is_withheld() {
        let figure = Figure { value: -40, margin: 100 };
        assert_eq!((figure.shown(), figure.interval(), figure.withheld(20)), (0, [-140, 60], true));
        assert!(Figure { value: 19, margin: 100 }.withheld(20));
        assert!(!Figure { value: 20, margin: 100 }.withheld(20));
        assert_eq!(Figure { value: i64::MAX, margin: 1 }.interval(), [i64::MAX - 1, i64::MAX]);
        assert_eq!(Figure { value: i64::MIN, margin: u64::MAX }.interval(), [i64::MIN, -1]);
    }
}
