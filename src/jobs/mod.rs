//! Long and scheduled work: persistent, resumable, cancellable, with progress.
