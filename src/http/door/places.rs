//! Places that are taken and given back: so many in all, and so many for each address.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// What counts as one address: of IPv6, the /64 that one household or machine is given.
pub(super) fn block(address: IpAddr) -> u128 {
    match address.to_canonical() {
        IpAddr::V4(address) => u128::from(u32::from(address)),
        // Their first half is never zero but for the loopback's, which is nobody else's.
        IpAddr::V6(address) => u128::from(address) >> 64 << 64,
    }
}

/// Places.
#[derive(Debug)]
pub(super) struct Places {
    most: usize,
    each_most: usize,
    taken: Mutex<Taken>,
}

#[derive(Debug, Default)]
struct Taken {
    all: usize,
    each: HashMap<u128, usize>,
}

/// A place, until it is dropped.
#[derive(Debug)]
pub(super) struct Place {
    places: Arc<Places>,
    share: Option<u128>,
}

impl Places {
    /// So many in all, and for each.
    pub(super) fn new((most, each_most): (usize, usize)) -> Arc<Self> {
        Arc::new(Self { most, each_most, taken: Mutex::default() })
    }

    /// A place, of somebody's share if it is anybody's; `None` if all are taken.
    pub(super) fn take(self: &Arc<Self>, share: Option<u128>) -> Option<Place> {
        let mut taken = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if taken.all >= self.most {
            return None;
        }
        if let Some(share) = share {
            let each = taken.each.entry(share).or_default();
            if *each >= self.each_most {
                return None;
            }
            *each += 1;
        }
        taken.all += 1;
        Some(Place { places: Arc::clone(self), share })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = self.places.taken.lock().unwrap_or_else(PoisonError::into_inner);
        taken.all = taken.all.saturating_sub(1);
        let Some(share) = self.share else { return };
        if let Some(each) = taken.each.get_mut(&share) {
            *each = each.saturating_sub(1);
            if *each == 0 {
                taken.each.remove(&share);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn nobody_takes_more_than_their_share_and_all_comes_back() {
        let places = Places::new((4, 2));
        let mine = [places.take(Some(1)).unwrap(), places.take(Some(1)).unwrap()];
        assert!(places.take(Some(1)).is_none());
        let others = [places.take(Some(2)).unwrap(), places.take(None).unwrap()];
        assert!(places.take(Some(3)).is_none(), "all are taken");
        drop(mine);
        let _one = places.take(Some(1)).unwrap();
        drop(others);
        drop(_one);
        let taken = places.taken.lock().unwrap();
        assert!(taken.all == 0 && taken.each.is_empty(), "{taken:?}");
    }

    #[test]
    fn an_address_is_a_household_s() {
        let of = |text: &str| block(text.parse().unwrap());
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_ne!(of("192.0.2.1"), of("192.0.2.2"));
        assert_eq!(of("::ffff:192.0.2.1"), of("192.0.2.1"));
    }
}
