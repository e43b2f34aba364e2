//! Dictionaries: names as numbers, held in memory by each connection. Ids are contiguous from 1, never reused, names never
//! changed, so that what another program added is found by reading on from the last id.

use std::{collections::HashMap, sync::Arc};

use rusqlite::Connection;

use super::error::Sql;

/// One table of `(id, name)`.
#[derive(Clone)]
pub(super) struct Dictionary {
    table: &'static str,
    ids: HashMap<Arc<str>, i64>,
    names: Vec<Arc<str>>,
}

impl Dictionary {
    fn new(table: &'static str) -> Self {
        Self { table, ids: HashMap::new(), names: Vec::new() }
    }

    pub(super) fn name(&self, id: i64) -> Option<&Arc<str>> {
        self.names.get(usize::try_from(id).ok()?.checked_sub(1)?)
    }

    pub(super) fn text(&self, id: i64) -> Option<String> {
        self.name(id).map(|name| name.to_string())
    }

    pub(super) fn id(&self, name: &str) -> Option<i64> {
        self.ids.get(name).copied()
    }

    /// All, in the order of their ids.
    pub(super) fn iter(&self) -> impl Iterator<Item = (i64, &Arc<str>)> {
        (1..).zip(&self.names)
    }

    /// Ids of the names that pass.
    pub(super) fn matching(&self, test: impl Fn(&str) -> bool) -> Vec<i64> {
        self.iter().filter(|(_, name)| test(name)).map(|(id, _)| id).collect()
    }

    fn refresh(&mut self, conn: &Connection) -> Sql<()> {
        let mut statement = conn.prepare_cached(&format!("SELECT name FROM {} WHERE id>?1 ORDER BY id", self.table))?;
        let mut rows = statement.query([self.names.len() as i64])?;
        while let Some(row) = rows.next()? {
            self.push(Arc::from(row.get_ref(0)?.as_str().unwrap_or_default()));
        }
        Ok(())
    }

    fn push(&mut self, name: Arc<str>) -> i64 {
        self.names.push(Arc::clone(&name));
        let id = self.names.len() as i64;
        self.ids.insert(name, id);
        id
    }

    /// The id of a name, made if it is new. In a write transaction only, on an up-to-date dictionary.
    pub(super) fn intern(&mut self, conn: &Connection, name: &str) -> Sql<i64> {
        if let Some(id) = self.id(name) {
            return Ok(id);
        }
        let id = self.names.len() as i64 + 1;
        conn.prepare_cached(&format!("INSERT INTO {}(id, name) VALUES(?1, ?2)", self.table))?
            .execute(rusqlite::params![id, name])?;
        Ok(self.push(Arc::from(name)))
    }
}

/// A dictionary of lists of ids, kept as text such as `3,17`. Id 0 is the empty list.
#[derive(Clone)]
pub(super) struct Sets {
    dictionary: Dictionary,
    members: Vec<Box<[i64]>>,
}

impl Sets {
    fn new(table: &'static str) -> Self {
        Self { dictionary: Dictionary::new(table), members: Vec::new() }
    }

    pub(super) fn members(&self, id: i64) -> &[i64] {
        usize::try_from(id).ok().and_then(|id| self.members.get(id.checked_sub(1)?)).map_or(&[], AsRef::as_ref)
    }

    /// Ids of the sets with a member that passes.
    pub(super) fn with_any(&self, test: impl Fn(i64) -> bool) -> Vec<i64> {
        (1..).zip(&self.members).filter(|(_, members)| members.iter().any(|member| test(*member))).map(|(id, _)| id).collect()
    }

    fn refresh(&mut self, conn: &Connection) -> Sql<()> {
        self.dictionary.refresh(conn)?;
        self.parse_new();
        Ok(())
    }

    fn parse_new(&mut self) {
        for name in &self.dictionary.names[self.members.len()..] {
            self.members.push(name.split(',').filter_map(|part| part.parse().ok()).collect());
        }
    }

    pub(super) fn intern(&mut self, conn: &Connection, members: &[i64]) -> Sql<i64> {
        if members.is_empty() {
            return Ok(0);
        }
        let mut text = String::with_capacity(members.len() * 4);
        for member in members {
            if !text.is_empty() {
                text.push(',');
            }
            text.push_str(&member.to_string());
        }
        let id = self.dictionary.intern(conn, &text)?;
        self.parse_new();
        Ok(id)
    }
}

/// All dictionaries but that of numbers.
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
