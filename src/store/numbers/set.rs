//! A set of number ids.

#[derive(Clone, Debug, Default)]
pub(in crate::store) struct NumberSet {
    words: Vec<u64>,
    count: usize,
}

impl NumberSet {
    /// With room for ids up to `last`.
    pub(in crate::store) fn up_to(last: usize) -> Self {
        Self { words: vec![0; last / 64 + 1], count: 0 }
    }

    pub(in crate::store) fn insert(&mut self, id: i64) {
        let Ok(bit) = usize::try_from(id) else { return };
        if bit / 64 >= self.words.len() {
            self.words.resize(bit / 64 + 1, 0);
        }
        if let Some(word) = self.words.get_mut(bit / 64) {
            self.count += usize::from(*word & 1 << (bit % 64) == 0);
            *word |= 1 << (bit % 64);
        }
    }

    pub(in crate::store) fn contains(&self, id: i64) -> bool {
        usize::try_from(id).is_ok_and(|bit| self.words.get(bit / 64).is_some_and(|word| word & 1 << (bit % 64) != 0))
    }

    pub(in crate::store) const fn len(&self) -> usize {
        self.count
    }

    pub(in crate::store) const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Whether most numbers there are belong to it.
    pub(in crate::store) const fn is_dense(&self) -> bool {
        self.count > self.words.len() * 32
    }

    /// Ascending.
    pub(in crate::store) fn iter(&self) -> impl Iterator<Item = i64> {
        self.words.iter().enumerate().flat_map(|(place, word)| {
            let mut left = *word;
            std::iter::from_fn(move || {
                let bit = (left != 0).then(|| left.trailing_zeros())?;
                left &= left - 1;
                Some((place * 64) as i64 + i64::from(bit))
            })
        })
    }

    pub(in crate::store) fn union(mut self, other: &Self) -> Self {
        if other.words.len() > self.words.len() {
            self.words.resize(other.words.len(), 0);
        }
        for (word, more) in self.words.iter_mut().zip(&other.words) {
            *word |= more;
        }
        self.count = self.words.iter().map(|word| word.count_ones() as usize).sum();
        self
    }
}

impl FromIterator<i64> for NumberSet {
    fn from_iter<T: IntoIterator<Item = i64>>(ids: T) -> Self {
        let mut set = Self::default();
        ids.into_iter().for_each(|id| set.insert(id));
        set
    }
}
