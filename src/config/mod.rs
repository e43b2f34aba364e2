//! Configuration: defaults < file < environment < flags. Errors name file, key and line.
