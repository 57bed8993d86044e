//! The Merkle tree of RFC 6962, section 2.1, at every size it ever had.
//!
//! Roots and proofs are made here, from the hashes of complete subtrees, because a log is asked about sizes it has outgrown; proofs
//! are checked by `ct-merkle`, which knows nothing of this code.

use ct_merkle::{ConsistencyProof, InclusionProof, RootHash};
use sha2::{Digest, Sha256};

/// A SHA-256 hash.
pub type Hash = [u8; 32];

/// The hash of a leaf: SHA-256 of a zero byte and the leaf's bytes.
pub fn leaf_hash(leaf: &[u8]) -> Hash {
    Sha256::new().chain_update([0]).chain_update(leaf).finalize().into()
}

fn node_hash(left: &Hash, right: &Hash) -> Hash {
    Sha256::new().chain_update([1]).chain_update(left).chain_update(right).finalize().into()
}

/// A tree that only grows. Holds 64 bytes a leaf.
#[derive(Debug, Clone, Default)]
pub struct Tree {
    /// At height h, the hashes of the complete subtrees of 2^h leaves, from the left.
    levels: Vec<Vec<Hash>>,
}

impl Tree {
    /// How many leaves it has.
    pub fn len(&self) -> u64 {
        self.levels.first().map_or(0, |leaves| leaves.len() as u64)
    }

    /// Whether it has no leaf.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Appends a leaf by its hash.
    pub fn push(&mut self, leaf: Hash) {
        let mut hash = leaf;
        for height in 0.. {
            if self.levels.len() == height {
                self.levels.push(Vec::new());
            }
            let Some(level) = self.levels.get_mut(height) else { return };
            level.push(hash);
            match level.as_slice() {
                // The last two are a pair once their number is even: their parent is complete.
                [.., left, right] if level.len().is_multiple_of(2) => hash = node_hash(left, right),
                _ => return,
            }
        }
    }

    /// The hash of one leaf.
    pub fn leaf(&self, index: u64) -> Option<Hash> {
        self.levels.first()?.get(usize::try_from(index).ok()?).copied()
    }

    /// The root of the first `size` leaves; `None` if there are fewer. The root of none is the hash of nothing.
    pub fn root(&self, size: u64) -> Option<Hash> {
        if size == 0 { Some(Sha256::digest([]).into()) } else { self.hash(0, size) }
    }

    /// The path from a leaf to the root of the first `size` leaves: `PATH(m, D[n])` of RFC 6962.
    pub fn inclusion(&self, index: u64, size: u64) -> Option<Vec<Hash>> {
        if index >= size || size > self.len() {
            return None;
        }
        let (mut path, mut start, mut end) = (Vec::new(), 0, size);
        while end - start > 1 {
            let middle = start + split(end - start);
            if index < middle {
                path.push(self.hash(middle, end)?);
                end = middle;
            } else {
                path.push(self.hash(start, middle)?);
                start = middle;
            }
        }
        path.reverse();
        Some(path)
    }

    /// What shows that the first `old` leaves are a prefix of the first `new`: `PROOF(m, D[n])` of RFC 6962.
    pub fn consistency(&self, old: u64, new: u64) -> Option<Vec<Hash>> {
        if old == 0 || old > new || new > self.len() {
            return None;
        }
        let (mut path, mut start, mut end) = (Vec::new(), 0, new);
        // Down to the subtree that ends where the old tree ended.
        while end != old {
            let middle = start + split(end - start);
            if old <= middle {
                path.push(self.hash(middle, end)?);
                end = middle;
            } else {
                path.push(self.hash(start, middle)?);
                start = middle;
            }
        }
        // The old root itself needs no telling: whoever checks has it.
        if start > 0 {
            path.push(self.hash(start, end)?);
        }
        path.reverse();
        Some(path)
    }

    /// The root of the leaves from `start` to before `end`, which begin where a subtree begins.
    fn hash(&self, start: u64, end: u64) -> Option<Hash> {
        let count = end.checked_sub(start)?;
        if count.is_power_of_two() {
            let height = count.trailing_zeros();
            return self.levels.get(height as usize)?.get(usize::try_from(start >> height).ok()?).copied();
        }
        let middle = start + split(count);
        Some(node_hash(&self.hash(start, middle)?, &self.hash(middle, end)?))
    }
}

/// The largest power of two that is smaller than a count of two or more.
fn split(count: u64) -> u64 {
    1 << (u64::BITS - 1 - (count - 1).leading_zeros())
}

/// Whether the leaf is at this index of the tree with this root and size.
pub fn includes(root: &Hash, size: u64, index: u64, leaf: &[u8], path: &[Hash]) -> bool {
    let proof = InclusionProof::<Sha256>::try_from_bytes(path.concat());
    // The library counts a path by its length; a size beyond what it can index is nobody's log.
    size <= u64::MAX / 2
        && proof.is_ok_and(|proof| {
            RootHash::<Sha256>::new((*root).into(), size).verify_inclusion(&leaf, index, &proof).is_ok()
        })
}

/// Whether the old tree is a prefix of the new one. The empty tree is one of every tree.
pub fn extends(old: (&Hash, u64), new: (&Hash, u64), path: &[Hash]) -> bool {
    match (old.1, new.1) {
        (0, _) => path.is_empty(),
        (old_size, new_size) if old_size == new_size => path.is_empty() && old.0 == new.0,
        (_, new_size) if new_size > u64::MAX / 2 => false,
        _ => ConsistencyProof::<Sha256>::try_from_bytes(path.concat()).is_ok_and(|proof| {
            let old = RootHash::<Sha256>::new((*old.0).into(), old.1);
            RootHash::<Sha256>::new((*new.0).into(), new.1).verify_consistency(&old, &proof).is_ok()
        }),
    }
}
