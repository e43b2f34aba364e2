//! Who sat at which extension when: what fixes agent, group and projects of a call at its start.

use std::collections::HashMap;

use rusqlite::Connection;

use super::{error::Sql, names::Names};

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Assignment {
    /// Key of the instant from which it holds; 0 = the beginning.
    pub(super) since: i64,
    pub(super) agent: Option<i64>,
    pub(super) group: Option<i64>,
    pub(super) projset: i64,
}

/// All assignments, by extension, oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Assignments(HashMap<i64, Vec<Assignment>>);

/// What the assignments say of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Parties {
    pub(super) agent: Option<i64>,
    pub(super) agentset: i64,
    pub(super) group: Option<i64>,
    pub(super) groupset: i64,
    pub(super) projset: i64,
}

impl Assignments {
    pub(super) fn load(conn: &Connection) -> Sql<Self> {
        let mut all: HashMap<i64, Vec<Assignment>> = HashMap::new();
        let mut statement =
            conn.prepare_cached("SELECT ext, since, agent, grp, projset FROM extension_assignment ORDER BY ext, since")?;
        let mut rows = statement.query([])?;
        while let Some(row) = rows.next()? {
            let assignment = Assignment { since: row.get(1)?, agent: row.get(2)?, group: row.get(3)?, projset: row.get(4)? };
            all.entry(row.get(0)?).or_default().push(assignment);
        }
        Ok(Self(all))
    }

    /// The assignment of an extension at an instant.
    pub(super) fn at(&self, extension: i64, key: i64) -> Option<&Assignment> {
        self.0.get(&extension)?.iter().rev().find(|assignment| assignment.since <= key)
    }

    /// For a call of these extensions, shown under one of them.
    pub(super) fn parties(
        &self,
        conn: &Connection,
        names: &mut Names,
        shown: Option<i64>,
        all: &[i64],
        key: i64,
    ) -> Sql<Parties> {
        if self.0.is_empty() {
            return Ok(Parties::default());
        }
        let shown = shown.and_then(|extension| self.at(extension, key));
        let (mut agents, mut groups, mut projects) = (Vec::new(), Vec::new(), Vec::new());
        for assignment in all.iter().filter_map(|extension| self.at(*extension, key)) {
            agents.extend(assignment.agent);
            groups.extend(assignment.group);
            projects.extend(names.projset.members(assignment.projset));
        }
        for ids in [&mut agents, &mut groups, &mut projects] {
            ids.sort_unstable();
            ids.dedup();
        }
        Ok(Parties {
            agent: shown.and_then(|assignment| assignment.agent),
            agentset: names.agentset.intern(conn, &agents)?,
            group: shown.and_then(|assignment| assignment.group),
            groupset: names.groupset.intern(conn, &groups)?,
            projset: names.projset.intern(conn, &projects)?,
        })
    }
}
