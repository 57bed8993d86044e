//! Holding audience versions while a query needs them, so that a new upload doesn't take the file from under it.

use crate::database::Held;
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

#[derive(Default)]
pub(super) struct Pinned(Mutex<HashMap<String, usize>>);

impl Pinned {
    pub(super) fn holds(&self, upload: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains_key(upload)
    }

    pub(super) fn pin(self: &Arc<Self>, uploads: Vec<String>, shared: Vec<Held>) -> Pins {
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        for upload in &uploads {
            *counts.entry(upload.clone()).or_default() += 1;
        }
        drop(counts);
        Pins { pinned: Arc::clone(self), uploads, _shared: shared }
    }
}

/// While this lives, the versions it names keep their files and keys.
pub struct Pins {
    pinned: Arc<Pinned>,
    uploads: Vec<String>,
    /// The same, for what other gateways destroy.
    _shared: Vec<Held>,
}

impl Drop for Pins {
    fn drop(&mut self) {
        let mut counts = self.pinned.0.lock().unwrap_or_else(PoisonError::into_inner);
        for upload in &self.uploads {
            if let Some(count) = counts.get_mut(upload) {
                *count -= 1;
                if *count == 0 {
                    counts.remove(upload);
                }
            }
        }
    }
}
