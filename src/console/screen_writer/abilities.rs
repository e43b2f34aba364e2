//! What the writer may use of a terminal, told by its name alone: nothing is asked of the terminal.

use crate::console::theme::Environment;

/// What a terminal can.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Abilities {
    /// It moves the rows between two margins (`CSI top;bottom r`).
    pub scrolls_regions: bool,
    /// Erased cells get the background that is set. Without it only the terminal's own background is erased to.
    pub erases_in_colour: bool,
    /// It erases a number of cells (`CSI n X`).
    pub erases_by_count: bool,
    /// It takes single attributes away (22 and above); else they are set anew from nothing.
    pub takes_attributes_away: bool,
}

/// Names that begin so belong to terminals whose descriptions (terminfo) say that they erase in colour.
const IN_COLOUR: [&str; 12] =
    ["xterm", "putty", "linux", "rxvt", "konsole", "gnome", "vte", "alacritty", "foot", "mintty", "wezterm", "iterm"];
/// Names of terminals that move no rows, or whose lines are printed as they come.
const NO_REGIONS: [&str; 6] = ["dumb", "ansi-m", "vt52", "cons25", "emacs", "eterm-color"];

impl Abilities {
    /// By the environment; `scroll_regions` is the person's own word on them.
    pub fn of(environment: &Environment, scroll_regions: Option<bool>) -> Self {
        let term = environment.term.to_ascii_lowercase();
        let begins = |names: &[&str]| names.iter().any(|name| term.starts_with(name));
        // Inside GNU screen and tmux the name may be that of the terminal around them. A tmux that tells its own name
        // (3.2 and later) erases in colour, whatever its description says.
        let tmux = environment.inside_tmux && environment.term_program == "tmux" && !environment.inside_screen;
        let inside = environment.inside_screen || environment.inside_tmux || begins(&["screen", "tmux"]);
        let known = tmux || (begins(&IN_COLOUR) && !inside);
        Self {
            scrolls_regions: scroll_regions.unwrap_or(!term.is_empty() && !begins(&NO_REGIONS)),
            erases_in_colour: known,
            erases_by_count: known || (!inside && begins(&["vt2", "vt3", "vt4", "vt5"])),
            takes_attributes_away: !begins(&["vt1", "dumb", "ansi"]) && !term.is_empty(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(term: &str, inside_screen: bool) -> Abilities {
        Abilities::of(&Environment { term: term.to_owned(), inside_screen, ..Environment::default() }, None)
    }

    #[test]
    fn names_decide() {
        let xterm = of("xterm-256color", false);
        assert!(xterm.scrolls_regions && xterm.erases_in_colour && xterm.erases_by_count && xterm.takes_attributes_away);
        let within = of("xterm-256color", true);
        assert!(within.scrolls_regions && !within.erases_in_colour && !within.erases_by_count);
        let tmux = |term_program: &str, inside_screen| {
            let (term, term_program) = ("screen-256color".to_owned(), term_program.to_owned());
            let environment = Environment { term, term_program, inside_tmux: true, inside_screen, ..Environment::default() };
            Abilities::of(&environment, None).erases_in_colour
        };
        assert_eq!([tmux("tmux", false), tmux("", false), tmux("tmux", true)], [true, false, false]);
        assert!(of("screen-256color", false).scrolls_regions && !of("tmux-256color", false).erases_in_colour);
        assert!(!of("dumb", false).scrolls_regions && !of("", false).scrolls_regions);
        assert!(of("vt220", false).erases_by_count && !of("vt100", false).erases_by_count);
        assert!(!of("vt100", false).takes_attributes_away);
        let off = Abilities::of(&Environment { term: "xterm".to_owned(), ..Environment::default() }, Some(false));
        assert!(!off.scrolls_regions);
    }
}
