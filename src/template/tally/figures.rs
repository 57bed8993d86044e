//! What is computed from a release, written as sums and ratios of its cells.

use super::super::layout::{KeyValue, Layout};
use super::super::manifest::Derived;
use super::bounds::Release;
use crate::model::{Formula, Linear, Text, answer::Unit};
use std::collections::BTreeMap;

/// One derived figure.
#[derive(Debug, Clone, PartialEq)]
pub struct Figure {
    /// What it is.
    pub derived: Derived,
    /// What people call it, where the manifest has a word of its own.
    pub title: Option<Text>,
    /// What it is of: a value of each key, an audience.
    pub keys: BTreeMap<String, KeyValue>,
    /// How it is computed.
    pub formula: Formula,
    /// Its unit; `None` for shares and other ratios.
    pub unit: Option<Unit>,
    /// The value that means "no difference", where there is one.
    pub neutral: Option<f64>,
    /// Numbers of persons that the figure rests on: it is withheld where one of them would be.
    pub guards: Vec<Linear>,
}

/// The figures that the manifest asks for, over the release's cells.
pub(super) fn figures(
    derived: &[Derived],
    release: &Release,
    layout: &Layout,
    titles: &BTreeMap<String, Text>,
) -> Vec<Figure> {
    let cells = Cells { layout };
    let titled = |derived: &Derived| {
        let title = titles.get(derived.as_str()).cloned();
        let title = move |figure| Figure { title: title.clone(), ..figure };
        cells.figures(*derived, release).into_iter().map(title).collect::<Vec<_>>()
    };
    derived.iter().flat_map(titled).collect()
}

struct Cells<'a> {
    layout: &'a Layout,
}

impl Cells<'_> {
    fn figures(&self, derived: Derived, release: &Release) -> Vec<Figure> {
        match release {
            Release::Histogram { .. } => self.of_histogram(derived),
            Release::Cells { audiences } => self.of_regions(derived, audiences.len()),
            Release::Frequency { .. } => self.of_frequency(derived),
            Release::Sum { cents, .. } => self.means(derived, if *cents { Unit::Cents } else { Unit::Number }),
            Release::Crosstab { .. } => self.affinities_of_crosstab(derived),
            Release::Marginals { .. } => self.of_marginals(derived),
            Release::Count | Release::Quantiles { .. } | Release::Top { .. } | Release::Threshold { .. } => Vec::new(),
        }
    }

    fn keys(&self, cell: usize) -> BTreeMap<String, KeyValue> {
        self.layout.find(cell).and_then(|(block, cell)| block.key_of(cell)).unwrap_or_default()
    }

    /// The cells of one block.
    fn block(&self, block: usize) -> std::ops::Range<usize> {
        self.layout.start(block)..self.layout.start(block + 1)
    }

    fn of_histogram(&self, derived: Derived) -> Vec<Figure> {
        let all = || Linear::of(self.block(0));
        match derived {
            Derived::Total => vec![persons(derived, BTreeMap::new(), all())],
            Derived::Share => {
                self.block(0).map(|cell| ratio(derived, self.keys(cell), Linear::of([cell]), all())).collect()
            }
            Derived::KnownShare => {
                let known = |cell: &usize| self.keys(*cell).values().all(|value| value.id != KeyValue::unknown().id);
                vec![ratio(derived, BTreeMap::new(), Linear::of(self.block(0).filter(known)), all())]
            }
            Derived::Affinity => {
                // The first key is no, yes; the second has `half` values.
                let half = self.layout.cells() / 2;
                let index = |value: usize| {
                    let mut keys = self.keys(value);
                    keys.retain(|name, _| {
                        self.layout.blocks.first().and_then(|b| b.keys.first()).is_none_or(|first| first.name != *name)
                    });
                    let formula = Formula::Index {
                        of: Linear::of([half + value]),
                        of_base: Linear::of(half..2 * half),
                        base: Linear::of([value, half + value]),
                        base_all: all(),
                    };
                    affinity(keys, formula)
                };
                (0..half).map(index).collect()
            }
            _ => Vec::new(),
        }
    }

    /// Region r is of the audiences whose bits are set in r + 1.
    fn of_regions(&self, derived: Derived, audiences: usize) -> Vec<Figure> {
        let regions = || 0..self.layout.cells();
        let having = |wanted: usize| Linear::of(regions().filter(move |region| (region + 1) & wanted == wanted));
        let all = (1usize << audiences) - 1;
        let each = |make: &dyn Fn(usize, BTreeMap<String, KeyValue>) -> Figure| {
            let one = |position: usize| {
                // The region of this audience alone is called by its name.
                let name = self.keys((1 << position) - 1).remove("audiences");
                make(position, name.map(|name| ("audience".to_owned(), name)).into_iter().collect())
            };
            (0..audiences).map(one).collect::<Vec<_>>()
        };
        let none = BTreeMap::new;
        match derived {
            Derived::Size => each(&|i, keys| persons(derived, keys, having(1 << i))),
            Derived::Intersection => vec![persons(derived, none(), having(all))],
            Derived::Union => vec![persons(derived, none(), Linear::of(regions()))],
            Derived::MatchRate => each(&|i, keys| ratio(derived, keys, having(all), having(1 << i))),
            Derived::Jaccard => vec![ratio(derived, none(), having(all), Linear::of(regions()))],
            Derived::IncrementalReach => each(&|i, keys| {
                let before = (1usize << i) - 1;
                let new = regions().filter(move |region| (region + 1) >> i & 1 == 1 && (region + 1) & before == 0);
                persons(derived, keys, Linear::of(new))
            }),
            Derived::Difference if audiences == 2 => {
                let less = Linear(vec![(0, 1), (1, -1)]);
                let figure = persons(derived, none(), less);
                vec![Figure { neutral: Some(0.0), guards: vec![having(1), having(2)], ..figure }]
            }
            Derived::Ratio if audiences == 2 => {
                vec![Figure { neutral: Some(1.0), ..ratio(derived, none(), having(1), having(2)) }]
            }
            _ => Vec::new(),
        }
    }

    fn of_frequency(&self, derived: Derived) -> Vec<Figure> {
        let all = || self.block(0);
        let rows = |cell: usize| i64::try_from(cell).unwrap_or(i64::MAX).saturating_add(1);
        match derived {
            Derived::Total => vec![persons(derived, BTreeMap::new(), Linear::of(all()))],
            Derived::AtLeast => {
                all().map(|cell| persons(derived, self.keys(cell), Linear::of(cell..all().end))).collect()
            }
            Derived::Mean => {
                let weighted = Linear(all().map(|cell| (cell, rows(cell))).collect());
                let mean = ratio(derived, BTreeMap::new(), weighted, Linear::of(all()));
                vec![Figure { unit: Some(Unit::Number), ..mean }]
            }
            _ => Vec::new(),
        }
    }

    fn means(&self, derived: Derived, unit: Unit) -> Vec<Figure> {
        let cells = self.block(0).len();
        let mean = |cell: usize| {
            let (sum, count) = (Linear::of([cells + cell]), Linear::of([cell]));
            let guards = vec![count.clone()];
            Figure { unit: Some(unit), guards, ..ratio(derived, self.keys(cell), sum, count) }
        };
        if derived == Derived::Mean { self.block(0).map(mean).collect() } else { Vec::new() }
    }

    fn affinities_of_crosstab(&self, derived: Derived) -> Vec<Figure> {
        let along = self.block(2).len();
        let pair = |cell: usize| {
            let (row, column) = (cell.checked_div(along)?, cell.checked_rem(along)?);
            let formula = Formula::Index {
                of: Linear::of([cell]),
                of_base: Linear::of([self.layout.start(1) + row]),
                base: Linear::of([self.layout.start(2) + column]),
                base_all: Linear::of([self.layout.start(3)]),
            };
            Some(affinity(self.keys(cell), formula))
        };
        if derived == Derived::Affinity { self.block(0).filter_map(pair).collect() } else { Vec::new() }
    }

    /// All columns partition the same persons: the best total weighs each column's sum by the inverse of its variance, and
    /// what a column's sum is off is spread over its cells (generalised least squares for one-way marginals, as in the residual
    /// basis of Xiao et al., arXiv 2305.08175). In whole numbers over a common denominator.
    fn of_marginals(&self, derived: Derived) -> Vec<Figure> {
        let lengths: Vec<i64> =
            self.layout.blocks.iter().map(|b| i64::try_from(b.cells()).unwrap_or(i64::MAX)).collect();
        let product = lengths.iter().try_fold(1i64, |product, length| product.checked_mul(*length));
        let Some(product) = product.filter(|product| *product < 1 << 40) else { return Vec::new() };
        let weight = |block: usize| lengths.get(block).map_or(0, |length| product.checked_div(*length).unwrap_or(0));
        let total = |times: i64| {
            let blocks = 0..self.layout.blocks.len();
            Linear(blocks.flat_map(|block| self.block(block).map(move |cell| (cell, weight(block) * times))).collect())
        };
        let divisor: i64 = (0..lengths.len()).map(weight).sum();
        let share = |block: usize, length: i64, cell: usize| {
            let mut of = total(1);
            for (other, times) in &mut of.0 {
                if self.block(block).contains(other) {
                    *times -= divisor;
                }
                if *other == cell {
                    *times += divisor * length;
                }
            }
            // What is judged for being too small is the cell as it was released.
            Figure { guards: vec![Linear::of([cell])], ..ratio(derived, self.keys(cell), of, total(length)) }
        };
        match derived {
            Derived::Total => {
                let formula = Formula::Sum { of: total(1), divisor };
                let guards = vec![Linear::of(self.block(0))];
                vec![Figure { formula, guards, ..persons(derived, BTreeMap::new(), Linear::default()) }]
            }
            Derived::Share => {
                let of_block = |(block, length): (usize, &i64)| {
                    let length = *length;
                    self.block(block).map(move |cell| (block, length, cell)).collect::<Vec<_>>()
                };
                let cells = lengths.iter().enumerate().flat_map(of_block);
                cells.map(|(block, length, cell)| share(block, length, cell)).collect()
            }
            _ => Vec::new(),
        }
    }
}

fn persons(derived: Derived, keys: BTreeMap<String, KeyValue>, of: Linear) -> Figure {
    let guards = vec![of.clone()];
    Figure {
        derived,
        title: None,
        keys,
        formula: Formula::Sum { of, divisor: 1 },
        unit: Some(Unit::Persons),
        neutral: None,
        guards,
    }
}

fn ratio(derived: Derived, keys: BTreeMap<String, KeyValue>, of: Linear, base: Linear) -> Figure {
    let guards = vec![of.clone(), base.clone()];
    Figure { derived, title: None, keys, formula: Formula::Ratio { of, base }, unit: None, neutral: None, guards }
}

fn affinity(keys: BTreeMap<String, KeyValue>, formula: Formula) -> Figure {
    let guards = match &formula {
        Formula::Index { of, of_base, base, base_all } => {
            vec![of.clone(), of_base.clone(), base.clone(), base_all.clone()]
        }
        Formula::Sum { .. } | Formula::Ratio { .. } => Vec::new(),
    };
    Figure { derived: Derived::Affinity, title: None, keys, formula, unit: None, neutral: Some(1.0), guards }
}
