//! The console's message catalogue: every text of the console stands in one file a language, in Fluent's format
//! (<https://projectfluent.org>), embedded in the program.

#[cfg(test)]
mod tests;

use std::{borrow::Cow, fmt, sync::Arc};

use fluent_bundle::{FluentArgs, FluentResource, FluentValue, concurrent::FluentBundle, types::FluentNumber};

/// Languages there are, by their code; the first stands in for what the others lack.
const LANGUAGES: &[(&str, &str)] = &[("en", include_str!("en.ftl"))];

/// All texts of the console in one language. Cheap to clone.
#[derive(Clone)]
pub struct Texts {
    /// The language, and English behind it.
    bundles: Arc<Vec<FluentBundle<FluentResource>>>,
}

impl Texts {
    /// Texts for a language such as `en`, `en_GB.UTF-8` or `pl-PL`; English where we do not have it.
    pub fn new(language: &str) -> Self {
        let wanted = language.split(['_', '-', '.', '@']).next().unwrap_or_default().to_ascii_lowercase();
        let mut sources: Vec<(&str, &str)> = LANGUAGES.iter().skip(1).filter(|(code, _)| *code == wanted).copied().collect();
        sources.extend(LANGUAGES.first());
        Self::of(&sources)
    }

    fn of(sources: &[(&str, &str)]) -> Self {
        let bundles = sources.iter().map(|(code, source)| {
            let mut bundle = FluentBundle::new_concurrent(code.parse().into_iter().collect());
            // The screen cleans and isolates foreign text itself; marks of Fluent would stand in the cells.
            bundle.set_use_isolating(false);
            bundle.set_formatter(Some(|value, _| match value {
                FluentValue::Number(number) => Some(grouped(number)),
                _ => None,
            }));
            // What does not parse is missing, and shows; a test keeps our files free of it.
            let resource = FluentResource::try_new((*source).to_owned()).unwrap_or_else(|(resource, _)| resource);
            let _ = bundle.add_resource(resource);
            bundle
        });
        Self { bundles: Arc::new(bundles.collect()) }
    }

    pub fn has(&self, id: &str) -> bool {
        self.bundles.iter().any(|bundle| bundle.has_message(id))
    }

    /// The text of an id; `⟨id⟩` where there is none, so that it is seen.
    pub fn get(&self, id: &str) -> String {
        self.formatted(id, None)
    }

    /// A text with its `{ $name }` places filled in.
    pub fn with(&self, id: &str, arguments: &[(&str, &str)]) -> String {
        self.formatted(id, Some(&filled(arguments)))
    }

    /// A text about `{ $n }` things: selects the plural form, and shows the number with its thousands apart.
    pub fn counted(&self, id: &str, n: u64, arguments: &[(&str, &str)]) -> String {
        let mut filled = filled(arguments);
        filled.set("n", FluentValue::from(n));
        self.formatted(id, Some(&filled))
    }

    fn formatted(&self, id: &str, arguments: Option<&FluentArgs<'_>>) -> String {
        let found = self.bundles.iter().find_map(|bundle| {
            let pattern = bundle.get_message(id)?.value()?;
            Some(bundle.format_pattern(pattern, arguments, &mut Vec::new()).into_owned())
        });
        found.unwrap_or_else(|| format!("⟨{id}⟩"))
    }
}

fn filled<'a>(arguments: &[(&'a str, &'a str)]) -> FluentArgs<'a> {
    arguments.iter().map(|(name, value)| (Cow::Borrowed(*name), FluentValue::String(Cow::Borrowed(*value)))).collect()
}

/// `12,345`; what is no whole number stays as Fluent writes it.
fn grouped(number: &FluentNumber) -> String {
    let plain = number.as_string().into_owned();
    if !plain.bytes().all(|byte| byte.is_ascii_digit()) {
        return plain;
    }
    let mut text = String::with_capacity(plain.len() * 4 / 3);
    for (index, digit) in plain.chars().enumerate() {
        if index > 0 && (plain.len() - index).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

impl Default for Texts {
    /// English.
    fn default() -> Self {
        Self::new("en")
    }
}

impl fmt::Debug for Texts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Texts").field("languages", &self.bundles.len()).finish_non_exhaustive()
    }
}
