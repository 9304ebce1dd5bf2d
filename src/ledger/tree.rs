//! The Merkle tree of RFC 6962 over the entries' texts, kept as its right edge: the roots of the complete subtrees,
//! largest first. Appending and taking the root cost the logarithm of the size, in time and in memory.

use sha2::block_api::compress256;
use sha2::{Digest, Sha256};

/// SHA-256.
pub type Hash = [u8; 32];

// Attack: an entry whose text is two hashes, passed off as an inner node. Leaves and nodes begin differently.
const LEAF: [u8; 1] = [0];
const NODE: [u8; 1] = [1];

/// The hash of an entry's text.
#[must_use]
pub fn leaf(text: &[u8]) -> Hash {
    Sha256::new().chain_update(LEAF).chain_update(text).finalize().into()
}

/// SHA-256 begins so.
const START: [u32; 8] =
    [0x6a09_e667, 0xbb67_ae85, 0x3c6e_f372, 0xa54f_f53a, 0x510e_527f, 0x9b05_688c, 0x1f83_d9ab, 0x5be0_cd19];

/// SHA-256 of the 65 bytes of an inner node, as its two blocks: a verifier makes ten of them for each entry, and laying
/// out the end of the text anew each time cost a third of it.
fn node(left: &Hash, right: &Hash) -> Hash {
    let mut blocks = [[0; 64]; 2];
    let [first, second] = &mut blocks;
    first[0] = NODE[0];
    first[1..33].copy_from_slice(left);
    first[33..].copy_from_slice(&right[..31]);
    second[0] = right[31];
    // The end of the text, and its length in bits.
    second[1] = 0x80;
    second[62..].copy_from_slice(&(65u16 * 8).to_be_bytes());
    let mut state = START;
    compress256(&mut state, &blocks);
    let mut hash = [0; 32];
    for (four, word) in hash.chunks_exact_mut(4).zip(state) {
        four.copy_from_slice(&word.to_be_bytes());
    }
    hash
}

/// A tree's right edge.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tree {
    size: u64,
    peaks: Vec<Hash>,
}

impl Tree {
    /// A tree from its stored right edge; `None` when that cannot be one of this size.
    #[must_use]
    pub fn from_edge(size: u64, edge: &[u8]) -> Option<Self> {
        let (peaks, rest) = edge.as_chunks::<32>();
        let fits = rest.is_empty() && peaks.len() == size.count_ones() as usize;
        fits.then(|| Self { size, peaks: peaks.to_vec() })
    }

    /// Its right edge, to be stored.
    #[must_use]
    pub fn edge(&self) -> Vec<u8> {
        self.peaks.concat()
    }

    /// How many leaves it has.
    #[must_use]
    pub fn size(&self) -> u64 {
        self.size
    }

    /// Adds a leaf.
    pub fn push(&mut self, leaf: Hash) {
        let mut new = leaf;
        // Every trailing one bit of the size is a complete subtree that the new one joins.
        for _ in 0..self.size.trailing_ones() {
            if let Some(left) = self.peaks.pop() {
                new = node(&left, &new);
            }
        }
        self.peaks.push(new);
        self.size += 1;
    }

    /// The root: SHA-256 of nothing for an empty tree.
    #[must_use]
    pub fn root(&self) -> Hash {
        let smallest_first = self.peaks.iter().rev().copied();
        smallest_first.reduce(|right, left| node(&left, &right)).unwrap_or_else(|| Sha256::digest([]).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ct_merkle::mem_backed_tree::MemoryBackedTree;

    fn texts(count: usize) -> Vec<Vec<u8>> {
        (0..count).map(|n| format!("entry {n}").into_bytes()).collect()
    }

    #[test]
    fn roots_and_leaves_are_those_of_another_implementation() {
        let mut ours = Tree::default();
        let mut theirs = MemoryBackedTree::<Sha256, Vec<u8>>::new();
        assert_eq!(ours.root()[..], Sha256::digest([])[..]);
        for text in texts(1100) {
            ours.push(leaf(&text));
            theirs.push(text);
            assert_eq!(ours.root()[..], theirs.root().as_bytes()[..], "size {}", ours.size());
        }
    }

    #[test]
    fn the_published_leaf_and_node_prefixes_are_used() {
        // RFC 6962: MTH({}) and MTH({""}).
        assert_eq!(hex(&Tree::default().root()), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
        assert_eq!(hex(&leaf(b"")), "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d");
    }

    #[test]
    fn the_edge_comes_back() {
        let mut tree = Tree::default();
        for text in texts(77) {
            tree.push(leaf(&text));
            assert_eq!(Tree::from_edge(tree.size(), &tree.edge()), Some(tree.clone()));
        }
        assert_eq!(Tree::from_edge(78, &tree.edge()[..32 * 3]), None);
        assert_eq!(Tree::from_edge(77, &tree.edge()[1..]), None);
    }

    fn hex(hash: &Hash) -> String {
        crate::digest::hex(hash)
    }
}
