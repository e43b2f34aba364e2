//! The integration suite: one binary, so that the program is linked once.
