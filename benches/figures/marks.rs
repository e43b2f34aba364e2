//! The part of a document that a bench writes.

use std::{fs, path::Path};

use anyhow::Context;

/// Replaces what stands between the marks of `name`.
pub fn put(file: &Path, name: &str, told: &str) -> anyhow::Result<()> {
    let (begin, end) = (format!("<!-- {name}: written by the bench -->\n"), format!("<!-- end of {name} -->\n"));
    let text = fs::read_to_string(file).with_context(|| file.display().to_string())?;
    let marked = text.split_once(&begin).and_then(|(before, rest)| Some((before, rest.split_once(&end)?.1)));
    let (before, after) = marked.with_context(|| format!("{} has no marks {begin}", file.display()))?;
    fs::write(file, format!("{before}{begin}{told}{end}{after}"))?;
    Ok(())
}
