//! A set of nodes, one bit each.

use super::Error;

/// Some of the nodes of a graph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NodeSet {
    bits: Vec<u64>,
    nodes: u32,
    len: u32,
}

impl NodeSet {
    /// None of so many nodes.
    #[must_use]
    pub fn none(nodes: u32) -> Self {
        Self { bits: vec![0; (nodes as usize).div_ceil(64)], nodes, len: 0 }
    }

    /// These of so many nodes, in any order.
    ///
    /// # Errors
    /// [`Error::NoSuchNode`].
    pub fn of(nodes: u32, members: impl IntoIterator<Item = u32>) -> Result<Self, Error> {
        let mut set = Self::none(nodes);
        for (at, node) in members.into_iter().enumerate() {
            if node >= nodes {
                return Err(Error::NoSuchNode { what: format!("member {at}"), node, nodes });
            }
            set.insert(node);
        }
        Ok(set)
    }

    /// Adds a node, and says whether it is new.
    ///
    /// # Panics
    /// Where there is no such node.
    pub fn insert(&mut self, node: u32) -> bool {
        assert!(node < self.nodes, "node {node} of {}", self.nodes);
        let (word, bit) = (node as usize / 64, 1 << (node % 64));
        let is_new = self.bits[word] & bit == 0;
        self.bits[word] |= bit;
        self.len += u32::from(is_new);
        is_new
    }

    /// Takes a node out, and says whether it was there.
    ///
    /// # Panics
    /// Where there is no such node.
    pub fn remove(&mut self, node: u32) -> bool {
        assert!(node < self.nodes, "node {node} of {}", self.nodes);
        let (word, bit) = (node as usize / 64, 1 << (node % 64));
        let was_there = self.bits[word] & bit != 0;
        self.bits[word] &= !bit;
        self.len -= u32::from(was_there);
        was_there
    }

    /// Whether a node is in it.
    #[must_use]
    pub fn has(&self, node: u32) -> bool {
        self.bits.get(node as usize / 64).is_some_and(|word| word & (1 << (node % 64)) != 0)
    }

    /// How many are in it.
    #[must_use]
    pub fn len(&self) -> u32 {
        self.len
    }

    /// Whether none is in it.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// How many nodes there are to be in it or not.
    #[must_use]
    pub fn nodes(&self) -> u32 {
        self.nodes
    }

    /// Those in it, ascending.
    pub fn iter(&self) -> impl Iterator<Item = u32> {
        self.bits.iter().zip(0u32..).flat_map(|(word, at)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = left.checked_ilog2().map(|_| left.trailing_zeros())?;
                left &= left - 1;
                Some(at * 64 + bit)
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn holds_each_node_once() {
        let mut set = NodeSet::of(130, [129, 0, 63, 64, 0]).unwrap();
        assert_eq!(set.iter().collect::<Vec<_>>(), [0, 63, 64, 129]);
        assert!(!set.insert(64) && set.insert(65) && set.remove(0) && !set.remove(0));
        assert_eq!(set.iter().collect::<Vec<_>>(), [63, 64, 65, 129]);
        assert_eq!((set.len(), set.nodes(), set.is_empty()), (4, 130, false));
        assert!(set.has(129) && !set.has(128) && !set.has(4_000));
        assert!(NodeSet::none(0).is_empty());
    }

    #[test]
    fn a_member_out_of_range_is_named() {
        let wanted = Error::NoSuchNode { what: "member 1".into(), node: 64, nodes: 64 };
        assert_eq!(NodeSet::of(64, [63, 64]), Err(wanted));
    }
}
