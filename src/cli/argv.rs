//! Sorts the words of a command line before clap reads them.
//!
//! Scripts may write `callreel calls -is:reviewed date:-7d.. --count`: known `--flags` count wherever they stand, and any
//! other word with one dash in front belongs to the query. The only single-letter flags are `-h` and `-V`; `--` ends flags.

use std::ffi::OsString;

use clap::{Arg, Command};

/// Puts commands first, then flags (values joined by `=`), then `--` and the other words in their order. `tree` must be built.
pub fn arrange(tree: &Command, words: Vec<OsString>) -> Vec<OsString> {
    let mut words = words.into_iter().peekable();
    let mut path = vec![words.next().unwrap_or_else(|| OsString::from("callreel"))];
    let (mut flags, mut rest) = (Vec::new(), Vec::new());
    let mut command = tree;
    while let Some(word) = words.next() {
        let text = word.to_string_lossy().into_owned();
        if text == "--" {
            rest.extend(words);
            break;
        }
        if text == "-h" || text == "-V" {
            flags.push(word);
        } else if let Some(name) = text.strip_prefix("--") {
            match flag(command, name) {
                // Unknown, without value, or with its value already joined: clap says what is wrong, if anything is.
                None => flags.push(word),
                Some((_, false)) if name.contains('=') => flags.push(word),
                Some((arg, many)) if takes_value(arg) => {
                    let joined = name.split_once('=');
                    let mut found = joined.is_some();
                    if found {
                        flags.push(word.clone());
                    }
                    let long = joined.map_or(name, |(long, _)| long);
                    // One value may begin with a dash (`--sort -talk_s`); of many, only the first could be mistaken.
                    while let Some(value) = words.next_if(|next| is_value(next, many)) {
                        let mut flag = OsString::from(format!("--{long}="));
                        flag.push(value);
                        flags.push(flag);
                        found = true;
                        if !many {
                            break;
                        }
                    }
                    if !found {
                        flags.push(word);
                    }
                }
                Some(_) => flags.push(word),
            }
        } else if let Some(next) = command.find_subcommand(&text).filter(|_| rest.is_empty()) {
            path.push(word);
            command = next;
        } else {
            rest.push(word);
        }
    }
    path.append(&mut flags);
    // Where a command is still missing, clap should see the word as the (unknown) command that it is.
    if !rest.is_empty() && (!command.has_subcommands() || command.get_positionals().next().is_some()) {
        path.push(OsString::from("--"));
    }
    path.append(&mut rest);
    path
}

/// The flag of that name (with or without `=value`), and whether it takes many values.
fn flag<'a>(command: &'a Command, name: &str) -> Option<(&'a Arg, bool)> {
    let long = name.split_once('=').map_or(name, |(long, _)| long);
    let arg = command.get_arguments().find(|arg| arg.get_long() == Some(long))?;
    let many = arg.get_num_args().is_some_and(|number| number.max_values() > 1);
    Some((arg, many))
}

fn takes_value(arg: &Arg) -> bool {
    arg.get_num_args().is_some_and(|number| number.takes_values())
}

/// Whether a word can be the value of the flag before it.
fn is_value(word: &OsString, many: bool) -> bool {
    let bytes = word.as_encoded_bytes();
    if many { bytes == b"-" || !bytes.starts_with(b"-") } else { !bytes.starts_with(b"--") }
}

#[cfg(test)]
mod tests {
    use clap::{Arg, ArgAction, Command};

    use super::*;

    fn tree() -> Command {
        let query = || Arg::new("query").num_args(0..).action(ArgAction::Append);
        let mut tree = Command::new("callreel")
            .version("1")
            .arg(Arg::new("db").long("db").global(true))
            .arg(Arg::new("quiet").long("quiet").global(true).action(ArgAction::SetTrue))
            .subcommand(
                Command::new("calls")
                    .arg(query())
                    .arg(Arg::new("sort").long("sort"))
                    .arg(Arg::new("count").long("count").action(ArgAction::SetTrue)),
            )
            .subcommand(
                Command::new("import").subcommand(
                    Command::new("asterisk")
                        .arg(Arg::new("cdr").long("cdr").num_args(1..).action(ArgAction::Append))
                        .arg(Arg::new("preview").long("preview").action(ArgAction::SetTrue)),
                ),
            );
        tree.build();
        tree
    }

    fn arranged(line: &str) -> String {
        let words = std::iter::once("callreel").chain(line.split(' ').filter(|word| !word.is_empty()));
        let words = words.map(|word| OsString::from(word.replace('_', " "))).collect();
        let words: Vec<String> = arrange(&tree(), words).into_iter().map(|word| word.into_string().expect("text")).collect();
        words[1..].join(" | ")
    }

    #[test]
    fn words_find_their_places() {
        for (line, wanted) in [
            ("", ""),
            ("calls", "calls"),
            ("calls -is:reviewed date:-7d.. --count", "calls | --count | -- | -is:reviewed | date:-7d.."),
            ("calls --count -is:reviewed", "calls | --count | -- | -is:reviewed"),
            ("--db x.db calls is:missed", "calls | --db=x.db | -- | is:missed"),
            ("calls is:missed --db x.db --quiet", "calls | --db=x.db | --quiet | -- | is:missed"),
            ("calls --sort -talk_s", "calls | --sort=-talk s"),
            ("calls --sort=-talk is:missed", "calls | --sort=-talk | -- | is:missed"),
            ("calls --sort --count", "calls | --sort | --count"),
            ("calls --sort", "calls | --sort"),
            ("calls -is:missed_dir:in", "calls | -- | -is:missed dir:in"),
            ("calls -- --count -h", "calls | -- | --count | -h"),
            ("calls -h", "calls | -h"),
            ("calls calls import", "calls | -- | calls | import"),
            ("calls --unknown x", "calls | --unknown | -- | x"),
            ("cals --count", "--count | cals"),
            ("-x", "-x"),
            ("import asterisk --cdr a b c --preview", "import | asterisk | --cdr=a | --cdr=b | --cdr=c | --preview"),
            ("import asterisk --cdr=a b --cdr c", "import | asterisk | --cdr=a | --cdr=b | --cdr=c"),
            ("import --quiet asterisk --db - --cdr a", "import | asterisk | --quiet | --db=- | --cdr=a"),
            ("import asterik", "import | asterik"),
        ] {
            assert_eq!(arranged(line), wanted, "{line}");
        }
    }

    #[test]
    fn what_is_arranged_parses_the_same_when_arranged_again() {
        for line in
            ["calls -is:reviewed date:-7d.. --count", "--db x.db calls --sort -talk is:missed", "import asterisk --cdr a b"]
        {
            let words: Vec<OsString> = format!("callreel {line}").split(' ').map(OsString::from).collect();
            let once = arrange(&tree(), words);
            assert_eq!(arrange(&tree(), once.clone()), once, "{line}");
        }
    }
}
