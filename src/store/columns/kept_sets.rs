//! Sets of participants in the file, so that nobody parses a hundred thousand of them at each start.

use super::image::{Damaged, Image, ImageBuilder};
use crate::store::names::{Names, SetTable};

/// Blocks of an image of sets: starts and members of each of the four tables.
pub(in crate::store) const BLOCKS: usize = 8;

pub(in crate::store) fn keep(names: &Names) -> Image {
    let mut image = ImageBuilder::default();
    for sets in names.sets() {
        image.push_bytes(bytemuck::cast_slice(&sets.table().starts));
        image.push_bytes(bytemuck::cast_slice(&sets.table().members));
    }
    image.finish()
}

/// # Errors
/// When the file is not what was written.
pub(in crate::store) fn read(image: &Image) -> Result<[SetTable; 4], Damaged> {
    let words = |index: usize| -> Result<Vec<u32>, Damaged> {
        let loaded = image.load(index)?;
        bytemuck::try_cast_slice::<u8, u32>(loaded.bytes()).map(<[u32]>::to_vec).map_err(|_error| Damaged)
    };
    let table = |nth: usize| -> Result<SetTable, Damaged> {
        let table = SetTable { starts: words(nth * 2)?, members: words(nth * 2 + 1)? };
        if table.starts.is_empty() { Err(Damaged) } else { Ok(table) }
    };
    Ok([table(0)?, table(1)?, table(2)?, table(3)?])
}
