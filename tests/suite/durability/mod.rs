//! What was acknowledged stays: backups, crashes, power cuts, full and failing disks. Short here; `.ci/long durability` runs
//! the same loops long.

mod backup;
mod child;
mod clips;
mod crash;
mod disk;
mod full;
mod nth;
mod power;

use std::io::Write;

/// Says what could not be tried here and why: a test that was passed over must be seen.
fn passed_over(what: &str, why: &str) {
    let _ = writeln!(std::io::stderr(), "PASSED OVER: {what}: {why}");
}
