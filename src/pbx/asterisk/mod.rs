//! Asterisk: call records (`cdr_custom` JSON, `Master.csv`), channel events (`cel_custom` JSON), `queue_log`, recordings.
