//! Checking a bag: every manifest against every file, and nothing left over.

use super::PAYLOAD;
use crate::Digests;
use model::limits;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Read};

/// Where a bag lies: a folder, an unpacked archive, or files in memory.
pub trait Folder {
    /// The paths of all files below it, with `/` between parts.
    ///
    /// # Errors
    /// Where they cannot be listed.
    fn files(&self) -> io::Result<Vec<String>>;

    /// Opens a file by such a path.
    ///
    /// # Errors
    /// [`io::ErrorKind::NotFound`] where there is none, others where it cannot be read.
    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>>;
}

impl Folder for BTreeMap<String, Vec<u8>> {
    fn files(&self) -> io::Result<Vec<String>> {
        Ok(self.keys().cloned().collect())
    }

    fn open(&self, path: &str) -> io::Result<Box<dyn Read + '_>> {
        let bytes = self.get(path).ok_or(io::ErrorKind::NotFound)?;
        Ok(Box::new(bytes.as_slice()))
    }
}

/// One thing that does not hold of a bag.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BagProblem {
    /// The folder or a file cannot be read.
    #[error("{path} cannot be read: {detail}")]
    Unreadable {
        /// The file, or empty for the folder.
        path: String,
        /// What the system said.
        detail: String,
    },
    /// A file that every bag has is not there.
    #[error("{path} is missing; without it this is no bag")]
    NoBag {
        /// The file.
        path: String,
    },
    /// A tag file cannot be understood.
    #[error("{path}, line {line}: {problem}")]
    Malformed {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// What is wrong.
        problem: String,
    },
    /// There is no manifest of an algorithm that is checked here.
    #[error("there is no payload manifest with SHA-256 or SHA-512")]
    NoManifest,
    /// A file is listed and not there.
    #[error("{path} is missing: {manifest} lists it")]
    Missing {
        /// The file.
        path: String,
        /// Where it is listed.
        manifest: String,
    },
    /// A file is not what a manifest says.
    #[error("{path} was altered: {manifest} says {expected}, and it is {found}")]
    Altered {
        /// The file.
        path: String,
        /// Where it is listed.
        manifest: String,
        /// The digest that is listed.
        expected: String,
        /// The digest that it has.
        found: String,
    },
    /// A payload file is there and not listed.
    #[error("{path} was added: {manifest} does not list it")]
    Added {
        /// The file.
        path: String,
        /// Where it is not listed.
        manifest: String,
    },
    /// The count in bag-info.txt does not hold.
    #[error("bag-info.txt says Payload-Oxum {expected}, and it is {found}")]
    Oxum {
        /// What is written.
        expected: String,
        /// What is so.
        found: String,
    },
    /// The bag is to be completed from addresses, which is not done.
    #[error("fetch.txt names files to be fetched from elsewhere; put them in place first")]
    Fetch,
    /// More files than are read.
    #[error("it has more than {limit} files")]
    TooMany {
        /// The limit.
        limit: usize,
    },
}

/// What a bag that holds is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checked {
    /// Files of the payload.
    pub files: usize,
    /// Bytes of the payload.
    pub bytes: u64,
    /// The lines of bag-info.txt.
    pub info: Vec<(String, String)>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Algorithm {
    Sha256,
    Sha512,
}

/// A manifest: which digest each path has.
struct Manifest {
    path: String,
    algorithm: Algorithm,
    lists_payload: bool,
    digests: BTreeMap<String, String>,
}

/// Reads a whole bag and checks it.
///
/// # Errors
/// Everything that does not hold, by path.
pub fn check(folder: &dyn Folder) -> Result<Checked, Vec<BagProblem>> {
    let unreadable = |error: io::Error| {
        vec![BagProblem::Unreadable { path: String::new(), detail: error.to_string() }]
    };
    let files: BTreeSet<String> = folder.files().map_err(unreadable)?.into_iter().collect();
    if files.len() > limits::BAG_FILES {
        return Err(vec![BagProblem::TooMany { limit: limits::BAG_FILES }]);
    }
    let mut problems = Vec::new();
    check_declaration(folder, &mut problems);
    if files.contains("fetch.txt") {
        problems.push(BagProblem::Fetch);
    }
    let manifests = manifests(folder, &files, &mut problems);
    if !manifests.iter().any(|manifest| manifest.lists_payload) {
        problems.push(BagProblem::NoManifest);
    }
    let payload = check_files(folder, &files, &manifests, &mut problems);
    let info = info(folder, &files, &mut problems);
    let (count, bytes) = payload;
    check_oxum(&info, count, bytes, &mut problems);
    if problems.is_empty() { Ok(Checked { files: count, bytes, info }) } else { Err(problems) }
}

fn check_declaration(folder: &dyn Folder, problems: &mut Vec<BagProblem>) {
    const PATH: &str = "bagit.txt";
    let Some(text) = read_text(folder, PATH, problems) else { return };
    let lines: Vec<&str> = text.lines().collect();
    let wrong = |line, problem: &str| BagProblem::Malformed {
        path: PATH.to_owned(),
        line,
        problem: problem.to_owned(),
    };
    let version = lines.first().and_then(|line| line.strip_prefix("BagIt-Version: "));
    if !version.is_some_and(|version| matches!(version, "0.97" | "1.0")) {
        problems.push(wrong(1, "it must say `BagIt-Version: 1.0` or 0.97"));
    }
    let encoding = lines.get(1).and_then(|line| line.strip_prefix("Tag-File-Character-Encoding: "));
    if !encoding.is_some_and(|name| name.eq_ignore_ascii_case("UTF-8")) || lines.len() > 2 {
        problems.push(wrong(2, "it must end with `Tag-File-Character-Encoding: UTF-8`"));
    }
}

fn read_text(folder: &dyn Folder, path: &str, problems: &mut Vec<BagProblem>) -> Option<String> {
    let read = || -> io::Result<String> {
        let mut text = String::new();
        folder.open(path)?.take(limits::BAG_TAG_BYTES + 1).read_to_string(&mut text)?;
        match text.len() as u64 > limits::BAG_TAG_BYTES {
            true => Err(io::Error::other(format!("more than {} bytes", limits::BAG_TAG_BYTES))),
            false => Ok(text),
        }
    };
    match read() {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            problems.push(BagProblem::NoBag { path: path.to_owned() });
            None
        }
        Err(error) => {
            problems.push(unreadable(path, &error));
            None
        }
    }
}

fn unreadable(path: &str, error: &io::Error) -> BagProblem {
    BagProblem::Unreadable { path: path.to_owned(), detail: error.to_string() }
}

fn manifests(
    folder: &dyn Folder,
    files: &BTreeSet<String>,
    problems: &mut Vec<BagProblem>,
) -> Vec<Manifest> {
    let mut manifests = Vec::new();
    for path in files {
        let Some(name) = path.strip_suffix(".txt") else { continue };
        let (name, lists_payload) = match name.strip_prefix("tagmanifest-") {
            Some(name) => (name, false),
            None => match name.strip_prefix("manifest-") {
                Some(name) => (name, true),
                None => continue,
            },
        };
        let algorithm = match name {
            "sha256" => Algorithm::Sha256,
            "sha512" => Algorithm::Sha512,
            // Older algorithms prove nothing any more, and a bag may have several.
            _ => continue,
        };
        let Some(text) = read_text(folder, path, problems) else { continue };
        let digests = read_manifest(path, &text, algorithm, problems);
        manifests.push(Manifest { path: path.clone(), algorithm, lists_payload, digests });
    }
    manifests
}

fn read_manifest(
    path: &str,
    text: &str,
    algorithm: Algorithm,
    problems: &mut Vec<BagProblem>,
) -> BTreeMap<String, String> {
    let mut digests = BTreeMap::new();
    for (line, number) in text.lines().zip(1..) {
        match read_line(line, algorithm) {
            Ok((digest, file)) => match digests.insert(file.clone(), digest) {
                None => {}
                Some(_) => problems.push(BagProblem::Malformed {
                    path: path.to_owned(),
                    line: number,
                    problem: format!("{file} is listed twice"),
                }),
            },
            Err(problem) => problems.push(BagProblem::Malformed {
                path: path.to_owned(),
                line: number,
                problem: problem.to_owned(),
            }),
        }
    }
    digests
}

/// Takes a line of a manifest apart: digest and path.
fn read_line(line: &str, algorithm: Algorithm) -> Result<(String, String), &'static str> {
    let (digest, file) =
        line.split_once([' ', '\t']).ok_or("a line is a digest, blanks and a path")?;
    let digits = match algorithm {
        Algorithm::Sha256 => 64,
        Algorithm::Sha512 => 128,
    };
    if digest.len() != digits || !digest.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Err("its digest is not of the algorithm of the manifest");
    }
    let file = decoded(file.trim_start_matches([' ', '\t']).trim_start_matches("./"))?;
    let leaves = file.split('/').any(|part| matches!(part, "" | "." | ".."));
    if leaves || file.contains('\\') || file.contains('\0') {
        return Err("its path leaves the bag or is not plain");
    }
    Ok((digest.to_ascii_lowercase(), file))
}

/// Percent-encoded line ends and percent signs, which is all that is encoded.
fn decoded(path: &str) -> Result<String, &'static str> {
    let mut parts = path.split('%');
    let mut decoded = parts.next().unwrap_or("").to_owned();
    for part in parts {
        let known = [("0A", '\n'), ("0a", '\n'), ("0D", '\r'), ("0d", '\r'), ("25", '%')];
        let found = known.iter().find(|(code, _)| part.starts_with(code));
        let (_, character) = found.ok_or("its path has a `%` that encodes nothing")?;
        decoded.push(*character);
        decoded.push_str(&part[2..]);
    }
    Ok(decoded)
}

/// Reads every file once and compares it with every manifest that should list it.
fn check_files(
    folder: &dyn Folder,
    files: &BTreeSet<String>,
    manifests: &[Manifest],
    problems: &mut Vec<BagProblem>,
) -> (usize, u64) {
    for manifest in manifests {
        let absent = manifest.digests.keys().filter(|path| !files.contains(*path));
        problems.extend(absent.map(|path| BagProblem::Missing {
            path: path.clone(),
            manifest: manifest.path.clone(),
        }));
    }
    let (mut count, mut bytes) = (0, 0);
    for path in files {
        let is_payload = path.starts_with(PAYLOAD);
        let is_listed = manifests.iter().any(|manifest| manifest.digests.contains_key(path));
        if !is_payload && !is_listed {
            continue;
        }
        let digests = folder.open(path).and_then(|file| Digests::copy(file, io::sink()));
        let digests = match digests {
            Ok(digests) => digests,
            Err(error) => {
                problems.push(unreadable(path, &error));
                continue;
            }
        };
        if is_payload {
            count += 1;
            bytes += digests.bytes;
        }
        compare(path, &digests, is_payload, manifests, problems);
    }
    (count, bytes)
}

fn compare(
    path: &str,
    digests: &Digests,
    is_payload: bool,
    manifests: &[Manifest],
    problems: &mut Vec<BagProblem>,
) {
    for manifest in manifests {
        let listed_in = manifest.path.clone();
        let found = match manifest.algorithm {
            Algorithm::Sha256 => hex::encode(digests.sha256),
            Algorithm::Sha512 => hex::encode(digests.sha512),
        };
        match manifest.digests.get(path) {
            Some(expected) if *expected != found => problems.push(BagProblem::Altered {
                path: path.to_owned(),
                manifest: listed_in,
                expected: expected.clone(),
                found,
            }),
            Some(_) => {}
            None if is_payload && manifest.lists_payload => {
                problems.push(BagProblem::Added { path: path.to_owned(), manifest: listed_in });
            }
            None => {}
        }
    }
}

fn info(
    folder: &dyn Folder,
    files: &BTreeSet<String>,
    problems: &mut Vec<BagProblem>,
) -> Vec<(String, String)> {
    const PATH: &str = "bag-info.txt";
    let mut info: Vec<(String, String)> = Vec::new();
    if !files.contains(PATH) {
        return info;
    }
    let Some(text) = read_text(folder, PATH, problems) else { return info };
    for (line, number) in text.lines().zip(1..) {
        // A line that begins with a blank goes on with the one before.
        if line.starts_with([' ', '\t'])
            && let Some((_, value)) = info.last_mut()
        {
            value.push(' ');
            value.push_str(line.trim());
            continue;
        }
        match line.split_once(':') {
            Some((label, value)) => info.push((label.trim().to_owned(), value.trim().to_owned())),
            None => problems.push(BagProblem::Malformed {
                path: PATH.to_owned(),
                line: number,
                problem: "a line is a label, a colon and a value".to_owned(),
            }),
        }
    }
    info
}

fn check_oxum(info: &[(String, String)], count: usize, bytes: u64, problems: &mut Vec<BagProblem>) {
    let written = info.iter().find(|(label, _)| label.eq_ignore_ascii_case("Payload-Oxum"));
    let Some((_, expected)) = written else { return };
    let found = format!("{bytes}.{count}");
    if *expected != found {
        problems.push(BagProblem::Oxum { expected: expected.clone(), found });
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::super::{Bag, BagError};
    use super::*;
    use proptest::prelude::*;

    /// A bag in memory, payload included.
    fn bag(payload: &[(&str, &[u8])]) -> BTreeMap<String, Vec<u8>> {
        let mut bag = Bag::new();
        let mut files = BTreeMap::new();
        for (path, bytes) in payload {
            let path = bag.payload(path, Digests::of(bytes)).unwrap();
            files.insert(path, bytes.to_vec());
        }
        bag.tag("records/checkpoint.txt", b"signed\n".to_vec()).unwrap();
        bag.info("Source-Organization", "Harbour").unwrap();
        files.extend(bag.finish());
        files
    }

    fn sample() -> BTreeMap<String, Vec<u8>> {
        bag(&[("originals/one", b"first"), ("copies/one.png", b""), ("two", b"second")])
    }

    fn problems(files: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
        match check(files) {
            Ok(_) => Vec::new(),
            Err(problems) => problems.iter().map(ToString::to_string).collect(),
        }
    }

    #[test]
    fn a_bag_holds_and_says_what_is_in_it() {
        let files = sample();
        let checked = check(&files).unwrap();
        assert_eq!((checked.files, checked.bytes), (3, 11));
        let label = |name: &str| checked.info.iter().find(|(label, _)| label == name).cloned();
        assert_eq!(label("Payload-Oxum").unwrap().1, "11.3");
        assert_eq!(label("Source-Organization").unwrap().1, "Harbour");
        let names: Vec<&str> = files.keys().map(String::as_str).collect();
        assert_eq!(
            names,
            [
                "bag-info.txt",
                "bagit.txt",
                "data/copies/one.png",
                "data/originals/one",
                "data/two",
                "manifest-sha256.txt",
                "manifest-sha512.txt",
                "records/checkpoint.txt",
                "tagmanifest-sha256.txt",
                "tagmanifest-sha512.txt"
            ]
        );
    }

    #[test]
    fn what_is_missing_added_or_altered_is_named() {
        type Change = fn(&mut BTreeMap<String, Vec<u8>>);
        let changes: [(Change, &str); 13] = [
            (|files| drop(files.remove("data/two")), "data/two is missing"),
            (|files| drop(files.insert("data/x".into(), vec![1])), "data/x was added"),
            (|files| files.get_mut("data/two").unwrap()[0] ^= 1, "data/two was altered"),
            (
                |files| files.get_mut("records/checkpoint.txt").unwrap()[0] ^= 1,
                "records/checkpoint.txt was altered",
            ),
            (|files| drop(files.remove("bagit.txt")), "bagit.txt is missing"),
            (|files| drop(files.insert("bagit.txt".into(), vec![])), "bagit.txt, line 1"),
            (|files| drop(files.insert("bagit.txt".into(), vec![255])), "bagit.txt cannot be read"),
            (|files| drop(files.insert("fetch.txt".into(), vec![])), "fetch.txt names files"),
            (
                |files| {
                    files.remove("manifest-sha256.txt");
                    files.remove("manifest-sha512.txt");
                },
                "no payload manifest",
            ),
            (
                |files| drop(files.insert("manifest-sha256.txt".into(), b"x y\n".into())),
                "manifest-sha256.txt, line 1: its digest",
            ),
            (
                |files| {
                    let line = format!("{}  ../../outside\n", "0".repeat(64));
                    files.insert("manifest-sha256.txt".into(), line.into());
                },
                "its path leaves the bag",
            ),
            (
                |files| {
                    let text = b"Payload-Oxum: 1.1\n".to_vec();
                    files.insert("bag-info.txt".into(), text);
                },
                "says Payload-Oxum 1.1, and it is 11.3",
            ),
            (
                |files| drop(files.insert("bag-info.txt".into(), b"nothing\n".into())),
                "bag-info.txt, line 1: a line is a label",
            ),
        ];
        for (change, expected) in changes {
            let mut files = sample();
            change(&mut files);
            let found = problems(&files);
            assert!(
                found.iter().any(|problem| problem.contains(expected)),
                "{expected}: {found:?}"
            );
        }
    }

    #[test]
    fn every_flipped_byte_is_found() {
        let files = sample();
        for (path, bytes) in &files {
            // The manifests of tags are listed nowhere; each of their bytes counts all the same.
            for place in 0..bytes.len() {
                let mut changed = files.clone();
                changed.get_mut(path).unwrap()[place] ^= 1;
                assert!(!problems(&changed).is_empty(), "{path} byte {place}");
            }
        }
    }

    #[test]
    fn bags_of_others_are_read() {
        const DECLARED: &str = "BagIt-Version: 0.97\r\nTag-File-Character-Encoding: utf-8\r\n";
        let digest = hex::encode(Digests::of(b"x").sha256).to_uppercase();
        let manifest = format!("{digest} *data/plain\n");
        for (line, path) in [
            (format!("{digest}\tdata/a b\n"), "data/a b"),
            (format!("{digest}  data/a%0Ab%25c\n"), "data/a\nb%c"),
            (format!("{digest}  ./data/ه\r\n"), "data/ه"),
        ] {
            let files = BTreeMap::from([
                ("bagit.txt".to_owned(), DECLARED.into()),
                ("bag-info.txt".to_owned(), b"Long: one\n  two\n".to_vec()),
                ("manifest-sha256.txt".to_owned(), line.into_bytes()),
                ("manifest-md5.txt".to_owned(), b"whatever".to_vec()),
                (path.to_owned(), b"x".to_vec()),
            ]);
            let checked = check(&files).unwrap();
            assert_eq!(checked.info, [("Long".to_owned(), "one two".to_owned())]);
        }
        // The mark of binary mode of old tools is no part of the standard.
        assert!(read_line(manifest.trim(), Algorithm::Sha256).unwrap().1.starts_with('*'));
    }

    #[test]
    fn unfit_paths_and_lines_are_refused() {
        let of = Digests::of(b"");
        for path in ["", "/x", "x//y", "..", "a/../b", "a b", "a\\b", "é", &"x".repeat(300)] {
            let refused = Bag::new().payload(path, of).unwrap_err();
            assert!(matches!(refused, BagError::Path { .. }), "{path:?}");
        }
        for path in ["bagit.txt", "manifest-sha256.txt", "tagmanifest-md5.txt", "data/x"] {
            let refused = Bag::new().tag(path, Vec::new()).unwrap_err();
            assert!(matches!(refused, BagError::Twice { .. }), "{path:?}");
        }
        let mut bag = Bag::new();
        bag.payload("x", of).unwrap();
        assert!(matches!(bag.payload("x", of), Err(BagError::Twice { .. })));
        for (label, value) in [("a", "b\nc: d"), ("a:b", "c"), ("", "c"), ("a\r", "c")] {
            assert!(bag.info(label, value).is_err(), "{label:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn any_payload_holds(payload in proptest::collection::btree_map(
            "[a-z0-9]{1,8}(/[a-z0-9._-]{1,8}[a-z])?",
            proptest::collection::vec(any::<u8>(), 0..50),
            0..9,
        )) {
            let payload: Vec<(&str, &[u8])> =
                payload.iter().map(|(path, bytes)| (path.as_str(), bytes.as_slice())).collect();
            let checked = check(&bag(&payload)).unwrap();
            prop_assert_eq!(checked.files, payload.len());
        }
    }
}
