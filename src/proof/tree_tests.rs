//! The tree against `ct-merkle`'s own, and every proof against every way to spoil it.

use super::tree::{Hash, Tree, extends, includes, leaf_hash};
use ct_merkle::mem_backed_tree::MemoryBackedTree;
use sha2::Sha256;

const SIZES: u64 = 130;

fn leaves() -> Vec<Vec<u8>> {
    (0..SIZES).map(|n| format!("entry {n}").into_bytes()).collect()
}

/// The tree of every size, beside the library's.
fn trees() -> (Tree, Vec<MemoryBackedTree<Sha256, Vec<u8>>>) {
    let (mut ours, mut growing, mut theirs) = (Tree::default(), MemoryBackedTree::new(), Vec::new());
    for leaf in leaves() {
        ours.push(leaf_hash(&leaf));
        growing.push(leaf);
        theirs.push(growing.clone());
    }
    (ours, theirs)
}

#[test]
fn roots_and_proofs_are_those_of_the_library() {
    let (ours, theirs) = trees();
    for (size, tree) in (1..=SIZES).zip(&theirs) {
        assert_eq!(ours.root(size).unwrap().as_slice(), tree.root().as_bytes().as_slice(), "{size}");
        for index in 0..size {
            let path = ours.inclusion(index, size).unwrap().concat();
            assert_eq!(path, tree.prove_inclusion(usize::try_from(index).unwrap()).as_bytes(), "{index} of {size}");
        }
        for old in 1..size {
            let path = ours.consistency(old, size).unwrap().concat();
            let additions = usize::try_from(size - old).unwrap();
            assert_eq!(path, tree.prove_consistency(additions).as_bytes(), "{old} to {size}");
        }
    }
    let nothing = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
    assert_eq!(hex::encode(Tree::default().root(0).unwrap()), nothing);
}

#[test]
fn a_proof_holds_for_its_own_leaf_index_size_and_root_alone() {
    let (tree, _) = trees();
    let leaves = leaves();
    for size in 1..40 {
        let root = tree.root(size).unwrap();
        for index in 0..size {
            let leaf = &leaves[usize::try_from(index).unwrap()];
            let path = tree.inclusion(index, size).unwrap();
            assert!(includes(&root, size, index, leaf, &path));
            assert!(!includes(&root, size, index, b"entry of somebody else", &path));
            assert!(!includes(&leaf_hash(b"root"), size, index, leaf, &path));
            assert!((0..size).filter(|other| *other != index).all(|other| !includes(&root, size, other, leaf, &path)));
            assert!(!includes(&root, size, size, leaf, &path), "beyond the end");
            assert!(spoilt(&path).iter().all(|path| !includes(&root, size, index, leaf, path)));
        }
    }
}

#[test]
fn a_tree_extends_its_own_past_alone() {
    let (tree, _) = trees();
    let mut forked = Tree::default();
    for index in 0..SIZES {
        forked.push(if index == 11 { leaf_hash(b"another past") } else { tree.leaf(index).unwrap() });
    }
    for new in 1..40 {
        let (root, other) = (tree.root(new).unwrap(), forked.root(new).unwrap());
        for old in 0..=new {
            let before = tree.root(old).unwrap();
            let path = if old == 0 || old == new { Vec::new() } else { tree.consistency(old, new).unwrap() };
            assert!(extends((&before, old), (&root, new), &path), "{old} to {new}");
            // Leaf 11 differs: from size 12 on nothing reconciles the two, whichever of their proofs is shown.
            if old > 11 {
                let theirs = forked.consistency(old, new).filter(|_| old < new).unwrap_or_default();
                assert!(!extends((&before, old), (&other, new), &path), "{old} to {new}");
                assert!(!extends((&before, old), (&other, new), &theirs), "{old} to {new}");
            }
            if old > 0 && old < new {
                assert!(!extends((&root, new), (&before, old), &path), "backwards");
                assert!(spoilt(&path).iter().all(|path| !extends((&before, old), (&root, new), path)));
            }
        }
    }
}

/// Proofs like this one, each wrong in one way: every bit of every byte, one hash less, one more, two changed about.
fn spoilt(path: &[Hash]) -> Vec<Vec<Hash>> {
    let mut all = vec![[path, &[[7; 32]]].concat()];
    for at in 0..path.len() {
        let mut without = path.to_vec();
        without.remove(at);
        all.push(without);
        for bit in [0, 7, 100, 255] {
            let mut flipped = path.to_vec();
            flipped[at][bit / 8] ^= 1 << (bit % 8);
            all.push(flipped);
        }
        if at > 0 {
            let mut swapped = path.to_vec();
            swapped.swap(at - 1, at);
            all.push(swapped);
        }
    }
    all
}
