//! Tests of the store as its callers see it, on files in temporary folders.

mod audit;
mod columns;
mod counting;
mod differential;
mod importing;
mod listened;
mod make;
mod migrating;
mod opening;
mod people;
mod plans;
