//! How many lines there are, and from where.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
};

/// Counts lines.
#[derive(Clone)]
pub(super) struct Lines {
    counted: Arc<Mutex<Counted>>,
    most: usize,
    per_address: usize,
}

#[derive(Default)]
struct Counted {
    all: usize,
    by_address: HashMap<IpAddr, usize>,
}

/// A line that counts until it is dropped.
pub(super) struct Line {
    lines: Lines,
    address: Option<IpAddr>,
}

/// Why there is no room.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Full {
    Server,
    Address,
}

impl Full {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Server => "server-full",
            Self::Address => "address-full",
        }
    }
}

impl Lines {
    pub(super) fn new(most: usize, per_address: usize) -> Self {
        Self { counted: Arc::default(), most, per_address }
    }

    /// One more line; none from an address is counted on loopback and on sockets.
    pub(super) fn take(&self, address: Option<IpAddr>) -> Result<Line, Full> {
        let address = address.map(|address| address.to_canonical()).filter(|address| !address.is_loopback());
        let mut counted = self.counted.lock().unwrap_or_else(PoisonError::into_inner);
        if counted.all >= self.most {
            return Err(Full::Server);
        }
        if let Some(address) = address {
            let own = counted.by_address.entry(address).or_default();
            if *own >= self.per_address {
                return Err(Full::Address);
            }
            *own += 1;
        }
        counted.all += 1;
        Ok(Line { lines: self.clone(), address })
    }

    pub(super) fn count(&self) -> usize {
        self.counted.lock().unwrap_or_else(PoisonError::into_inner).all
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        let mut counted = self.lines.counted.lock().unwrap_or_else(PoisonError::into_inner);
        counted.all = counted.all.saturating_sub(1);
        if let Some(address) = self.address
            && let Some(own) = counted.by_address.get_mut(&address)
        {
            *own -= 1;
            if *own == 0 {
                counted.by_address.remove(&address);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_all_and_lines_come_free_again() {
        let lines = Lines::new(5, 2);
        let at = |text: &str| Some(text.parse().expect("address"));
        let held = [lines.take(at("10.0.0.1")).ok(), lines.take(at("::ffff:10.0.0.1")).ok()];
        assert_eq!(lines.take(at("10.0.0.1")).err(), Some(Full::Address));
        let near: Vec<_> = (0..3).map(|_| lines.take(at("127.0.0.1")).expect("not counted by address")).collect();
        assert_eq!((lines.take(at("10.0.0.2")).err(), lines.count()), (Some(Full::Server), 5));
        drop((held, near));
        assert_eq!(lines.count(), 0);
        assert!(lines.counted.lock().expect("lock").by_address.is_empty());
    }
}
