//! The words of our documents: examples that must parse.

/// Splits a line of a shell as `sh` does, as far as our examples go: quotes, comments, and the end at a pipe.
pub fn of_shell(line: &str) -> Vec<String> {
    let (mut words, mut word, mut quote, mut begun) = (Vec::new(), String::new(), None, false);
    for character in line.chars() {
        match (quote, character) {
            (Some(open), character) if open == character => quote = None,
            (Some(_), character) => word.push(character),
            (None, '\'' | '"') => (quote, begun) = (Some(character), true),
            (None, '|' | '>' | '<' | '&' | ';') => break,
            (None, '#') if !begun => break,
            (None, ' ') if begun => {
                words.push(std::mem::take(&mut word));
                begun = false;
            }
            (None, ' ') => {}
            (None, character) => {
                word.push(character);
                begun = true;
            }
        }
    }
    if begun {
        words.push(word);
    }
    words
}

#[test]
fn lines_are_split_as_a_shell_does() {
    assert_eq!(
        of_shell("callreel calls 'talk:>2m today' --count  # how many"),
        ["callreel", "calls", "talk:>2m today", "--count"]
    );
    assert_eq!(of_shell("callreel man | less"), ["callreel", "man"]);
    assert_eq!(of_shell("callreel tag add 01J ''"), ["callreel", "tag", "add", "01J", ""]);
}
