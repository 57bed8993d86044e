//! The discrete Gaussian of OpenDP on a vector of cells: built, mapped and drawn from in one place.

use super::accuracy::Sigma;
use crate::model::Rho;
use opendp::core::Measurement;
use opendp::domains::{AtomDomain, VectorDomain};
use opendp::measurements::make_gaussian;
use opendp::measures::ZeroConcentratedDivergence;
use opendp::metrics::L2Distance;

/// OpenDP refused. Its own message is dropped: nothing that was said while data were at hand may travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the noise mechanism could not be built or run")]
pub struct MechanismError;

/// The measurement that is mapped for its loss and drawn from: one and the same.
pub(super) struct Gaussian {
    measurement: Measurement<VectorDomain<AtomDomain<i64>>, L2Distance<f64>, ZeroConcentratedDivergence, Vec<i64>>,
}

impl Gaussian {
    /// Noise of that scale on every cell.
    pub(super) fn new(sigma: Sigma) -> Result<Self, MechanismError> {
        let cells = VectorDomain::new(AtomDomain::<i64>::default());
        let distance = L2Distance::<f64>::default();
        let measurement = make_gaussian(cells, distance, sigma.as_f64(), None).map_err(|_| MechanismError)?;
        Ok(Self { measurement })
    }

    /// What one release costs when a person moves the cells by at most `sensitivity` in Euclidean length; rounded up.
    pub(super) fn loss(&self, sensitivity: f64) -> Result<Rho, MechanismError> {
        let rho = self.measurement.map(&sensitivity).map_err(|_| MechanismError)?;
        Rho::from_f64_up(rho).ok_or(MechanismError)
    }

    /// Each cell plus its own draw. OpenDP adds in unbounded integers and saturates at the ends of `i64`, which is
    /// post-processing: no overflow can happen, and none can tell anything.
    pub(super) fn draw(&self, cells: &Vec<i64>) -> Result<Vec<i64>, MechanismError> {
        self.measurement.invoke(cells).map_err(|_| MechanismError)
    }
}
