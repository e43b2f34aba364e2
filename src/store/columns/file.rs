//! The file beside the database: only a cache. A header that tells what it is of, images, and a directory of them.
//!
//! It is written under another name by the one program that holds the lock, then renamed, and never changed. Words are
//! little-endian; sums are XXH3. Whatever is not as expected means that the file is made anew.

use std::{
    fs::{self, File},
    io::{self, BufWriter, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    sync::Arc,
};

use super::{
    block::{WORDS, checksum},
    image::{Image, WriteFault},
    kept_sets,
    map::Map,
    segment::{DIRECTORY, Segment},
};
use crate::store::numbers::NUMBER_BLOCKS;

/// Changes with every change of the format.
pub(in crate::store) const VERSION: u64 = 2;

const MAGIC: u64 = u64::from_le_bytes(*b"CRCOLUMN");
const HEADER: usize = 16;

/// What a file is of. All must be as the database says, but for `seq`, from where a reader goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::store) struct Label {
    pub(in crate::store) schema: u64,
    pub(in crate::store) epoch: u64,
    pub(in crate::store) database: u64,
    pub(in crate::store) zone: u64,
    /// The last change in it.
    pub(in crate::store) seq: i64,
    /// Number and content of a change that was made for this file, after the last in it. A database that does not have it is
    /// an older copy, or lost its last commits with the power: the same numbers may tell of other changes there.
    pub(in crate::store) mark: (i64, i64),
}

impl Label {
    /// Whether the other is of the same calls and clock, maybe of another moment.
    pub(in crate::store) fn is_of(&self, other: &Self) -> bool {
        Self { seq: other.seq, mark: other.mark, ..*self } == *other
    }
}

/// A file that is as expected.
pub(in crate::store) struct Opened {
    pub(in crate::store) label: Label,
    pub(in crate::store) numbers: Arc<Image>,
    pub(in crate::store) sets: Image,
    pub(in crate::store) segments: Vec<Arc<Segment>>,
}

/// None where there is no file, or one of no use.
pub(in crate::store) fn open(path: &Path) -> Option<Opened> {
    // What is no file may be waited for without end.
    fs::metadata(path).ok().filter(fs::Metadata::is_file)?;
    let file = File::open(path).ok()?;
    let map = Arc::new(Map::open(file).ok()?);
    let head = words(&map, 0, HEADER)?;
    let &[magic, version, schema, epoch, database, zone, seq, directory, length, sum, file_length, segments, mark, content, ..] =
        head.as_slice()
    else {
        return None;
    };
    let whole = head[HEADER - 1] == sum_of(&head[..HEADER - 1]);
    if !whole || (magic, version) != (MAGIC, VERSION) || file_length != map.length() {
        return None;
    }
    let entries = words(&map, directory, usize::try_from(length).ok()?)?;
    if sum_of(&entries) != sum {
        return None;
    }
    let (numbers, rest) = entries.split_at_checked(2 + NUMBER_BLOCKS * WORDS)?;
    let (sets, rest) = rest.split_at_checked(2 + kept_sets::BLOCKS * WORDS)?;
    let image = |entry: &[u64]| Image::of_file(Arc::clone(&map), entry[0], entry[1], &entry[2..]);
    let (numbers, sets) = (image(numbers)?, image(sets)?);
    let segments_found = rest
        .chunks(2 + DIRECTORY)
        .map(|entry| {
            (entry.len() == 2 + DIRECTORY).then(|| Segment::of_file(Arc::clone(&map), entry[0], entry[1], &entry[2..]))?
        })
        .map(|segment| segment.map(Arc::new))
        .collect::<Option<Vec<_>>>()?;
    let mark = (mark.cast_signed(), content.cast_signed());
    let label = Label { schema, epoch, database, zone, seq: seq.cast_signed(), mark };
    (segments_found.len() as u64 == segments).then_some(Opened {
        label,
        numbers: Arc::new(numbers),
        sets,
        segments: segments_found,
    })
}

fn words(map: &Map, start: u64, count: usize) -> Option<Vec<u64>> {
    let end = start.checked_add((count as u64).checked_mul(8)?)?;
    let piece = map.piece(start..end).ok()?;
    Some(piece.bytes().chunks_exact(8).map(|word| u64::from_le_bytes(word.try_into().unwrap_or_default())).collect())
}

fn sum_of(words: &[u64]) -> u64 {
    let bytes: Vec<u8> = words.iter().flat_map(|word| word.to_le_bytes()).collect();
    checksum(&bytes)
}

/// Writes a file image by image; nobody sees it before [`Self::finish`].
pub(in crate::store) struct Writer {
    file: BufWriter<File>,
    temporary: PathBuf,
    path: PathBuf,
    at: u64,
    entries: Vec<u64>,
    segments: u64,
}

impl Writer {
    pub(in crate::store) fn begin(path: &Path) -> io::Result<Self> {
        let mut temporary = path.as_os_str().to_owned();
        temporary.push(".new");
        let temporary = PathBuf::from(temporary);
        // What a killed program left.
        let _ = fs::remove_file(&temporary);
        if fs::symlink_metadata(path).is_ok_and(|meta| meta.is_dir()) {
            // Nothing of ours; an empty one is not missed.
            fs::remove_dir(path)?;
        }
        let mut options = File::options();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = BufWriter::with_capacity(1 << 20, options.open(&temporary)?);
        file.write_all(&[0; HEADER * 8])?;
        Ok(Self { file, temporary, path: path.to_owned(), at: HEADER as u64 * 8, entries: Vec::new(), segments: 0 })
    }

    /// A segment, after those of older calls.
    pub(in crate::store) fn add_segment(&mut self, image: &Image) -> Result<(), WriteFault> {
        self.segments += 1;
        self.add(image)
    }

    /// The numbers first, then the sets.
    pub(in crate::store) fn add(&mut self, image: &Image) -> Result<(), WriteFault> {
        image.write(&mut self.file)?;
        self.entries.extend([self.at, image.length()]);
        self.entries.extend(image.directory());
        self.at += image.length();
        Ok(())
    }

    /// Puts it in place of the file before.
    pub(in crate::store) fn finish(mut self, label: Label) -> io::Result<()> {
        for word in &self.entries {
            self.file.write_all(&word.to_le_bytes())?;
        }
        let length = self.at + self.entries.len() as u64 * 8;
        let mut head = vec![
            MAGIC,
            VERSION,
            label.schema,
            label.epoch,
            label.database,
            label.zone,
            label.seq.cast_unsigned(),
            self.at,
            self.entries.len() as u64,
            sum_of(&self.entries),
            length,
            self.segments,
            label.mark.0.cast_unsigned(),
            label.mark.1.cast_unsigned(),
        ];
        head.resize(HEADER - 1, 0);
        head.push(sum_of(&head));
        self.file.seek(SeekFrom::Start(0))?;
        for word in &head {
            self.file.write_all(&word.to_le_bytes())?;
        }
        self.file.flush()?;
        self.file.get_ref().sync_all()?;
        fs::rename(&self.temporary, &self.path)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        // Renamed already, or worth nothing.
        let _ = fs::remove_file(&self.temporary);
    }
}
