//! What ours is measured against.

pub mod bare;
pub mod bare_http;
pub mod bare_screen;
pub mod duckdb;
pub mod lines;
pub mod naive;
pub mod postgres;
pub mod programs;
pub mod texts;

use super::{
    options::Peers,
    shapes::Shape,
    table::{Measure, Peer},
    world::World,
};

/// What is asked of a database of texts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ask {
    Page,
    Count,
    /// Count, sums, every facet and the heat map.
    All,
}

impl Ask {
    /// In the SQL that DuckDB, PostgreSQL and SQLite share over the table `calls`; `All` by grouping sets, which SQLite lacks.
    pub fn sql(self, shape: &Shape) -> String {
        match self {
            Self::Page => {
                format!("SELECT * FROM calls WHERE {} ORDER BY {} LIMIT 50", shape.wide, shape.wide_order())
            }
            Self::Count => format!("SELECT count(*) FROM calls WHERE {}", shape.wide),
            Self::All => {
                let sets: Vec<String> = texts::FACETS.iter().map(|facet| format!("({facet})")).collect();
                let facets = texts::FACETS.join(", ");
                format!(
                    "SELECT {facets}, count(*), sum(talk_ds), sum(recordings), sum(recorded_ds), sum(bytes), \
                     sum(CASE WHEN outcome='answered' THEN 1 ELSE 0 END) FROM calls WHERE {} GROUP BY GROUPING SETS ((), {})",
                    shape.wide,
                    sets.join(", ")
                )
            }
        }
    }
}

/// The other databases' answers to one question.
pub fn databases(world: &World, shape: &Shape, ask: Ask) -> Vec<Peer> {
    if !world.wants(Peers::All) {
        return Vec::new();
    }
    let measure = |name: &str, measured: anyhow::Result<f64>| Peer::of(name, measured.map(Measure::ms));
    vec![
        measure("DuckDB", duckdb::ask(world, &ask.sql(shape))),
        measure("PostgreSQL (wall)", postgres::ask(world, &ask.sql(shape))),
    ]
}
