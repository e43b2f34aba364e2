//! What was acknowledged stays: backups, crashes, power cuts, full disks.

mod backup;
