//! The discrete Gaussian on a vector of cells.

use super::super::accuracy::Sigma;
use super::{MechanismError, root_up};
use crate::model::{Delta, Loss, Rho};
use opendp::core::Measurement;
use opendp::domains::{AtomDomain, VectorDomain};
use opendp::measurements::make_gaussian;
use opendp::measures::ZeroConcentratedDivergence;
use opendp::metrics::L2Distance;

/// The measurement that is mapped for its loss and drawn from: one and the same.
pub(in crate::privacy) struct Gaussian {
    measurement: Measurement<VectorDomain<AtomDomain<i64>>, L2Distance<f64>, ZeroConcentratedDivergence, Vec<i64>>,
    distance: f64,
}

impl Gaussian {
    /// OpenDP's name for it.
    pub(in crate::privacy) const CONSTRUCTOR: &'static str = "make_gaussian";

    /// Noise of that scale on every cell, for cells that a person moves by at most √`distance_squared` in Euclidean length.
    pub(in crate::privacy) fn new(sigma: Sigma, distance_squared: u64) -> Result<Self, MechanismError> {
        let cells = VectorDomain::new(AtomDomain::<i64>::default());
        let metric = L2Distance::<f64>::default();
        let measurement = make_gaussian(cells, metric, sigma.as_f64(), None).map_err(|_| MechanismError)?;
        Ok(Self { measurement, distance: Self::distance(distance_squared) })
    }

    /// How far one person can move the cells in Euclidean length, rounded up.
    pub(in crate::privacy) fn distance(distance_squared: u64) -> f64 {
        root_up(distance_squared)
    }

    /// What one release costs; rounded up.
    ///
    /// # Privacy argument
    /// The measurement's own map: (distance/σ)²/2 (Canonne, Kamath and Steinke 2020, theorem 4, for vectors by corollary).
    pub(in crate::privacy) fn loss(&self) -> Result<Loss, MechanismError> {
        let rho = self.measurement.map(&self.distance).map_err(|_| MechanismError)?;
        Ok(Loss { rho: Rho::from_f64_up(rho).ok_or(MechanismError)?, delta: Delta::default() })
    }

    /// Each cell plus its own draw. OpenDP adds in unbounded integers and saturates at the ends of `i64`, which is
    /// post-processing: no overflow can happen, and none can tell anything.
    pub(in crate::privacy) fn draw(&self, cells: &Vec<i64>) -> Result<Vec<i64>, MechanismError> {
        self.measurement.invoke(cells).map_err(|_| MechanismError)
    }
}
