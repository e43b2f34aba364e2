//! Finds rows that only moved: the terminal can move them itself.

use ratatui::style::Color;

use super::{
    cell::Cell,
    picture::{Picture, hash},
};

/// Fewer equal rows are not worth a scroll region.
const LEAST: usize = 3;

/// Rows `top..=bottom` move up by `by` (down, if it is negative); what becomes free is blank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scroll {
    pub top: usize,
    pub bottom: usize,
    pub by: isize,
}

impl Scroll {
    /// Does to a picture what the terminal does.
    pub fn apply(self, picture: &mut Picture) {
        let blank = vec![Cell::blank(Color::Reset); usize::from(picture.columns)];
        let Some(region) = picture.rows.get_mut(self.top..=self.bottom) else { return };
        let distance = self.by.unsigned_abs().min(region.len());
        let free = if self.by > 0 {
            region.rotate_left(distance);
            region.len() - distance..region.len()
        } else {
            region.rotate_right(distance);
            0..distance
        };
        for row in &mut region[free] {
            row.clone_from(&blank);
        }
    }
}

/// The scroll that saves most, if any saves something.
pub fn find(shown: &Picture, next: &Picture) -> Option<Scroll> {
    let rows = next.rows.len();
    let changed: Vec<bool> = shown.rows.iter().zip(&next.rows).map(|(before, after)| before != after).collect();
    if changed.iter().filter(|changed| **changed).count() < LEAST {
        return None;
    }
    let by = commonest_shift(shown, next, &changed)?;
    // The stretch of rows in which moving saves most cells; the rows that come in have to be written in full.
    let mut best: Option<(isize, usize, usize)> = None;
    let (mut sum, mut start) = (0, 0);
    for at in 0..rows {
        let Some(from) = at.checked_add_signed(by).filter(|from| *from < rows) else {
            sum = 0;
            continue;
        };
        let saved = different(&shown.rows[at], &next.rows[at]) - different(&shown.rows[from], &next.rows[at]);
        if sum <= 0 {
            (sum, start) = (0, at);
        }
        sum += saved;
        if best.is_none_or(|(most, ..)| sum > most) {
            best = Some((sum, start, at));
        }
    }
    let (saved, first, last) = best?;
    let distance = by.unsigned_abs();
    let (top, bottom) = if by > 0 { (first, last + distance) } else { (first.checked_sub(distance)?, last) };
    let scroll = Scroll { top, bottom, by };
    (saved > 0 && bottom < rows && last + 1 - first >= LEAST).then_some(scroll)
}

/// By how many rows most of the changed rows moved without changing.
fn commonest_shift(shown: &Picture, next: &Picture, changed: &[bool]) -> Option<isize> {
    let before: Vec<u64> = shown.rows.iter().map(|row| hash(row)).collect();
    let rows = isize::try_from(before.len()).ok()?;
    let mut counts = vec![0usize; before.len() * 2];
    for (at, row) in next.rows.iter().enumerate().filter(|(at, _)| changed[*at]) {
        let after = hash(row);
        for (from, _) in before.iter().enumerate().filter(|(_, hash)| **hash == after) {
            let shift = isize::try_from(from).ok()? - isize::try_from(at).ok()?;
            *counts.get_mut(usize::try_from(shift + rows).ok()?)? += 1;
        }
    }
    let (at, count) = counts.into_iter().enumerate().max_by_key(|(_, count)| *count)?;
    let shift = isize::try_from(at).ok()? - rows;
    (count + 1 >= LEAST && shift != 0).then_some(shift)
}

fn different(before: &[Cell], after: &[Cell]) -> isize {
    isize::try_from(before.iter().zip(after).filter(|(before, after)| before != after).count()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use ratatui::{buffer::Buffer, layout::Rect, style::Style};

    use super::*;

    fn picture(rows: &[&str]) -> Picture {
        let mut buffer = Buffer::empty(Rect::new(0, 0, 12, rows.len().try_into().expect("few rows")));
        for (y, row) in (0..).zip(rows) {
            buffer.set_string(0, y, row, Style::new());
        }
        Picture::read(&buffer)
    }

    #[test]
    fn a_list_that_moved_is_found_and_moved() {
        let before = picture(&["head", "one first", "two second", "three third", "four fourth", ">five fifth", "foot"]);
        let after = picture(&["head", "two second", "three third", "four fourth", " five fifth", ">six sixth", "foot"]);
        let scroll = find(&before, &after).expect("a scroll");
        assert_eq!(scroll, Scroll { top: 1, bottom: 5, by: 1 });
        let mut moved = before.clone();
        scroll.apply(&mut moved);
        assert_eq!(moved.rows[..4], after.rows[..4]);
        assert!(moved.rows[5].iter().all(Cell::is_bare));
        let back = find(&after, &before).expect("the way back");
        assert_eq!(back, Scroll { top: 1, bottom: 5, by: -1 });
    }

    #[test]
    fn rows_that_stand_still_or_are_too_few_are_let_be() {
        let before = picture(&["head", "one", "two", "three", "foot"]);
        assert_eq!(find(&before, &before), None);
        let after = picture(&["head", "two", "other", "things", "foot"]);
        assert_eq!(find(&before, &after), None);
    }
}
