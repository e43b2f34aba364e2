//! Each command has help, and each example of our documents parses.

use std::{fs, path::Path};

use callreel::cli::{Root, understand};
use clap::CommandFactory;

use super::{bench::Bench, words::of_shell};

fn paths(command: &clap::Command, path: &[String], all: &mut Vec<Vec<String>>) {
    for below in command.get_subcommands() {
        let mut path = path.to_vec();
        path.push(below.get_name().to_owned());
        all.push(path.clone());
        paths(below, &path, all);
    }
}

#[test]
fn every_command_tells_what_it_is_for() {
    let mut all = vec![Vec::new()];
    paths(&Root::command(), &[], &mut all);
    assert!(all.len() > 20, "{all:?}");
    for path in all {
        let words = std::iter::once("callreel".to_owned()).chain(path.clone()).chain(["--help".to_owned()]);
        let help = understand(words.map(Into::into).collect()).expect_err("help is no command");
        assert!(help.contains("Usage: callreel"), "{path:?}: {help}");
        assert!(!help.trim_start().starts_with("Usage"), "{path:?} says nothing of what it is for");
    }
    // And so through the program itself.
    let bench = Bench::empty();
    assert!(bench.run(&["calls", "-h"]).done().out.contains("--facets"));
    assert!(bench.run(&["-V"]).done().out.starts_with("callreel "));
    assert!(bench.run(&["man", "extension", "add"]).done().out.contains("callreel\\-extension\\-add"));
    assert!(bench.run(&["completions", "bash"]).done().out.contains("callreel"));
}

#[test]
fn every_example_of_the_documents_parses() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut documents: Vec<_> = fs::read_dir(root.join("docs")).unwrap().map(|entry| entry.unwrap().path()).collect();
    documents.push(root.join("README.md"));
    let mut examples = 0;
    for document in documents.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "md")) {
        let text = fs::read_to_string(&document).unwrap().replace("\\\n", " ");
        let mut in_shell = false;
        for line in text.lines() {
            match line.trim_start().strip_prefix("```") {
                Some(kind) => in_shell = !in_shell && kind.starts_with("sh"),
                None if in_shell && line.starts_with("callreel") => {
                    let words = of_shell(line).into_iter().map(Into::into).collect();
                    if let Err(why) = understand(words) {
                        assert!(
                            why.contains("Usage: callreel") && line.contains("--help"),
                            "{}: {line}\n{why}",
                            document.display()
                        );
                    }
                    examples += 1;
                }
                None => {}
            }
        }
    }
    assert!(examples > 20, "only {examples} examples were found");
}
