//! Lines of a CSV file (RFC 4180, but with plain line breaks, which every reader takes and every shell expects).

/// One line. Cells must be safe already (`domain::clean::csv_cell`).
pub fn record<T: AsRef<str>>(cells: impl Iterator<Item = T>) -> String {
    let mut line = String::new();
    for (index, cell) in cells.enumerate() {
        let cell = cell.as_ref();
        if index > 0 {
            line.push(',');
        }
        if cell.contains([',', '"', '\n', '\r']) {
            line.push('"');
            line.push_str(&cell.replace('"', "\"\""));
            line.push('"');
        } else {
            line.push_str(cell);
        }
    }
    line.push('\n');
    line
}

#[cfg(test)]
mod tests {
    use super::record;

    #[test]
    fn lines_read_back_as_they_were() {
        let cells = ["", "a,b", "\"x\"", "two\nlines", " blank ", "ł"];
        let line = record(cells.iter());
        let mut reader = csv::ReaderBuilder::new().has_headers(false).from_reader(line.as_bytes());
        let row = reader.records().next().expect("a row").expect("valid");
        assert_eq!(row.iter().collect::<Vec<_>>(), cells);
    }
}
