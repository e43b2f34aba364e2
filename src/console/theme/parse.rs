//! Theme files: `[palette]` names with a value for each depth, `[role]` what uses them, `[mono]` attributes alone.

use std::{collections::BTreeMap, ops::Range};

use ratatui::style::{Color, Modifier, Style};
use toml::{
    Spanned,
    de::{DeTable, DeValue},
};

use super::{BUILT_IN, Depth, Role};

/// What is wrong with a theme file, and in which line (counted from 1).
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {message}")]
pub struct ThemeError {
    pub line: usize,
    pub message: String,
}

/// One colour at each depth.
#[derive(Clone, Copy, Debug)]
struct Tint {
    rgb: Color,
    c256: Color,
    c16: Color,
}

/// What a file says of one role.
#[derive(Clone, Copy, Debug, Default)]
struct Look {
    fg: Option<Tint>,
    bg: Option<Tint>,
    add: Modifier,
    add16: Modifier,
}

/// A theme before a depth is chosen.
#[derive(Clone, Debug, Default)]
pub(super) struct Source {
    looks: BTreeMap<Role, Look>,
    mono: BTreeMap<Role, Modifier>,
    paint: bool,
}

impl Source {
    pub(super) fn style(&self, role: Role, depth: Depth) -> Style {
        if depth == Depth::None {
            return Style::new().add_modifier(self.mono.get(&role).copied().unwrap_or_default());
        }
        let look = self.looks.get(&role).copied().unwrap_or_default();
        let pick = |tint: Tint| match depth {
            Depth::True => tint.rgb,
            Depth::C256 => tint.c256,
            Depth::C16 | Depth::None => tint.c16,
        };
        let mut style = Style::new().add_modifier(look.add);
        if depth == Depth::C16 {
            style = style.add_modifier(look.add16);
        }
        if let Some(tint) = look.fg {
            style = style.fg(pick(tint));
        }
        match look.bg {
            Some(tint) if self.paint || role != Role::Text => style.bg(pick(tint)),
            _ => style,
        }
    }
}

pub(super) fn built_in(name: &str) -> Option<Source> {
    let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
    parse(text).ok()
}

pub(super) fn parse(text: &str) -> Result<Source, ThemeError> {
    let at = |span: Range<usize>, message: String| ThemeError { line: line_of(text, span.start), message };
    let table = DeTable::parse(text).map_err(|error| at(error.span().unwrap_or(0..0), error.message().to_owned()))?;
    let table = table.get_ref();
    let word = |name: &str| table.get(name).and_then(|value| value.get_ref().as_str()).unwrap_or_default();
    for (name, value) in table {
        if !matches!(name.get_ref().as_ref(), "name" | "kind" | "paint" | "inherit" | "palette" | "role" | "mono") {
            return Err(at(value.span(), format!("a theme has no \"{}\"", name.get_ref())));
        }
    }
    let mut source = base(text, word("inherit"), word("kind"), table)?;
    if let Some(paint) = table.get("paint") {
        source.paint = paint.get_ref().as_bool().ok_or_else(|| at(paint.span(), "paint is true or false".to_owned()))?;
    }
    let palette = palette(table, &at)?;
    for (name, value) in section(table, "role") {
        let role = Role::named(name.get_ref()).ok_or_else(|| at(name.span(), unknown_role(name.get_ref())))?;
        source.looks.insert(role, look(value, &palette, &at)?);
    }
    for (name, value) in section(table, "mono") {
        let role = Role::named(name.get_ref()).ok_or_else(|| at(name.span(), unknown_role(name.get_ref())))?;
        source.mono.insert(role, attributes(value, &at)?);
    }
    Ok(source)
}

/// What the theme begins with: the one it inherits, else (for files that leave roles out) the built-in of its kind.
fn base(text: &str, inherit: &str, kind: &str, table: &DeTable<'_>) -> Result<Source, ThemeError> {
    if !inherit.is_empty() {
        let span = table.get("inherit").map_or(0..0, Spanned::span);
        return built_in(inherit).ok_or_else(|| ThemeError {
            line: line_of(text, span.start),
            message: format!("inherit names no built-in theme: \"{inherit}\" (dark, light, ansi, mono)"),
        });
    }
    let complete = section(table, "role").count() >= Role::ALL.len();
    let fallback = match kind {
        "dark" => "dark",
        "light" => "light",
        _ => "ansi",
    };
    Ok(if complete { Source { paint: true, ..Source::default() } } else { built_in(fallback).unwrap_or_default() })
}

fn section<'t, 'i>(
    table: &'t DeTable<'i>,
    name: &str,
) -> impl Iterator<Item = (&'t Spanned<toml::de::DeString<'i>>, &'t Spanned<DeValue<'i>>)> {
    table.get(name).and_then(|value| value.get_ref().as_table()).into_iter().flatten()
}

type At<'f> = dyn Fn(Range<usize>, String) -> ThemeError + 'f;

fn palette(table: &DeTable<'_>, at: &At<'_>) -> Result<BTreeMap<String, Tint>, ThemeError> {
    let mut palette = BTreeMap::new();
    for (name, value) in section(table, "palette") {
        let entry = value.get_ref().as_table().ok_or_else(|| at(value.span(), "a colour is { rgb, c256, c16 }".to_owned()))?;
        let part = |depth: &str| -> Result<Color, ThemeError> {
            let value = entry.get(depth).ok_or_else(|| at(value.span(), format!("the colour lacks {depth}")))?;
            let text = match value.get_ref() {
                DeValue::String(text) => text.to_string(),
                DeValue::Integer(number) => number.as_str().to_owned(),
                _ => String::new(),
            };
            color(&text).ok_or_else(|| at(value.span(), format!("\"{text}\" is no colour")))
        };
        palette.insert(name.get_ref().to_string(), Tint { rgb: part("rgb")?, c256: part("c256")?, c16: part("c16")? });
    }
    Ok(palette)
}

fn look(value: &Spanned<DeValue<'_>>, palette: &BTreeMap<String, Tint>, at: &At<'_>) -> Result<Look, ThemeError> {
    let table = value.get_ref().as_table().ok_or_else(|| at(value.span(), "a role is { fg, bg, add, add16 }".to_owned()))?;
    let mut look = Look::default();
    for (name, value) in table {
        match name.get_ref().as_ref() {
            "fg" => look.fg = Some(tint(value, palette, at)?),
            "bg" => look.bg = Some(tint(value, palette, at)?),
            "add" => look.add = attributes(value, at)?,
            "add16" => look.add16 = attributes(value, at)?,
            other => return Err(at(name.span(), format!("a role has no \"{other}\" (fg, bg, add, add16)"))),
        }
    }
    Ok(look)
}

fn tint(value: &Spanned<DeValue<'_>>, palette: &BTreeMap<String, Tint>, at: &At<'_>) -> Result<Tint, ThemeError> {
    let text = value.get_ref().as_str().unwrap_or_default();
    if let Some(tint) = palette.get(text) {
        return Ok(*tint);
    }
    let direct = color(text).ok_or_else(|| at(value.span(), format!("\"{text}\" is neither in [palette] nor a colour")))?;
    Ok(Tint { rgb: direct, c256: direct, c16: if matches!(direct, Color::Rgb(..)) { Color::Reset } else { direct } })
}

fn attributes(value: &Spanned<DeValue<'_>>, at: &At<'_>) -> Result<Modifier, ThemeError> {
    let list = value.get_ref().as_array().ok_or_else(|| at(value.span(), "attributes are a list of words".to_owned()))?;
    let mut modifier = Modifier::empty();
    for word in list.iter() {
        modifier |= match word.get_ref().as_str().unwrap_or_default() {
            "bold" => Modifier::BOLD,
            "underline" => Modifier::UNDERLINED,
            "reverse" => Modifier::REVERSED,
            other => return Err(at(word.span(), format!("\"{other}\" is no attribute (bold, underline, reverse)"))),
        };
    }
    Ok(modifier)
}

/// `#rrggbb`, a number of the 256, a name of the sixteen, or `default`.
fn color(text: &str) -> Option<Color> {
    if let Some(hex) = text.strip_prefix('#') {
        let number = u32::from_str_radix(hex, 16).ok().filter(|_| hex.len() == 6)?;
        let [_, red, green, blue] = number.to_be_bytes();
        return Some(Color::Rgb(red, green, blue));
    }
    if let Ok(number) = text.parse::<u8>() {
        return Some(Color::Indexed(number));
    }
    Some(match text {
        "default" => Color::Reset,
        "black" => Color::Black,
        "red" => Color::Red,
        "green" => Color::Green,
        "yellow" => Color::Yellow,
        "blue" => Color::Blue,
        "magenta" => Color::Magenta,
        "cyan" => Color::Cyan,
        "white" => Color::Gray,
        "bright-red" => Color::LightRed,
        "bright-green" => Color::LightGreen,
        "bright-yellow" => Color::LightYellow,
        "bright-magenta" => Color::LightMagenta,
        "bright-cyan" => Color::LightCyan,
        "bright-white" => Color::White,
        _ => return None,
    })
}

fn unknown_role(name: &str) -> String {
    let near = Role::ALL.iter().max_by(|a, b| strsim::jaro(a.name(), name).total_cmp(&strsim::jaro(b.name(), name)));
    near.map_or_else(|| format!("no role \"{name}\""), |role| format!("no role \"{name}\"; did you mean \"{}\"?", role.name()))
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes().take(offset).filter(|byte| *byte == b'\n').count() + 1
}
