//! Many ids in little memory.

/// Ids in their order, one text behind the other: some thirty bytes each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Ids {
    text: String,
    ends: Vec<usize>,
}

impl Ids {
    pub fn push(&mut self, id: &str) {
        self.text.push_str(id);
        self.ends.push(self.text.len());
    }

    pub const fn len(&self) -> usize {
        self.ends.len()
    }

    /// Bytes it takes.
    #[cfg(test)]
    pub const fn bytes(&self) -> usize {
        self.text.len() + self.ends.len() * size_of::<usize>()
    }

    pub fn get(&self, at: usize) -> Option<&str> {
        let begin = at.checked_sub(1).map_or(Some(0), |before| self.ends.get(before).copied())?;
        self.text.get(begin..*self.ends.get(at)?)
    }

    pub fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).filter_map(|at| self.get(at))
    }
}

impl<'a> FromIterator<&'a str> for Ids {
    fn from_iter<T: IntoIterator<Item = &'a str>>(ids: T) -> Self {
        let mut made = Self::default();
        ids.into_iter().for_each(|id| made.push(id));
        made
    }
}

#[cfg(test)]
mod tests {
    use super::Ids;

    #[test]
    fn ids_come_back_in_their_order() {
        let ids: Ids = ["01A", "", "01BB"].into_iter().collect();
        assert_eq!(ids.iter().collect::<Vec<_>>(), ["01A", "", "01BB"]);
        assert_eq!((ids.len(), ids.get(3)), (3, None));
    }
}
