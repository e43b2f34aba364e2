//! Dictionaries of lists of ids: who took part in a call, in the order in which they did. A year of calls makes a hundred
//! thousand of them, so they lie one behind the other, and are looked up by SQL when new ones are made.

use std::{collections::HashMap, sync::Arc};

use rusqlite::{Connection, OptionalExtension};

use crate::store::error::Sql;

/// Sets met by the writer lately; then all are forgotten.
const MET: usize = 100_000;

/// Lists of ids, those of set n from `starts[n-1]` to `starts[n]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::store) struct SetTable {
    pub(in crate::store) starts: Vec<u32>,
    pub(in crate::store) members: Vec<u32>,
}

impl Default for SetTable {
    fn default() -> Self {
        Self { starts: vec![0], members: Vec::new() }
    }
}

impl SetTable {
    pub(in crate::store) fn len(&self) -> usize {
        self.starts.len() - 1
    }

    fn push(&mut self, members: impl Iterator<Item = u32>) {
        self.members.extend(members);
        self.starts.push(self.members.len() as u32);
    }
}

/// A table of `(id, name)` whose names are such as `3,17`. Id 0 is the empty list. Cheap to clone.
#[derive(Clone)]
pub(in crate::store) struct Sets {
    name: &'static str,
    table: Arc<SetTable>,
    /// Of the writer only.
    met: HashMap<Vec<i64>, i64>,
}

impl Sets {
    pub(super) fn new(name: &'static str) -> Self {
        Self { name, table: Arc::default(), met: HashMap::new() }
    }

    pub(in crate::store) fn table(&self) -> &SetTable {
        &self.table
    }

    pub(super) fn adopt(&mut self, table: SetTable) {
        if table.len() > self.table.len() {
            self.table = Arc::new(table);
        }
    }

    /// The ids of a set.
    pub(in crate::store) fn slice(&self, id: i64) -> &[u32] {
        let Some(place) = usize::try_from(id).ok().and_then(|id| id.checked_sub(1)) else { return &[] };
        let ends = self.table.starts.get(place).zip(self.table.starts.get(place + 1));
        ends.and_then(|(start, end)| self.table.members.get(*start as usize..*end as usize)).unwrap_or(&[])
    }

    pub(in crate::store) fn members(&self, id: i64) -> Vec<i64> {
        self.slice(id).iter().copied().map(i64::from).collect()
    }

    /// Ids of the sets with a member that passes, ascending.
    pub(in crate::store) fn with_any(&self, test: impl Fn(i64) -> bool) -> Vec<i64> {
        let most = self.table.members.iter().copied().max().unwrap_or(0);
        let passes: Vec<bool> = (0..=most).map(|member| test(i64::from(member))).collect();
        let has = |ends: &[u32]| {
            let members = self.table.members.get(ends[0] as usize..ends[1] as usize).unwrap_or(&[]);
            members.iter().any(|member| passes[*member as usize])
        };
        (1..).zip(self.table.starts.windows(2)).filter(|(_, ends)| has(ends)).map(|(id, _)| id).collect()
    }

    pub(super) fn refresh(&mut self, conn: &Connection) -> Sql<()> {
        let mut statement = conn.prepare_cached(&format!("SELECT name FROM {} WHERE id>?1 ORDER BY id", self.name))?;
        let mut rows = statement.query([self.table.len() as i64])?;
        while let Some(row) = rows.next()? {
            let name = row.get_ref(0)?.as_str().unwrap_or_default();
            Arc::make_mut(&mut self.table).push(name.split(',').filter_map(|part| part.parse().ok()));
        }
        Ok(())
    }

    /// The id of a set, made if it is new. In a write transaction only, on an up-to-date dictionary.
    pub(in crate::store) fn intern(&mut self, conn: &Connection, members: &[i64]) -> Sql<i64> {
        if members.is_empty() {
            return Ok(0);
        }
        if let Some(id) = self.met.get(members) {
            return Ok(*id);
        }
        let name = members.iter().map(i64::to_string).collect::<Vec<_>>().join(",");
        let known: Option<i64> = conn
            .prepare_cached(&format!("SELECT id FROM {} WHERE name=?1", self.name))?
            .query_row([&name], |row| row.get(0))
            .optional()?;
        let id = match known {
            Some(id) => id,
            None => {
                let id = self.table.len() as i64 + 1;
                conn.prepare_cached(&format!("INSERT INTO {}(id, name) VALUES(?1, ?2)", self.name))?
                    .execute(rusqlite::params![id, name])?;
                let members = members.iter().map(|member| u32::try_from(*member).unwrap_or(0));
                Arc::make_mut(&mut self.table).push(members);
                id
            }
        };
        if self.met.len() >= MET {
            self.met.clear();
        }
        self.met.insert(members.to_vec(), id);
        Ok(id)
    }
}
