//! Mu-law of ITU-T G.711, for thin lines.

/// Added before the logarithm is taken.
const BIAS: i32 = 33;

/// One sample as a byte.
pub(super) const fn mulaw(sample: i16) -> u8 {
    let sign = if sample < 0 { 0x80 } else { 0 };
    let size = if sample < 0 { -(sample as i32) } else { sample as i32 };
    let mut size = (size >> 2) + BIAS;
    if size > 8191 {
        size = 8191;
    }
    // The place of the highest bit above the fifth is the segment.
    let segment = 26 - size.leading_zeros() as i32;
    let byte = (segment << 4) | ((size >> (segment + 1)) & 0x0f);
    !(sign | byte as u8)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As G.711 table 2 gives values back.
    fn decoded(byte: u8) -> i16 {
        let byte = !byte;
        let (segment, step) = (i32::from(byte >> 4 & 7), i32::from(byte & 15));
        let size = (((step << 1) + BIAS) << segment) - BIAS;
        (if byte & 0x80 == 0 { size * 4 } else { -size * 4 }) as i16
    }

    #[test]
    fn what_came_over_mu_law_goes_over_it_unchanged() {
        for byte in 0..=255_u8 {
            let value = decoded(byte);
            assert_eq!(decoded(mulaw(value)), value, "{byte}");
        }
        assert_eq!([mulaw(0), mulaw(i16::MAX), mulaw(i16::MIN)], [0xff, 0x80, 0x00]);
    }

    #[test]
    fn other_samples_lose_a_thirtieth_at_most() {
        for sample in (i16::MIN..i16::MAX).step_by(7) {
            let off = (i32::from(decoded(mulaw(sample))) - i32::from(sample)).abs();
            assert!(off <= 8 + i32::from(sample).abs() / 30 || i32::from(sample).abs() > 32_000, "{sample}: {off}");
        }
    }
}
