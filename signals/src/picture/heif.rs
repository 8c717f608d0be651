//! The container of AVIF pictures: HEIF, ISO/IEC 23008-12, on boxes of ISO/IEC 14496-12.
//!
//! A file holds *items*: coded pictures, grids that are put together of others, and what belongs
//! to them. Items have places in the file and properties, and refer to each other. Only what a
//! picture of AV1 needs is read; what is not known is passed over, as the standard asks.

use std::borrow::Cow;

use model::Missing;
use model::limits::MEDIA_BYTES;

use super::{Format, damaged};

/// Most items, parts of items, properties or references that are read; a file with more is damaged.
const PARTS: usize = 4_096;

/// Four letters that name a box, an item's kind or a reference.
pub(super) type Name = [u8; 4];

/// The items of a file, and what is told of them.
#[derive(Debug, Default)]
pub(super) struct Heif<'a> {
    bytes: &'a [u8],
    /// What the box `idat` holds; items may lie in it.
    data: &'a [u8],
    primary: u32,
    items: Vec<(u32, Name)>,
    places: Vec<Place>,
    properties: Vec<(Name, &'a [u8])>,
    /// Of items: the numbers of their properties, from 1 as in the file.
    owned: Vec<(u32, Vec<usize>)>,
    references: Vec<Reference>,
}

#[derive(Debug)]
struct Place {
    item: u32,
    /// Whether it lies in `idat`; in the file otherwise.
    in_data: bool,
    /// Beginnings and lengths, the whole rest being of length 0.
    parts: Vec<(u64, u64)>,
}

#[derive(Debug)]
struct Reference {
    kind: Name,
    from: u32,
    to: Vec<u32>,
}

/// Whether bytes begin as a file of such a container does, and which brands it says it has.
pub(super) fn brands(bytes: &[u8]) -> Option<&[Name]> {
    let (kind, body) = boxes(bytes).next()?;
    let brands = body.as_chunks::<4>().0;
    // What stands second is a version.
    (kind == *b"ftyp" && !brands.is_empty()).then_some(brands)
}

impl<'a> Heif<'a> {
    /// Reads what a file tells of its items.
    ///
    /// # Errors
    ///
    /// Names the box that is absent or damaged.
    pub(super) fn parse(bytes: &'a [u8]) -> Result<Self, Missing> {
        let wrong = |name: &str| damaged(Format::Avif, format!("its box {name} is damaged"));
        let meta = boxes(bytes).find(|(kind, _)| kind == b"meta").map(|(_, body)| body);
        let meta = meta.and_then(|body| body.get(4..)).ok_or_else(|| wrong("meta"))?;
        let mut heif = Self { bytes, ..Self::default() };
        for (kind, body) in boxes(meta) {
            let mut fields = Fields(body);
            let read = match &kind {
                b"idat" => {
                    heif.data = body;
                    Some(())
                }
                b"pitm" => fields.version().and_then(|version| {
                    heif.primary = fields.number(if version == 0 { 2 } else { 4 })? as u32;
                    Some(())
                }),
                b"iinf" => heif.read_items(fields),
                b"iloc" => heif.read_places(fields),
                b"iprp" => heif.read_properties(body),
                b"iref" => heif.read_references(fields),
                _ => Some(()),
            };
            read.ok_or_else(|| wrong(&String::from_utf8_lossy(&kind)))?;
        }
        Ok(heif)
    }

    /// The item that the file shows.
    pub(super) fn primary(&self) -> u32 {
        self.primary
    }

    /// What an item is, such as `av01` or `grid`.
    pub(super) fn kind(&self, item: u32) -> Option<Name> {
        self.items.iter().find(|(id, _)| *id == item).map(|(_, kind)| *kind)
    }

    /// The properties of an item, in their order, with their names.
    pub(super) fn properties(&self, item: u32) -> impl Iterator<Item = (Name, &'a [u8])> {
        let owned = self.owned.iter().filter(move |(id, _)| *id == item);
        let numbers = owned.flat_map(|(_, numbers)| numbers);
        numbers.filter_map(|number| self.properties.get(number.checked_sub(1)?).copied())
    }

    /// The first property of an item that has a name.
    pub(super) fn property(&self, item: u32, name: &Name) -> Option<Fields<'a>> {
        self.properties(item).find(|(kind, _)| kind == name).map(|(_, body)| Fields(body))
    }

    /// The items to which an item refers.
    pub(super) fn to(&self, kind: &Name, from: u32) -> impl Iterator<Item = u32> {
        let those = self.references.iter().filter(move |one| one.kind == *kind && one.from == from);
        those.flat_map(|one| one.to.iter().copied())
    }

    /// The items that refer to an item.
    pub(super) fn from(&self, kind: &Name, to: u32) -> impl Iterator<Item = u32> {
        let those = self.references.iter().filter(move |one| one.kind == *kind);
        those.filter(move |one| one.to.contains(&to)).map(|one| one.from)
    }

    /// The bytes of an item; `None` where they are not in the file.
    pub(super) fn content(&self, item: u32) -> Option<Cow<'a, [u8]>> {
        let place = self.places.iter().find(|place| place.item == item)?;
        let all = if place.in_data { self.data } else { self.bytes };
        let part = |&(from, length): &(u64, u64)| {
            let rest = all.get(usize::try_from(from).ok()?..)?;
            if length == 0 { Some(rest) } else { rest.get(..usize::try_from(length).ok()?) }
        };
        if let [only] = place.parts.as_slice() {
            return part(only).map(Cow::Borrowed);
        }
        let mut content = Vec::new();
        for one in &place.parts {
            let one = part(one)?;
            // Parts may overlap, so that few bytes could tell of many.
            if content.len() + one.len() > MEDIA_BYTES {
                return None;
            }
            content.extend_from_slice(one);
        }
        Some(content.into())
    }

    fn read_items(&mut self, mut fields: Fields<'a>) -> Option<()> {
        let version = fields.version()?;
        fields.number(if version == 0 { 2 } else { 4 })?;
        for (kind, body) in boxes(fields.0) {
            let mut entry = Fields(body);
            let version = entry.version()?;
            if kind != *b"infe" || version < 2 {
                continue;
            }
            let id = entry.number(if version == 2 { 2 } else { 4 })? as u32;
            entry.number(2)?;
            self.items.push((id, entry.name()?));
            is_few(self.items.len())?;
        }
        Some(())
    }

    fn read_places(&mut self, mut fields: Fields<'a>) -> Option<()> {
        let version = fields.version()?;
        let sizes = fields.number(2)?;
        let size = |place: u32| (sizes >> (12 - 4 * place) & 0xF) as usize;
        let wide = if version < 2 { 2 } else { 4 };
        let mut all_parts = 0;
        for _ in 0..fields.number(wide)? {
            let item = fields.number(wide)? as u32;
            let way = if version == 0 { 0 } else { fields.number(2)? & 0xF };
            fields.number(2)?;
            let base = fields.number(size(2))?;
            let parts = fields.number(2)?;
            // A part may take no byte here, so that the file's size does not bound them.
            all_parts += parts as usize + 1;
            is_few(all_parts)?;
            let parts = (0..parts).map(|_| {
                fields.number(if version == 0 { 0 } else { size(3) })?;
                let from = base.checked_add(fields.number(size(0))?)?;
                Some((from, fields.number(size(1))?))
            });
            let parts = parts.collect::<Option<Vec<_>>>()?;
            // Items that lie in other items are not known to be used.
            if way < 2 {
                self.places.push(Place { item, in_data: way == 1, parts });
            }
        }
        Some(())
    }

    fn read_properties(&mut self, body: &'a [u8]) -> Option<()> {
        for (kind, body) in boxes(body) {
            if kind == *b"ipco" {
                self.properties.extend(boxes(body).take(PARTS));
                is_few(self.properties.len())?;
            } else if kind == *b"ipma" {
                self.read_owned(Fields(body))?;
            }
        }
        Some(())
    }

    fn read_owned(&mut self, mut fields: Fields<'a>) -> Option<()> {
        let head = fields.number(4)?;
        let (version, wide_numbers) = (head >> 24, head & 1 == 1);
        let count = fields.number(4)?;
        for _ in 0..count {
            let item = fields.number(if version == 0 { 2 } else { 4 })? as u32;
            let numbers = fields.number(1)?;
            // The highest bit says that who does not know the property should not show the item.
            let numbers = (0..numbers).map(|_| {
                let (bytes, mask) = if wide_numbers { (2, 0x7FFF) } else { (1, 0x7F) };
                Some((fields.number(bytes)? & mask) as usize)
            });
            self.owned.push((item, numbers.collect::<Option<_>>()?));
            is_few(self.owned.len())?;
        }
        Some(())
    }

    fn read_references(&mut self, mut fields: Fields<'a>) -> Option<()> {
        let wide = if fields.version()? == 0 { 2 } else { 4 };
        let mut all = 0;
        for (kind, body) in boxes(fields.0) {
            let mut fields = Fields(body);
            let from = fields.number(wide)? as u32;
            let count = fields.number(2)?;
            all += count as usize + 1;
            is_few(all)?;
            let to = (0..count).map(|_| Some(fields.number(wide)? as u32));
            self.references.push(Reference { kind, from, to: to.collect::<Option<_>>()? });
        }
        Some(())
    }
}

/// The coded pictures of the first sequence in a file, in order, at most so many; nothing where
/// there is no sequence, or what is told of it is damaged.
pub(super) fn sequence(bytes: &[u8], most: usize) -> Option<Vec<&[u8]>> {
    let tracks = boxes(inner(bytes, &[b"moov"])?).filter(|(kind, _)| kind == b"trak");
    let mut media = tracks.filter_map(|(_, track)| inner(track, &[b"mdia"]));
    let of_pictures = |media: &&[u8]| {
        inner(media, &[b"hdlr"]).and_then(|handler| handler.get(8..12)) == Some(b"pict")
    };
    let table = inner(media.find(of_pictures)?, &[b"minf", b"stbl"])?;
    let mut lengths = Fields(inner(table, &[b"stsz"])?);
    lengths.version()?;
    let (same, count) = (lengths.number(4)?, lengths.number(4)?);
    let most = count.min(most as u64) as usize;
    let (mut chunks, wide) = match inner(table, &[b"stco"]) {
        Some(chunks) => (Fields(chunks), 4),
        None => (Fields(inner(table, &[b"co64"])?), 8),
    };
    chunks.number(8)?;
    let runs = inner(table, &[b"stsc"])?.get(8..)?;
    let mut samples = Vec::new();
    let mut chunk = 0;
    while samples.len() < most && chunk < PARTS as u64 {
        chunk += 1;
        let mut at = chunks.number(wide)?;
        for _ in 0..in_chunk(runs, chunk)?.min((most - samples.len()) as u64) {
            let length = if same > 0 { same } else { lengths.number(4)? };
            let end = at.checked_add(length)?;
            samples.push(bytes.get(usize::try_from(at).ok()?..usize::try_from(end).ok()?)?);
            at = end;
        }
    }
    Some(samples)
}

/// How many pictures a chunk has, as the runs of chunks of the same number tell.
fn in_chunk(runs: &[u8], chunk: u64) -> Option<u64> {
    let mut fields = Fields(runs);
    let runs = std::iter::from_fn(|| {
        let (first, pictures) = (fields.number(4)?, fields.number(4)?);
        fields.number(4).map(|_| (first, pictures))
    });
    runs.take_while(|(first, _)| *first <= chunk).last().map(|(_, pictures)| pictures)
}

/// What the box at the end of a path of names holds, the first of each name.
fn inner<'a>(bytes: &'a [u8], path: &[&Name]) -> Option<&'a [u8]> {
    path.iter().try_fold(bytes, |outer, name| {
        boxes(outer).find(|(kind, _)| kind == *name).map(|(_, body)| body)
    })
}

/// Nothing where there are too many of something.
fn is_few(count: usize) -> Option<()> {
    (count <= PARTS).then_some(())
}

/// The boxes in bytes, with their names; ends where one is damaged.
fn boxes(bytes: &[u8]) -> impl Iterator<Item = (Name, &[u8])> {
    let mut rest = Fields(bytes);
    std::iter::from_fn(move || {
        let length = rest.number(4)?;
        let name = rest.name()?;
        let body = match length {
            0 => rest.0.len() as u64,
            1 => rest.number(8)?.checked_sub(16)?,
            2.. => length.checked_sub(8)?,
        };
        Some((name, rest.take(usize::try_from(body).ok()?)?))
    })
}

/// Numbers that follow one another, highest byte first.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fields<'a>(pub(super) &'a [u8]);

impl<'a> Fields<'a> {
    /// The next number, of so many bytes, at most 8.
    pub(super) fn number(&mut self, bytes: usize) -> Option<u64> {
        let taken = self.take(bytes)?;
        Some(taken.iter().fold(0, |number, byte| number << 8 | u64::from(*byte)))
    }

    /// The version of a box that has one, with flags after it.
    pub(super) fn version(&mut self) -> Option<u64> {
        Some(self.number(4)? >> 24)
    }

    /// The next four letters.
    pub(super) fn name(&mut self) -> Option<Name> {
        self.take(4)?.try_into().ok()
    }

    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.0.split_at_checked(bytes)?;
        self.0 = rest;
        Some(taken)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn boxed(name: &Name, body: &[u8]) -> Vec<u8> {
        [&(body.len() as u32 + 8).to_be_bytes()[..], name, body].concat()
    }

    /// A file with one item, number 7, of two parts, and a property of its own.
    fn file() -> Vec<u8> {
        let items = boxed(b"infe", b"\x02\0\0\0\0\x07\0\0av01\0");
        let places = [
            &b"\x01\0\0\0\x44\x00\0\x01\0\x07\0\x01\0\0\0\x02"[..],
            b"\0\0\0\x01\0\0\0\x02\0\0\0\x04\0\0\0\x01",
        ]
        .concat();
        let properties = [
            boxed(b"ipco", &boxed(b"irot", b"\x01")),
            boxed(b"ipma", b"\0\0\0\0\0\0\0\x01\0\x07\x02\x81\x05"),
        ];
        let parts = [
            boxed(b"pitm", b"\0\0\0\0\0\x07"),
            boxed(b"iinf", &[b"\0\0\0\0\0\x01", items.as_slice()].concat()),
            boxed(b"iloc", &places),
            boxed(b"iprp", &properties.concat()),
            boxed(b"iref", &[&b"\0\0\0\0"[..], &boxed(b"auxl", b"\0\x09\0\x01\0\x07")].concat()),
            boxed(b"idat", b"abcdef"),
            boxed(b"free", b"?"),
        ];
        let meta = boxed(b"meta", &[&b"\0\0\0\0"[..], &parts.concat()].concat());
        [boxed(b"ftyp", b"avif\0\0\0\0mif1"), meta].concat()
    }

    #[test]
    fn what_a_file_tells_of_its_items_is_read() {
        let file = file();
        assert_eq!(brands(&file), Some(&[*b"avif", [0; 4], *b"mif1"][..]));
        let heif = Heif::parse(&file).unwrap();
        assert_eq!((heif.primary(), heif.kind(7), heif.kind(8)), (7, Some(*b"av01"), None));
        assert_eq!(heif.content(7).as_deref(), Some(&b"bce"[..]));
        assert_eq!(heif.content(8), None);
        assert_eq!(heif.properties(7).collect::<Vec<_>>(), [(*b"irot", &b"\x01"[..])]);
        assert_eq!(heif.property(7, b"irot").and_then(|mut field| field.number(1)), Some(1));
        assert_eq!(heif.from(b"auxl", 7).collect::<Vec<_>>(), [9]);
        assert_eq!(heif.to(b"auxl", 9).collect::<Vec<_>>(), [7]);
        assert_eq!(heif.to(b"dimg", 9).count(), 0);
    }

    /// A file of one sequence: `ab` and `c` in a chunk at 8, `def` in one at 12.
    fn moving() -> Vec<u8> {
        let table = [
            boxed(b"stsz", b"\0\0\0\0\0\0\0\0\0\0\0\x03\0\0\0\x02\0\0\0\x01\0\0\0\x03"),
            boxed(b"stco", b"\0\0\0\0\0\0\0\x02\0\0\0\x08\0\0\0\x0C"),
            boxed(
                b"stsc",
                &[
                    &b"\0\0\0\0\0\0\0\x02"[..],
                    b"\0\0\0\x01\0\0\0\x02\0\0\0\x01",
                    b"\0\0\0\x02\0\0\0\x01\0\0\0\x01",
                ]
                .concat(),
            ),
        ];
        let table = boxed(b"minf", &boxed(b"stbl", &table.concat()));
        let media = [boxed(b"hdlr", b"\0\0\0\0\0\0\0\0pict"), table];
        let sound = boxed(b"trak", &boxed(b"mdia", &boxed(b"hdlr", b"\0\0\0\0\0\0\0\0soun")));
        let track = boxed(b"trak", &boxed(b"mdia", &media.concat()));
        [boxed(b"mdat", b"abc.def"), boxed(b"moov", &[sound, track].concat())].concat()
    }

    #[test]
    fn the_pictures_of_a_sequence_are_found() {
        let file = moving();
        let all = sequence(&file, 9).unwrap();
        assert_eq!(all, [&b"ab"[..], b"c", b"def"]);
        assert_eq!(sequence(&file, 2).unwrap(), all[..2]);
        assert_eq!(sequence(&self::file(), 9), None);
        for place in 0..file.len() {
            assert_eq!(sequence(&file[..place], 9), None, "cut at {place}");
            for value in [0, 2, 0x7F, 0xFF] {
                let mut changed = file.clone();
                changed[place] = value;
                let found = sequence(&changed, 9).unwrap_or_default();
                assert!(found.len() <= 9, "{value} at {place}");
            }
        }
    }

    #[test]
    fn a_cut_or_changed_file_is_an_error_or_has_no_content() {
        let whole = file();
        for cut in 0..whole.len() {
            let told = Heif::parse(&whole[..cut]);
            assert!(told.is_err(), "cut at {cut}");
        }
        let ends = whole.windows(4).position(|name| name == b"idat").unwrap();
        for place in 0..ends {
            for value in [0, 1, 0x7F, 0xFF] {
                let mut changed = whole.clone();
                changed[place] = value;
                // Whatever it tells must not panic, and what lies outside has no content.
                if let Ok(heif) = Heif::parse(&changed) {
                    let content = heif.content(7).unwrap_or_default();
                    assert!(content.len() <= 2 * changed.len());
                }
            }
        }
    }

    #[test]
    fn boxes_end_where_one_is_damaged() {
        for (bytes, expected) in [
            (&b""[..], 0),
            (b"\0\0\0\x08free", 1),
            (b"\0\0\0\0freeabc", 1),
            (b"\0\0\0\x01free\0\0\0\0\0\0\0\x11a\0\0\0\x08free", 2),
            (b"\0\0\0\x01free\0\0\0\0\0\0\0\x0Fa", 0),
            (b"\0\0\0\x07free", 0),
            (b"\0\0\0\x09free", 0),
            (b"\xFF\xFF\xFF\xFFfree", 0),
        ] {
            assert_eq!(boxes(bytes).count(), expected, "{bytes:?}");
        }
    }
}
