//! Text in whatever encoding the telephone that called happened to use.

/// UTF-8, or what the bytes most look like. A line is judged by itself, so that every order of reading decodes it alike.
pub fn decode(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let mut detector = chardetng::EncodingDetector::new();
            detector.feed(bytes, true);
            let encoding = detector.guess(None, false);
            encoding.decode_without_bom_handling(bytes).0.into_owned()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::decode;

    #[test]
    fn central_european_names_survive() {
        let (bytes, _, _) = encoding_rs::WINDOWS_1250.encode("Łukasz Żółkiewski, Jiří Černý");
        assert!(decode(&bytes).contains("Żółkiewski"), "{}", decode(&bytes));
        assert_eq!(decode("Łódź".as_bytes()), "Łódź");
    }
}
