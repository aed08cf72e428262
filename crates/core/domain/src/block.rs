//! Blocks: pieces of an upload with names of the client's, put in order by a list when all are there.

use crate::id::ObjectId;
use crate::intake::Stretch;
use crate::problem::{Kind, Problem};
use core::fmt;
use std::collections::{HashMap, HashSet};

/// Bytes of a name at most, before it is encoded.
const NAME_LENGTH: usize = 64;
/// Bytes of one block at most: 4,000 MiB.
pub const BLOCK_BYTES: u64 = 4_000 << 20;
/// Blocks that content is made of at most.
pub const MOST_LISTED: usize = 50_000;
/// Blocks that wait for a list at most.
pub const MOST_WAITING: u64 = 100_000;

/// The name of a block: 1 to 64 bytes in Base64 (RFC 4648 clause 4), as the client wrote it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BlockName(String);

impl BlockName {
    /// Reads a name.
    ///
    /// # Errors
    /// It is no Base64 of 1 to 64 bytes.
    pub fn read(text: &str) -> Result<Self, Problem> {
        let digits = text.trim_end_matches('=');
        let padding = text.len() - digits.len();
        let is_digit = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'+' || byte == b'/';
        let is_whole = text.len().is_multiple_of(4) && padding <= 2 && digits.bytes().all(is_digit);
        let name = Self(text.to_owned());
        if is_whole && (1..=NAME_LENGTH).contains(&name.length()) {
            return Ok(name);
        }
        let message = format!("The id of a block is Base64 of 1 to {NAME_LENGTH} bytes.");
        Err(Problem { field: Some("blockid".to_owned()), ..Problem::new(Kind::Invalid, "invalid_block_id", message) })
    }

    /// Bytes of it before it was encoded.
    pub fn length(&self) -> usize {
        self.0.trim_end_matches('=').len() * 3 / 4
    }

    /// As the client wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for BlockName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for BlockName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "BlockName({})", self.0)
    }
}

/// A block that waits for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// Its name, once among those that wait.
    pub name: BlockName,
    /// Where its bytes are.
    pub object: ObjectId,
    /// Bytes.
    pub size: u64,
}

/// What waits of an upload.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Waiting {
    /// Blocks.
    pub count: u64,
    /// Bytes of all of them.
    pub bytes: u64,
}

impl Waiting {
    /// Passes while one more block of `size` bytes may wait; `most` is what an upload may have at most.
    ///
    /// # Errors
    /// `Conflict`: too many; `TooLarge`: too many bytes, in it or in all of them.
    pub fn welcome(self, size: u64, most: u64) -> Result<(), Problem> {
        if size > BLOCK_BYTES {
            let message = format!("A block has {BLOCK_BYTES} bytes at most.");
            return Err(Problem::new(Kind::TooLarge, "block_too_large", message));
        }
        if self.bytes.saturating_add(size) > most {
            return Err(too_large(most));
        }
        if self.count >= MOST_WAITING {
            let message = format!("There are {MOST_WAITING} blocks that no list names; none can be added.");
            return Err(Problem::new(Kind::Conflict, "too_many_blocks", message));
        }
        Ok(())
    }
}

/// More bytes than a file may have.
pub fn too_large(most: u64) -> Problem {
    Problem::new(
        Kind::TooLarge,
        "file_too_large",
        format!("The file is larger than this server takes: at most {most} bytes."),
    )
}

/// Passes a name that is as long as those that are there, as all of one upload are.
///
/// # Errors
/// It is not.
pub fn same_length(name: &BlockName, other: Option<&BlockName>) -> Result<(), Problem> {
    if other.is_none_or(|other| other.length() == name.length()) {
        return Ok(());
    }
    let message = "The ids of all blocks of one upload must be of the same length.";
    Err(Problem::new(Kind::Invalid, "block_ids_differ", message))
}

/// Where a listed block is looked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Among {
    /// The content as it is.
    Content,
    /// What waits.
    Waiting,
    /// What waits, and else the content.
    Latest,
}

/// An entry of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Listed {
    /// Which block.
    pub name: BlockName,
    /// Where it is.
    pub among: Among,
}

/// The content that a list makes of what is there. A block may be listed several times.
///
/// # Errors
/// `Invalid`: a block is not where it is looked for, or there are too many; `TooLarge`: the content would have more than `most`
/// bytes.
pub fn ordered(list: &[Listed], content: &[Stretch], waiting: &[Block], most: u64) -> Result<Vec<Stretch>, Problem> {
    if list.len() > MOST_LISTED {
        let message = format!("A list has {MOST_LISTED} blocks at most.");
        return Err(Problem::new(Kind::Invalid, "too_many_listed", message));
    }
    let named = |stretch: &Stretch| stretch.name.clone().map(|name| (name, (stretch.object, stretch.size)));
    let content: HashMap<_, _> = content.iter().filter_map(named).collect();
    let waiting: HashMap<_, _> = waiting.iter().map(|block| (&block.name, (block.object, block.size))).collect();
    let mut total = 0_u64;
    let mut made = Vec::with_capacity(list.len());
    for Listed { name, among } in list {
        let found = match among {
            Among::Content => content.get(name),
            Among::Waiting => waiting.get(name),
            Among::Latest => waiting.get(name).or_else(|| content.get(name)),
        };
        let (object, size) = *found.ok_or_else(|| {
            Problem::new(Kind::Invalid, "unknown_block", format!("The block `{name}` of the list is not there."))
        })?;
        total = total.saturating_add(size);
        made.push(Stretch { name: Some(name.clone()), object, size });
    }
    if total > most { Err(too_large(most)) } else { Ok(made) }
}

/// The objects that nothing needs any more once `made` is the content, each once.
pub fn left_behind(made: &[Stretch], content: &[Stretch], waiting: &[Block]) -> Vec<ObjectId> {
    let mut seen: HashSet<ObjectId> = made.iter().map(|stretch| stretch.object).collect();
    let before = content.iter().map(|stretch| stretch.object).chain(waiting.iter().map(|block| block.object));
    before.filter(|object| seen.insert(*object)).collect()
}

#[cfg(test)]
mod tests {
    use super::Among::{Content, Latest};
    use super::*;
    use uuid::Uuid;

    fn name(text: &str) -> BlockName {
        BlockName::read(text).unwrap()
    }

    fn object(number: u128) -> ObjectId {
        ObjectId::new(Uuid::from_u128(number))
    }

    fn block(text: &str, number: u128, size: u64) -> Block {
        Block { name: name(text), object: object(number), size }
    }

    fn stretch(text: &str, number: u128, size: u64) -> Stretch {
        Stretch { name: Some(name(text)), object: object(number), size }
    }

    #[test]
    fn a_name_is_base64_of_1_to_64_bytes() {
        let longest = format!("{}AA==", "A".repeat(84));
        for (text, length) in [("AA==", 1), ("AAA=", 2), ("AAAA", 3), ("+/9z", 3), (longest.as_str(), 64)] {
            assert_eq!(name(text).length(), length, "{text}");
        }
        let too_long = "A".repeat(88);
        for text in
            ["", "=", "====", "A===", "AA", "AA=", "AAA", "A A=", "AA==AA==", "-_9z", "ä===", "AAAA\n", &too_long]
        {
            assert_eq!(BlockName::read(text).unwrap_err().reason, "invalid_block_id", "{text}");
        }
    }

    #[test]
    fn names_of_one_upload_have_one_length() {
        same_length(&name("AAA="), None).unwrap();
        same_length(&name("AAA="), Some(&name("BBA="))).unwrap();
        assert_eq!(same_length(&name("AAA="), Some(&name("AAAA"))).unwrap_err().reason, "block_ids_differ");
    }

    #[test]
    fn a_list_takes_blocks_from_where_it_says_in_its_order() {
        let content =
            [stretch("AAAA", 1, 10), stretch("BBBB", 2, 20), Stretch { name: None, object: object(9), size: 5 }];
        let waiting = [block("BBBB", 3, 30), block("CCCC", 4, 40)];
        let made = |list: &[(&str, Among)]| {
            let list: Vec<_> = list.iter().map(|(text, among)| Listed { name: name(text), among: *among }).collect();
            ordered(&list, &content, &waiting, 100)
        };
        let objects = |list: &[(&str, Among)]| {
            made(list).unwrap().into_iter().map(|stretch| stretch.object.uuid().as_u128()).collect::<Vec<_>>()
        };
        assert_eq!(objects(&[("CCCC", Latest), ("BBBB", Latest), ("AAAA", Latest)]), [4, 3, 1]);
        assert_eq!(objects(&[("BBBB", Content), ("BBBB", Among::Waiting)]), [2, 3]);
        assert_eq!(objects(&[("AAAA", Content), ("AAAA", Content), ("AAAA", Latest)]), [1, 1, 1]);
        assert_eq!(objects(&[]), Vec::<u128>::new());
        for wrong in [("AAAA", Among::Waiting), ("CCCC", Content), ("DDDD", Latest)] {
            assert_eq!(made(&[wrong]).unwrap_err().reason, "unknown_block", "{wrong:?}");
        }
        assert_eq!(made(&[("CCCC", Latest); 3]).unwrap_err().kind, Kind::TooLarge);
        let many = vec![Listed { name: name("AAAA"), among: Latest }; MOST_LISTED + 1];
        assert_eq!(ordered(&many, &content, &waiting, u64::MAX).unwrap_err().reason, "too_many_listed");
        assert_eq!(ordered(&many[1..], &content, &waiting, u64::MAX).unwrap().len(), MOST_LISTED);
    }

    #[test]
    fn what_a_list_leaves_out_is_left_behind_once() {
        let content = [stretch("AAAA", 1, 10), stretch("AAAA", 1, 10), stretch("BBBB", 2, 20)];
        let waiting = [block("BBBB", 3, 30), block("CCCC", 4, 40)];
        let left = left_behind(&[stretch("BBBB", 3, 30), stretch("BBBB", 3, 30)], &content, &waiting);
        assert_eq!(left, [object(1), object(2), object(4)]);
    }

    #[test]
    fn what_waits_is_bounded() {
        let waiting = Waiting { count: 1, bytes: 70 };
        waiting.welcome(30, 100).unwrap();
        assert_eq!(waiting.welcome(31, 100).unwrap_err().reason, "file_too_large");
        assert_eq!(waiting.welcome(BLOCK_BYTES + 1, u64::MAX).unwrap_err().reason, "block_too_large");
        assert_eq!(waiting.welcome(u64::MAX, u64::MAX).unwrap_err().kind, Kind::TooLarge);
        let many = Waiting { count: MOST_WAITING, bytes: 0 };
        assert_eq!(many.welcome(1, 100).unwrap_err().reason, "too_many_blocks");
    }
}
