//! Arguments to commands: one file per command; data on stdout, words on stderr.
