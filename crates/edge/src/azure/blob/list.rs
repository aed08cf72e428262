//! Lists of blocks: the XML that Put Block List takes, and the one that Get Block List gives.

use super::answer::{DECLARATION, element};
use kinora_app::video::Blocks;
use kinora_domain::Problem;
use kinora_domain::block::{Among, BlockName, Listed, MOST_LISTED};
use roxmltree::{Document, Node, NodeType, ParsingOptions};

/// Nodes of a document at most: of each block its element, its text and what stands before it, and some around.
const NODES: u32 = 200_000;

/// Why a document is no list of blocks.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Malformed {
    /// It is no XML, or not in UTF-8, or has a document type, or no end.
    #[error("The XML is not well-formed, or has a document type.")]
    Xml,
    /// It is XML of something else.
    #[error(
        "A list of blocks is `<BlockList>` with `<Latest>`, `<Committed>` and `<Uncommitted>`, each around one id."
    )]
    Node,
    /// What an element names is no id of a block.
    #[error("{0}")]
    Name(Problem),
    /// It names more blocks than a list may.
    #[error("A list has {MOST_LISTED} blocks at most.")]
    Long,
}

/// Reads a list, in its order.
///
/// # Errors
/// Why it is none.
pub fn read(bytes: &[u8]) -> Result<Vec<Listed>, Malformed> {
    let text = core::str::from_utf8(bytes).map_err(|_not_text| Malformed::Xml)?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    // Without document types there are no entities that grow.
    let options = ParsingOptions { allow_dtd: false, nodes_limit: NODES, ..ParsingOptions::default() };
    let document = Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => Malformed::Long,
        _ => Malformed::Xml,
    })?;
    let root = document.root_element();
    if root.tag_name().name() != "BlockList" {
        return Err(Malformed::Node);
    }
    let mut list = Vec::new();
    for node in root.children() {
        match node.node_type() {
            NodeType::Element if list.len() == MOST_LISTED => return Err(Malformed::Long),
            NodeType::Element => list.push(entry(node)?),
            NodeType::Text if !node.text().unwrap_or_default().trim().is_empty() => return Err(Malformed::Node),
            NodeType::Text | NodeType::Comment | NodeType::PI | NodeType::Root => {}
        }
    }
    Ok(list)
}

fn entry(node: Node<'_, '_>) -> Result<Listed, Malformed> {
    let among = match node.tag_name().name() {
        "Latest" => Among::Latest,
        "Committed" => Among::Content,
        "Uncommitted" => Among::Waiting,
        _ => return Err(Malformed::Node),
    };
    if node.children().any(|child| child.is_element()) {
        return Err(Malformed::Node);
    }
    // A comment may stand in the middle of it.
    let text: String = node.children().filter(Node::is_text).filter_map(|child| child.text()).collect();
    let name = BlockName::read(text.trim()).map_err(Malformed::Name)?;
    Ok(Listed { name, among })
}

/// Which blocks are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Wanted {
    /// Those of the blob.
    Committed,
    /// Those that wait.
    Uncommitted,
    /// Both.
    All,
}

/// Writes the list of what is there.
pub(super) fn write(blocks: &Blocks, wanted: Wanted) -> String {
    let block = |name: &BlockName, size: u64| {
        format!("<Block>{}{}</Block>", element("Name", name.as_str()), element("Size", &size.to_string()))
    };
    let mut out = format!("{DECLARATION}<BlockList>");
    if wanted != Wanted::Uncommitted {
        out.push_str("<CommittedBlocks>");
        for stretch in &blocks.stretches {
            out.extend(stretch.name.as_ref().map(|name| block(name, stretch.size)));
        }
        out.push_str("</CommittedBlocks>");
    }
    if wanted != Wanted::Committed {
        out.push_str("<UncommittedBlocks>");
        out.extend(blocks.waiting.iter().map(|waiting| block(&waiting.name, waiting.size)));
        out.push_str("</UncommittedBlocks>");
    }
    out.push_str("</BlockList>");
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listed(text: &str) -> Result<Vec<(String, Among)>, Malformed> {
        Ok(read(text.as_bytes())?.into_iter().map(|listed| (listed.name.to_string(), listed.among)).collect())
    }

    #[test]
    fn lists_are_read_in_their_order() {
        let one = |name: &str, among| (name.to_owned(), among);
        let table = [
            ("<BlockList/>", vec![]),
            (
                "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<BlockList>\n  <Latest>AAAA</Latest>\n</BlockList>\n",
                vec![one("AAAA", Among::Latest)],
            ),
            (
                "\u{feff}<BlockList><Committed>AAAA</Committed><Uncommitted>BBBB</Uncommitted><Latest>AAAA</Latest></BlockList>",
                vec![one("AAAA", Among::Content), one("BBBB", Among::Waiting), one("AAAA", Among::Latest)],
            ),
            (
                "<BlockList xmlns=\"urn:x\"><!-- one --><Latest> AA&#61;<!-- two -->= </Latest><?pi?></BlockList>",
                vec![one("AA==", Among::Latest)],
            ),
            ("<BlockList><Latest><![CDATA[AAAA]]></Latest></BlockList>", vec![one("AAAA", Among::Latest)]),
        ];
        for (text, expected) in table {
            assert_eq!(listed(text), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_list_is_refused() {
        let bomb =
            "<!DOCTYPE x [<!ENTITY a \"AAAA\"><!ENTITY b \"&a;&a;\">]><BlockList><Latest>&b;</Latest></BlockList>";
        let external = "<!DOCTYPE x SYSTEM \"file:///etc/passwd\"><BlockList/>";
        let deep = "<a>".repeat(100_000);
        let many = format!("<BlockList>{}</BlockList>", "<Latest>AAAA</Latest>".repeat(MOST_LISTED + 1));
        let more = format!("<BlockList>{}</BlockList>", "<!-- -->".repeat(300_000));
        for (text, expected) in [
            ("", Malformed::Xml),
            ("AAAA", Malformed::Xml),
            ("<BlockList>", Malformed::Xml),
            ("<BlockList/><BlockList/>", Malformed::Xml),
            ("<BlockList><Latest>AAAA</Committed></BlockList>", Malformed::Xml),
            ("<BlockList><Latest>&unknown;</Latest></BlockList>", Malformed::Xml),
            ("<BlockList><Latest>\u{0}</Latest></BlockList>", Malformed::Xml),
            (bomb, Malformed::Xml),
            (external, Malformed::Xml),
            (deep.as_str(), Malformed::Xml),
            ("<blocklist/>", Malformed::Node),
            ("<Error/>", Malformed::Node),
            ("<BlockList>AAAA</BlockList>", Malformed::Node),
            ("<BlockList><Block>AAAA</Block></BlockList>", Malformed::Node),
            ("<BlockList><latest>AAAA</latest></BlockList>", Malformed::Node),
            ("<BlockList><Latest><Name>AAAA</Name></Latest></BlockList>", Malformed::Node),
            (many.as_str(), Malformed::Long),
            (more.as_str(), Malformed::Long),
        ] {
            let shown: String = text.chars().take(80).collect();
            assert_eq!(read(text.as_bytes()).unwrap_err(), expected, "{shown}");
        }
        for name in ["", "A", "../../etc/passwd", "ä", &"A".repeat(100)] {
            let text = format!("<BlockList><Latest>{name}</Latest></BlockList>");
            assert!(matches!(listed(&text), Err(Malformed::Name(_))), "{name}");
        }
        for bytes in [&b"\xff\xfe<\0B\0"[..], b"<BlockList>\xff</BlockList>"] {
            assert_eq!(read(bytes), Err(Malformed::Xml));
        }
    }

    #[test]
    fn the_longest_list_is_read() {
        let text = format!("<BlockList>{}</BlockList>", "\n<Latest>AAAA</Latest>".repeat(MOST_LISTED));
        assert_eq!(read(text.as_bytes()).unwrap().len(), MOST_LISTED);
    }
}
