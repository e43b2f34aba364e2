//! Who works in the made-up company: seats in groups, projects, queues.

use super::{
    chance::{Purpose, percent, stream},
    names,
};
use crate::domain::directory::{Extension, Named};

/// Departments, in the order in which extensions are given out from 101.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Reception = 0,
    Sales = 1,
    Support = 2,
    Accounts = 3,
    Logistics = 4,
    Management = 5,
}

impl Group {
    pub const ALL: [Self; 6] = [Self::Reception, Self::Sales, Self::Support, Self::Accounts, Self::Logistics, Self::Management];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Reception => "reception",
            Self::Sales => "sales",
            Self::Support => "support",
            Self::Accounts => "accounts",
            Self::Logistics => "logistics",
            Self::Management => "management",
        }
    }

    const fn remark(self) -> &'static str {
        match self {
            Self::Reception => "front desk, answers what leaves the menu without a key",
            Self::Sales => "offers and orders; answers the queue sales",
            Self::Support => "help and complaints; answers the queue support",
            Self::Accounts => "invoices and payments",
            Self::Logistics => "warehouse and transport",
            Self::Management => "board and heads of departments",
        }
    }

    /// Seats in a hundred.
    const fn share(self) -> usize {
        match self {
            Self::Reception => 6,
            Self::Sales => 34,
            Self::Support => 30,
            Self::Accounts => 10,
            Self::Logistics => 12,
            Self::Management => 8,
        }
    }

    /// What its calls are about; one each in a small company, several in a large one.
    const fn projects(self) -> &'static [&'static str] {
        match self {
            Self::Reception => &["office"],
            Self::Sales => &["sales", "wholesale", "slovakia", "export"],
            Self::Support => &["support", "warranty", "spare-parts"],
            Self::Accounts => &["accounts", "leasing"],
            Self::Logistics => &["deliveries"],
            Self::Management => &["board"],
        }
    }
}

/// Queues, each answered by one group.
pub const QUEUES: [(&str, Group); 2] = [("sales", Group::Sales), ("support", Group::Support)];

/// One phone and who sits at it.
#[derive(Clone, Debug)]
pub struct Seat {
    pub extension: String,
    pub group: Group,
    pub agent: Option<String>,
    pub label: String,
    pub projects: Vec<&'static str>,
    /// Loudness, pitch and pace of the voice hang on this number.
    pub voice: u64,
}

/// Everybody.
#[derive(Clone, Debug)]
pub struct Staff {
    pub seats: Vec<Seat>,
    /// Seats of each group, first and one past the last.
    blocks: [(usize, usize); 6],
}

impl Staff {
    /// How many seats a company with so many calls has.
    pub fn seats_for(calls: u64) -> usize {
        usize::try_from(calls / 200).unwrap_or(300).clamp(25, 300)
    }

    pub fn new(seed: u64, seats: usize) -> Self {
        let mut staff = Self { seats: Vec::with_capacity(seats), blocks: [(0, 0); 6] };
        for group in Group::ALL {
            let first = staff.seats.len();
            let last = if group == Group::Management { seats } else { first + (seats * group.share() / 100).max(2) };
            for index in first..last {
                staff.seats.push(seat(seed, group, index, index - first, seats));
            }
            staff.blocks[group as usize] = (first, staff.seats.len());
        }
        staff
    }

    /// First seat of a group and one past its last.
    pub const fn block(&self, group: Group) -> (usize, usize) {
        self.blocks[group as usize]
    }

    pub fn extensions(&self) -> Vec<Extension> {
        let extension = |seat: &Seat| Extension {
            number: seat.extension.clone(),
            label: Some(seat.label.clone()),
            agent: seat.agent.clone(),
            group: Some(seat.group.name().to_owned()),
            projects: seat.projects.iter().map(|project| (*project).to_owned()).collect(),
            since: None,
        };
        self.seats.iter().map(extension).collect()
    }

    pub fn groups() -> Vec<Named> {
        let named = |group: Group| Named { name: group.name().to_owned(), remark: Some(group.remark().to_owned()) };
        Group::ALL.into_iter().map(named).collect()
    }

    /// Those that some seat belongs to.
    pub fn projects(&self) -> Vec<Named> {
        let mut names: Vec<&str> = self.seats.iter().flat_map(|seat| seat.projects.iter().copied()).collect();
        names.sort_unstable();
        names.dedup();
        names.into_iter().map(|name| Named { name: name.to_owned(), remark: None }).collect()
    }
}

fn seat(seed: u64, group: Group, index: usize, place: usize, seats: usize) -> Seat {
    let mut rng = stream(seed, Purpose::Staff, index as u64);
    let extension = (101 + index).to_string();
    let shared = group == Group::Logistics && place % 4 == 1;
    let agent = (!shared).then(|| names::colleague(&mut rng));
    let label = match &agent {
        Some(agent) => agent.split(' ').next().unwrap_or_default().to_owned(),
        None => format!("Gate {}", place / 4 + 1),
    };
    let all = group.projects();
    let known = if seats < 60 { &all[..1] } else { all };
    let mut projects = vec![known[place % known.len()]];
    if known.len() > 1 && percent(&mut rng, 15.0) {
        let second = known[(place + 1) % known.len()];
        projects.push(second);
    }
    projects.sort_unstable();
    Seat { extension, group, agent, label, projects, voice: rng.u64(..) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn extensions_begin_at_101_and_every_group_has_seats() {
        for seats in [25, 60, 300] {
            let staff = Staff::new(7, seats);
            assert_eq!(staff.seats.len(), seats);
            assert_eq!(staff.seats[0].extension, "101");
            for group in Group::ALL {
                let (first, end) = staff.block(group);
                assert!(end >= first + 2, "{group:?} of {seats}");
                assert!(staff.seats[first..end].iter().all(|seat| seat.group == group));
            }
        }
    }

    #[test]
    fn a_large_company_has_twelve_projects() {
        assert_eq!(Staff::new(1, 300).projects().len(), 12);
        assert_eq!(Staff::new(1, 25).projects().len(), 6);
    }
}
