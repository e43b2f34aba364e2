//! The part of a recording that the waveform shows, and how seconds and columns answer to each other.

/// Seconds below which nothing is enlarged further.
const LEAST_S: f64 = 1.0;

/// A stretch of a recording in seconds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Window {
    pub from_s: f64,
    pub until_s: f64,
}

impl Window {
    /// All of a recording.
    pub const fn whole(length_s: f64) -> Self {
        Self { from_s: 0.0, until_s: length_s.max(0.0) }
    }

    pub fn length(self) -> f64 {
        (self.until_s - self.from_s).max(0.0)
    }

    /// How many times smaller than the recording; 1 for all of it.
    pub fn factor(self, length_s: f64) -> u32 {
        if self.length() > 0.0 { (length_s / self.length()).round().clamp(1.0, 1e6) as u32 } else { 1 }
    }

    /// A window `by` times smaller (2.0: half of it; 0.5: twice as large), with the second `around` staying in its column
    /// as far as the ends allow; never under a second, never over all of it. None: all of it is shown.
    pub fn zoomed(self, by: f64, around: f64, length_s: f64) -> Option<Self> {
        let length = (self.length() / by).max(LEAST_S.min(length_s));
        if length >= length_s * 0.999 {
            return None;
        }
        let around = around.clamp(0.0, length_s);
        let inside = (self.from_s..=self.until_s).contains(&around) && self.length() > 0.0;
        let share = if inside { (around - self.from_s) / self.length() } else { 0.5 };
        Some(Self::at(around - length * share, length, length_s))
    }

    /// The window of the same length that shows a second: itself where it does, else the one that begins a tenth of its
    /// length before the second, so that what comes is seen and the picture moves seldom.
    pub fn showing(self, second: f64, length_s: f64) -> Self {
        if second >= self.from_s && second < self.until_s {
            return self;
        }
        Self::at(second - self.length() / 10.0, self.length(), length_s)
    }

    fn at(from: f64, length: f64, length_s: f64) -> Self {
        let from_s = from.clamp(0.0, (length_s - length).max(0.0));
        Self { from_s, until_s: from_s + length }
    }

    /// The column that a second falls into; none outside the window. The window's end falls into the last column.
    pub fn column(self, second: f64, columns: u16) -> Option<u16> {
        let (inside, length) = (second - self.from_s, self.length());
        if columns == 0 || !second.is_finite() || inside < 0.0 || inside > length {
            return None;
        }
        let column = if length > 0.0 { (inside / length * f64::from(columns)) as u16 } else { 0 };
        Some(column.min(columns - 1))
    }

    /// Where a column begins, in seconds.
    pub fn second(self, column: u16, columns: u16) -> f64 {
        self.from_s + self.length() * f64::from(column) / f64::from(columns.max(1))
    }

    /// From where until where a column covers, in seconds.
    pub fn covers(self, column: u16, columns: u16) -> (f64, f64) {
        (self.second(column, columns), self.second(column + 1, columns))
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn zooming_keeps_what_is_looked_at_in_its_column() {
        let whole = Window::whole(723.0);
        let half = whole.zoomed(2.0, 180.75, 723.0).expect("a part");
        assert_eq!((half.from_s, half.until_s, half.factor(723.0)), (90.375, 451.875, 2));
        assert_eq!(whole.column(180.75, 80), half.column(180.75, 80));
        assert_eq!(half.zoomed(0.5, 180.75, 723.0), None, "all of it again");
        let least = (0..20).fold(half, |window, _| window.zoomed(2.0, 200.0, 723.0).expect("a part"));
        assert!((least.length() - 1.0).abs() < 1e-9, "{least:?}");
        assert_eq!(Window::whole(0.5).zoomed(2.0, 0.2, 0.5), None, "under a second nothing is enlarged");
    }

    #[test]
    fn a_window_follows_by_pages() {
        let window = Window { from_s: 100.0, until_s: 120.0 };
        assert_eq!(window.showing(119.9, 723.0), window);
        assert_eq!(window.showing(120.0, 723.0), Window { from_s: 118.0, until_s: 138.0 });
        assert_eq!(window.showing(722.0, 723.0), Window { from_s: 703.0, until_s: 723.0 });
        assert_eq!(window.showing(0.5, 723.0), Window { from_s: 0.0, until_s: 20.0 });
    }

    #[test]
    fn ends_fall_into_the_first_and_last_column() {
        let window = Window { from_s: 10.0, until_s: 20.0 };
        let columns = [9.9, 10.0, 15.0, 19.99, 20.0, 20.1, f64::NAN].map(|second| window.column(second, 10));
        assert_eq!(columns, [None, Some(0), Some(5), Some(9), Some(9), None, None]);
        assert_eq!((Window::whole(0.0).column(0.0, 80), Window::whole(5.0).column(1.0, 0)), (Some(0), None));
    }

    proptest! {
        #[test]
        fn a_part_is_a_part(length in 0.0..1e5f64, around in -10.0..1.1e5f64, steps in proptest::collection::vec(0.25..4.0f64, 0..12)) {
            let mut window = Window::whole(length);
            for by in steps {
                window = window.zoomed(by, around, length).unwrap_or(Window::whole(length)).showing(around.clamp(0.0, length), length);
                prop_assert!(window.from_s >= 0.0 && window.until_s <= length + 1e-6 && window.length() >= 1f64.min(length) - 1e-6);
                if let Some(column) = window.column(around, 80) {
                    let (from, until) = window.covers(column, 80);
                    prop_assert!(from <= around + 1e-6 && around <= until + 1e-6);
                }
            }
        }
    }
}
