//! How often somebody may ask: a bucket for each address, account and member, that fills again minute by minute.

use crate::model::MemberName;
use governor::{
    DefaultKeyedRateLimiter, Quota,
    clock::{Clock, DefaultClock},
};
use std::{
    hash::Hash,
    num::NonZeroU32,
    sync::{Arc, PoisonError, RwLock},
};

/// Most buckets that are kept of a kind: some megabytes.
const BUCKETS_MAX: usize = 100_000;

/// How much more than an account an address and a member may ask: several people share them.
const SHARED: u32 = 4;

/// The buckets of one kind of request.
pub(super) struct Buckets {
    pub(super) addresses: Kept<u128>,
    pub(super) accounts: Kept<i64>,
    pub(super) members: Kept<MemberName>,
}

impl Buckets {
    /// So much a minute for an account, and what several people may share.
    pub(super) fn shared(each: u32) -> Self {
        let shared = each.saturating_mul(SHARED);
        Self { addresses: Kept::new(shared), accounts: Kept::new(each), members: Kept::new(shared) }
    }

    /// So much a minute for whoever it is.
    pub(super) fn alike(each: u32) -> Self {
        Self { addresses: Kept::new(each), accounts: Kept::new(each), members: Kept::new(each) }
    }
}

/// The buckets of those of one sort who asked lately.
pub(super) struct Kept<K: Hash + Eq + Clone> {
    quota: Quota,
    limiter: RwLock<Arc<DefaultKeyedRateLimiter<K>>>,
}

impl<K: Hash + Eq + Clone> Kept<K> {
    fn new(per_minute: u32) -> Self {
        let quota = Quota::per_minute(NonZeroU32::new(per_minute).unwrap_or(NonZeroU32::MIN));
        Self { quota, limiter: RwLock::new(Arc::new(DefaultKeyedRateLimiter::keyed(quota))) }
    }

    /// Takes one from a bucket, or says in how many seconds there will be one.
    pub(super) fn take(&self, key: &K) -> Result<(), u64> {
        let limiter = self.limiter();
        let taken = limiter.check_key(key);
        taken.map_err(|until| until.wait_time_from(DefaultClock::default().now()).as_secs().saturating_add(1))
    }

    /// The buckets, of which there are never too many: those that are full again are forgotten, and if so many aren't, all are. Whoever
    /// has a hundred thousand addresses isn't held up by this anyway; the limit of what runs at once holds.
    fn limiter(&self) -> Arc<DefaultKeyedRateLimiter<K>> {
        let limiter = Arc::clone(&self.limiter.read().unwrap_or_else(PoisonError::into_inner));
        if limiter.len() < BUCKETS_MAX {
            return limiter;
        }
        let mut kept = self.limiter.write().unwrap_or_else(PoisonError::into_inner);
        if kept.len() >= BUCKETS_MAX {
            kept.retain_recent();
            // Not again at the next request, nor at each after.
            if kept.len() > BUCKETS_MAX / 4 * 3 {
                *kept = Arc::new(DefaultKeyedRateLimiter::keyed(self.quota));
            }
        }
        Arc::clone(&kept)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;

    #[test]
    fn a_bucket_is_one_s_own_and_says_when_to_come_again() {
        let kept = Kept::new(3);
        for _ in 0..3 {
            kept.take(&1u128).unwrap();
        }
        let wait = kept.take(&1).unwrap_err();
        assert!((1..=21).contains(&wait), "{wait}");
        kept.take(&2).unwrap();
    }

    #[test]
    fn however_many_come_few_are_kept() {
        let kept = Kept::new(1);
        for address in 0..BUCKETS_MAX as u128 * 3 {
            kept.take(&address).unwrap();
            assert!(kept.limiter.read().unwrap().len() <= BUCKETS_MAX);
        }
    }
}
