//! Dictionaries: names as numbers, held in memory for all connections. Ids are contiguous from 1, never reused, names never
//! changed, so that what another program added is found by reading on from the last id.

mod sets;

use std::{collections::HashMap, sync::Arc};

use rusqlite::Connection;

pub(super) use sets::{SetTable, Sets};

use super::error::Sql;

/// One table of `(id, name)`. Cheap to clone.
#[derive(Clone)]
pub(super) struct Dictionary {
    table: &'static str,
    known: Arc<Known>,
}

#[derive(Clone, Default)]
struct Known {
    ids: HashMap<Arc<str>, i64>,
    names: Vec<Arc<str>>,
}

impl Dictionary {
    fn new(table: &'static str) -> Self {
        Self { table, known: Arc::default() }
    }

    fn len(&self) -> usize {
        self.known.names.len()
    }

    pub(super) fn name(&self, id: i64) -> Option<&Arc<str>> {
        self.known.names.get(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    pub(super) fn text(&self, id: i64) -> Option<String> {
        self.name(id).map(|name| name.to_string())
    }

    pub(super) fn id(&self, name: &str) -> Option<i64> {
        self.known.ids.get(name).copied()
    }

    /// All, in the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &Arc<str>)> {
        (1..).zip(&self.known.names)
    }

    /// Ids of the names that pass.
    pub(super) fn matching(&self, test: impl Fn(&str) -> bool) -> Vec<i64> {
        self.iter().filter(|(_, name)| test(name)).map(|(id, _)| id).collect()
    }

    fn refresh(&mut self, conn: &Connection) -> Sql<()> {
        let mut statement = conn.prepare_cached(&format!("SELECT name FROM {} WHERE id>?1 ORDER BY id", self.table))?;
        let mut rows = statement.query([self.len() as i64])?;
        while let Some(row) = rows.next()? {
            self.push(Arc::from(row.get_ref(0)?.as_str().unwrap_or_default()));
        }
        Ok(())
    }

    fn push(&mut self, name: Arc<str>) -> i64 {
        let known = Arc::make_mut(&mut self.known);
        known.names.push(Arc::clone(&name));
        let id = known.names.len() as i64;
        known.ids.insert(name, id);
        id
    }

    /// The id of a name, made if it is new. In a write transaction only, on an up-to-date dictionary.
    pub(super) fn intern(&mut self, conn: &Connection, name: &str) -> Sql<i64> {
        if let Some(id) = self.id(name) {
            return Ok(id);
        }
        let id = self.len() as i64 + 1;
        conn.prepare_cached(&format!("INSERT INTO {}(id, name) VALUES(?1, ?2)", self.table))?
            .execute(rusqlite::params![id, name])?;
        Ok(self.push(Arc::from(name)))
    }
}

/// All dictionaries but that of numbers. Cheap to clone.
#[derive(Clone)]
pub(super) struct Names {
    pub(super) extension: Dictionary,
    pub(super) agent: Dictionary,
    pub(super) group: Dictionary,
    pub(super) project: Dictionary,
    pub(super) queue: Dictionary,
    pub(super) place: Dictionary,
    pub(super) format: Dictionary,
    pub(super) currency: Dictionary,
    pub(super) tag: Dictionary,
    pub(super) case: Dictionary,
    pub(super) extset: Sets,
    pub(super) agentset: Sets,
    pub(super) groupset: Sets,
    pub(super) projset: Sets,
}

impl Names {
    pub(super) fn new() -> Self {
        Self {
            extension: Dictionary::new("extension"),
            agent: Dictionary::new("agent"),
            group: Dictionary::new("grp"),
            project: Dictionary::new("project"),
            queue: Dictionary::new("queue"),
            place: Dictionary::new("place"),
            format: Dictionary::new("format"),
            currency: Dictionary::new("currency"),
            tag: Dictionary::new("tag"),
            case: Dictionary::new("case_number"),
            extset: Sets::new("extset"),
            agentset: Sets::new("agentset"),
            groupset: Sets::new("grpset"),
            projset: Sets::new("projset"),
        }
    }

    /// The four kinds of sets, in the order in which files keep them.
    pub(super) const fn sets(&self) -> [&Sets; 4] {
        [&self.extset, &self.agentset, &self.groupset, &self.projset]
    }

    /// Takes sets over that a file kept, instead of reading them one by one.
    pub(super) fn adopt(&mut self, sets: [SetTable; 4]) {
        let [extset, agentset, groupset, projset] = sets;
        self.extset.adopt(extset);
        self.agentset.adopt(agentset);
        self.groupset.adopt(groupset);
        self.projset.adopt(projset);
    }

    /// Reads what was added since.
    pub(super) fn refresh(&mut self, conn: &Connection) -> Sql<()> {
        for dictionary in [
            &mut self.extension,
            &mut self.agent,
            &mut self.group,
            &mut self.project,
            &mut self.queue,
            &mut self.place,
            &mut self.format,
            &mut self.currency,
            &mut self.tag,
            &mut self.case,
        ] {
            dictionary.refresh(conn)?;
        }
        for sets in [&mut self.extset, &mut self.agentset, &mut self.groupset, &mut self.projset] {
            sets.refresh(conn)?;
        }
        Ok(())
    }
}
