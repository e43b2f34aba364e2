//! A customers' CSV file as rows: encoding, delimiter and columns are guessed.

use std::borrow::Cow;

use crate::domain::clean::fold;

/// One usable line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Counted from 1, as editors do.
    pub line: u64,
    pub name: String,
    pub numbers: Vec<String>,
    pub remark: Option<String>,
}

/// A line that cannot be used, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reject {
    pub line: u64,
    pub why: String,
}

/// What columns mean.
#[derive(Default)]
struct Columns {
    name: Option<usize>,
    numbers: Vec<usize>,
    remark: Option<usize>,
}

const NAMES: &[&str] =
    &["name", "customer", "company", "client", "nazwa", "klient", "firma", "nazev", "nazov", "meno", "zakaznik", "caller name"];
const NUMBERS: &[&str] = &["number", "phone", "tel", "mobile", "cell", "numer", "komorka", "cislo", "mobil"];
const REMARKS: &[&str] = &["remark", "note", "comment", "uwagi", "poznamka"];

/// Reads the whole file. Rows and rejects come in the order of lines.
pub(super) fn rows(bytes: &[u8]) -> (Vec<Row>, Vec<Reject>) {
    let text = decoded(bytes);
    let mut reader =
        csv::ReaderBuilder::new().has_headers(false).flexible(true).delimiter(delimiter(&text)).from_reader(text.as_bytes());
    let (mut rows, mut rejects) = (Vec::new(), Vec::new());
    let mut columns: Option<Columns> = None;
    let mut lines = Lines { text: text.as_bytes(), at: 0, line: 1 };
    for record in reader.records() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                let line = lines.of(error.position().map_or(0, csv::Position::byte));
                rejects.push(Reject { line, why: error.to_string() });
                continue;
            }
        };
        let line = lines.of(record.position().map_or(0, csv::Position::byte));
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        if columns.is_none() {
            let named = header(&record);
            if let Some(named) = &named
                && (named.name.is_none() || named.numbers.is_empty())
            {
                let missing = if named.name.is_none() { "name" } else { "number" };
                rejects.push(Reject { line, why: format!("the header has no column \"{missing}\"") });
                return (rows, rejects);
            }
            let has_header = named.is_some();
            columns = Some(named.unwrap_or_else(|| Columns {
                name: Some(0),
                numbers: (1..record.len().max(2)).collect(),
                remark: None,
            }));
            if has_header {
                continue;
            }
        }
        if let Some(columns) = &columns {
            match row(&record, columns, line) {
                Ok(row) => rows.push(row),
                Err(why) => rejects.push(Reject { line, why }),
            }
        }
    }
    (rows, rejects)
}

/// Tells lines of a file as an editor does: the reader counts a record from before the empty lines in front of it.
struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    line: u64,
}

impl Lines<'_> {
    /// The line of the record that begins at or after a byte; bytes only grow.
    fn of(&mut self, byte: u64) -> u64 {
        let byte = usize::try_from(byte).unwrap_or(usize::MAX);
        while let Some(sign) = self.text.get(self.at).filter(|sign| self.at < byte || matches!(sign, b'\n' | b'\r')) {
            self.line += u64::from(*sign == b'\n');
            self.at += 1;
        }
        self.line
    }
}

/// UTF-8 or UTF-16 by its mark, else UTF-8 if it is valid, else the likeliest 8-bit encoding.
fn decoded(bytes: &[u8]) -> Cow<'_, str> {
    if let Some((encoding, _)) = encoding_rs::Encoding::for_bom(bytes) {
        return encoding.decode(bytes).0;
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => text.into(),
        Err(_) => {
            let mut detector = chardetng::EncodingDetector::new();
            detector.feed(bytes, true);
            detector.guess(None, false).decode(bytes).0
        }
    }
}

/// The sign that the first line has most of, outside quotes.
fn delimiter(text: &str) -> u8 {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let count = |sign: char| {
        let mut quoted = false;
        first
            .chars()
            .filter(|character| {
                quoted ^= *character == '"';
                !quoted && *character == sign
            })
            .count()
    };
    // Of equal counts the first stands: a comma inside numbers is rarer than one between cells.
    let mut best = (b',', count(','));
    for sign in [';', '\t', '|'] {
        if count(sign) > best.1 {
            best = (sign as u8, count(sign));
        }
    }
    best.0
}

/// The columns that a header names; none if the line has a number in it, and so is no header.
fn header(record: &csv::StringRecord) -> Option<Columns> {
    if record.iter().any(|cell| digits(cell) >= 3) {
        return None;
    }
    let mut columns = Columns::default();
    for (index, cell) in record.iter().enumerate() {
        let cell = fold(cell.trim());
        let is = |words: &[&str]| {
            words.iter().any(|word| cell == *word || cell.starts_with(&format!("{word} ")) || cell.ends_with(&format!(" {word}")))
        };
        let begins = |words: &[&str]| words.iter().any(|word| cell.starts_with(word) || cell.ends_with(word));
        if columns.name.is_none() && is(NAMES) && !begins(&["number", "phone"]) {
            columns.name = Some(index);
        } else if begins(NUMBERS) || cell.contains("phone") || cell.contains("number") {
            columns.numbers.push(index);
        } else if columns.remark.is_none() && begins(REMARKS) {
            columns.remark = Some(index);
        }
    }
    Some(columns)
}

fn row(record: &csv::StringRecord, columns: &Columns, line: u64) -> Result<Row, String> {
    let cell = |index: Option<usize>| index.and_then(|index| record.get(index)).map(str::trim).unwrap_or_default();
    let name = cell(columns.name).to_owned();
    if name.is_empty() {
        return Err("no name".to_owned());
    }
    let mut numbers: Vec<String> = Vec::new();
    for text in columns.numbers.iter().filter_map(|index| record.get(*index)) {
        for number in text.split([';', '|', ',']).map(str::trim).filter(|number| !number.is_empty()) {
            if digits(number) < 3 || number.chars().any(char::is_alphabetic) {
                return Err(format!("\"{number}\" is no number"));
            }
            if !numbers.iter().any(|known| known == number) {
                numbers.push(number.to_owned());
            }
        }
    }
    if numbers.is_empty() {
        return Err("no number".to_owned());
    }
    Ok(Row { line, name, numbers, remark: Some(cell(columns.remark).to_owned()).filter(|remark| !remark.is_empty()) })
}

fn digits(text: &str) -> usize {
    text.bytes().filter(u8::is_ascii_digit).count()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Line, name and numbers.
    type Told = (u64, String, String);

    fn read(bytes: &[u8]) -> (Vec<Told>, Vec<(u64, String)>) {
        let (rows, rejects) = rows(bytes);
        (
            rows.into_iter().map(|row| (row.line, row.name, row.numbers.join(" "))).collect(),
            rejects.into_iter().map(|reject| (reject.line, reject.why)).collect(),
        )
    }

    fn one(line: u64, name: &str, numbers: &str) -> Told {
        (line, name.to_owned(), numbers.to_owned())
    }

    #[test]
    fn files_of_many_makers_are_read() {
        for (bytes, wanted) in [
            (&b"name,number\nAnna,+48 221\n"[..], one(2, "Anna", "+48 221")),
            (
                b"\xef\xbb\xbfCustomer;Phone number;Mobile\nAnna;221 333;\"600100;600200\"\n",
                one(2, "Anna", "221 333 600100 600200"),
            ),
            (b"Anna,221333\n", one(1, "Anna", "221333")),
            (b"number\tname\n221333\tAnna\n", one(2, "Anna", "221333")),
            ("Nazwa,Telefon\nŻółw,221333\n".as_bytes(), one(2, "Żółw", "221333")),
            // Windows-1250, as spreadsheets of Central Europe write it.
            (
                b"Nazwa;Telefon\n\xaf\xf3\xb3w z \xa3\xf3dzi i Ko\x9cciana, gdzie rosn\xb9 \xbfo\xb3\xeadzie;221333\n",
                one(2, "Żółw z Łódzi i Kościana, gdzie rosną żołędzie", "221333"),
            ),
        ] {
            assert_eq!(read(bytes), (vec![wanted], Vec::new()));
        }
    }

    #[test]
    fn lines_that_cannot_be_used_are_told() {
        let (rows, rejects) = read(b"name,number\nAnna,221333\n,221444\nJan,\nEva,none of it\n\nOla,\"22\n");
        assert_eq!(rows.len(), 1);
        let lines: Vec<u64> = rejects.iter().map(|(line, _)| *line).collect();
        assert_eq!(lines, [3, 4, 5, 7]);
        assert_eq!(rejects[0].1, "no name");
        assert_eq!(rejects[2].1, "\"none of it\" is no number");
        let (rows, rejects) = read(b"first,second\nAnna,221333\n");
        assert_eq!((rows.len(), rejects[0].1.as_str()), (0, "the header has no column \"name\""));
    }

    #[test]
    fn nothing_in_a_file_is_too_strange() {
        for bytes in [&b""[..], b"\0\xff\xfe\x00", b"\"", b"name,number\n\"\"\"\n", &[0xff; 1000], b"\n\n\n"] {
            let (rows, _) = rows(bytes);
            assert!(rows.is_empty());
        }
    }
}
