//! What several modules of the suite share.

#[allow(dead_code, reason = "a driver is whole even where no test asks for all of it")]
pub mod forge;
#[allow(dead_code, reason = "a driver is whole even where no test asks for all of it")]
pub mod front;
pub mod home;
pub mod host;
#[allow(dead_code, reason = "a driver is whole even where no test asks for all of it")]
pub mod pty;
