//! Policies that were read lately. A folder's name is a hash of its bytes, so what has the same name says the same, and reading, checking and
//! compiling it once is enough.

use super::{Files, VersionsError, origin};
use crate::policy::{folder, policies::Policies};
use quick_cache::{Weighter, sync::Cache};
use std::sync::Arc;

/// How much text the folders on the shelf may have together, in bytes: some hundred folders of a small co-operative.
const BYTES_MAX: u64 = 4 << 20;

/// How many folders are expected.
const FOLDERS: usize = 32;

#[derive(Clone)]
struct Put {
    policies: Arc<Policies>,
    /// Bytes of its files.
    bytes: u64,
}

#[derive(Clone)]
struct Bytes;

impl Weighter<String, Put> for Bytes {
    fn weight(&self, _: &String, put: &Put) -> u64 {
        // What weighs nothing would stay for good.
        put.bytes.max(1)
    }
}

/// The policies of folders that were asked for lately.
#[derive(Clone)]
pub(super) struct Shelf(Arc<Cache<String, Put, Bytes>>);

impl Shelf {
    pub(super) fn new() -> Self {
        Self(Arc::new(Cache::with_weighter(FOLDERS, BYTES_MAX, Bytes)))
    }

    /// The policies of a folder. Who asks for one that is being read waits for it.
    ///
    /// # Errors
    /// Every mistake of the folder, which are looked for anew each time.
    pub(super) async fn read(&self, files: &Files) -> Result<Arc<Policies>, VersionsError> {
        let reading = async {
            let bytes = files.iter().map(|(name, bytes)| (name.len() + bytes.len()) as u64).sum();
            let files = files.clone();
            // Off the async threads: a large folder takes a second.
            let policies = tokio::task::spawn_blocking(move || Policies::from_files(origin(), files)).await??;
            Ok::<_, VersionsError>(Put { policies: Arc::new(policies), bytes })
        };
        Ok(self.0.get_or_insert_async(&folder::version(files), reading).await?.policies)
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, reason = "tests")]
    use super::*;
    use std::path::Path;

    fn pilot() -> Files {
        Policies::read_files(&Path::new(env!("CARGO_MANIFEST_DIR")).join("policies")).unwrap()
    }

    /// The pilot's folder with a comment more: other bytes, the same rules.
    fn noted(note: &str) -> Files {
        let mut files = pilot();
        files.get_mut("purposes.toml").unwrap().extend(format!("\n# {note}\n").bytes());
        files
    }

    #[tokio::test]
    async fn the_same_bytes_are_read_once_and_others_anew() {
        let shelf = Shelf::new();
        let first = shelf.read(&pilot()).await.unwrap();
        assert!(Arc::ptr_eq(&first, &shelf.read(&pilot()).await.unwrap()));
        let other = shelf.read(&noted("février")).await.unwrap();
        assert_ne!(other.version(), first.version());
        let anew = Policies::from_files(origin(), noted("février")).unwrap();
        assert_eq!((other.version(), other.room()), (anew.version(), anew.room()));
    }

    #[tokio::test]
    async fn mistakes_are_told_each_time_and_nothing_of_them_stays() {
        let (shelf, mut files) = (Shelf::new(), pilot());
        files.insert("faute.cedar".to_owned(), b"permit (principal, action".to_vec());
        for _ in 0..2 {
            assert!(matches!(shelf.read(&files).await, Err(VersionsError::Mistakes(_))));
        }
        assert_eq!(shelf.0.len(), 0);
    }

    #[tokio::test]
    async fn what_is_on_the_shelf_is_bounded() {
        let shelf = Shelf::new();
        let heavy = "x".repeat(900_000);
        for number in 0..8 {
            shelf.read(&noted(&format!("{number} {heavy}"))).await.unwrap();
        }
        assert!(shelf.0.weight() <= BYTES_MAX && shelf.0.len() < 5, "{} bytes", shelf.0.weight());
        // One that is put away is read again.
        assert!(shelf.read(&noted(&format!("0 {heavy}"))).await.is_ok());
    }
}
