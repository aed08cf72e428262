//! Languages: ISO 639-2 and QuickTime codes become BCP 47 tags.

/// ISO 639-2 codes (both forms) of languages that have an ISO 639-1 code, which BCP 47 prefers. Sorted.
#[rustfmt::skip]
const SHORT: [([u8; 3], &str); 204] = [
    (*b"aar", "aa"), (*b"abk", "ab"), (*b"afr", "af"), (*b"aka", "ak"), (*b"alb", "sq"), (*b"amh", "am"),
    (*b"ara", "ar"), (*b"arg", "an"), (*b"arm", "hy"), (*b"asm", "as"), (*b"ava", "av"), (*b"ave", "ae"),
    (*b"aym", "ay"), (*b"aze", "az"), (*b"bak", "ba"), (*b"bam", "bm"), (*b"baq", "eu"), (*b"bel", "be"),
    (*b"ben", "bn"), (*b"bih", "bh"), (*b"bis", "bi"), (*b"bod", "bo"), (*b"bos", "bs"), (*b"bre", "br"),
    (*b"bul", "bg"), (*b"bur", "my"), (*b"cat", "ca"), (*b"ces", "cs"), (*b"cha", "ch"), (*b"che", "ce"),
    (*b"chi", "zh"), (*b"chu", "cu"), (*b"chv", "cv"), (*b"cor", "kw"), (*b"cos", "co"), (*b"cre", "cr"),
    (*b"cym", "cy"), (*b"cze", "cs"), (*b"dan", "da"), (*b"deu", "de"), (*b"div", "dv"), (*b"dut", "nl"),
    (*b"dzo", "dz"), (*b"ell", "el"), (*b"eng", "en"), (*b"epo", "eo"), (*b"est", "et"), (*b"eus", "eu"),
    (*b"ewe", "ee"), (*b"fao", "fo"), (*b"fas", "fa"), (*b"fij", "fj"), (*b"fin", "fi"), (*b"fra", "fr"),
    (*b"fre", "fr"), (*b"fry", "fy"), (*b"ful", "ff"), (*b"geo", "ka"), (*b"ger", "de"), (*b"gla", "gd"),
    (*b"gle", "ga"), (*b"glg", "gl"), (*b"glv", "gv"), (*b"gre", "el"), (*b"grn", "gn"), (*b"guj", "gu"),
    (*b"hat", "ht"), (*b"hau", "ha"), (*b"heb", "he"), (*b"her", "hz"), (*b"hin", "hi"), (*b"hmo", "ho"),
    (*b"hrv", "hr"), (*b"hun", "hu"), (*b"hye", "hy"), (*b"ibo", "ig"), (*b"ice", "is"), (*b"ido", "io"),
    (*b"iii", "ii"), (*b"iku", "iu"), (*b"ile", "ie"), (*b"ina", "ia"), (*b"ind", "id"), (*b"ipk", "ik"),
    (*b"isl", "is"), (*b"ita", "it"), (*b"jav", "jv"), (*b"jpn", "ja"), (*b"kal", "kl"), (*b"kan", "kn"),
    (*b"kas", "ks"), (*b"kat", "ka"), (*b"kau", "kr"), (*b"kaz", "kk"), (*b"khm", "km"), (*b"kik", "ki"),
    (*b"kin", "rw"), (*b"kir", "ky"), (*b"kom", "kv"), (*b"kon", "kg"), (*b"kor", "ko"), (*b"kua", "kj"),
    (*b"kur", "ku"), (*b"lao", "lo"), (*b"lat", "la"), (*b"lav", "lv"), (*b"lim", "li"), (*b"lin", "ln"),
    (*b"lit", "lt"), (*b"ltz", "lb"), (*b"lub", "lu"), (*b"lug", "lg"), (*b"mac", "mk"), (*b"mah", "mh"),
    (*b"mal", "ml"), (*b"mao", "mi"), (*b"mar", "mr"), (*b"may", "ms"), (*b"mkd", "mk"), (*b"mlg", "mg"),
    (*b"mlt", "mt"), (*b"mon", "mn"), (*b"mri", "mi"), (*b"msa", "ms"), (*b"mya", "my"), (*b"nau", "na"),
    (*b"nav", "nv"), (*b"nbl", "nr"), (*b"nde", "nd"), (*b"ndo", "ng"), (*b"nep", "ne"), (*b"nld", "nl"),
    (*b"nno", "nn"), (*b"nob", "nb"), (*b"nor", "no"), (*b"nya", "ny"), (*b"oci", "oc"), (*b"oji", "oj"),
    (*b"ori", "or"), (*b"orm", "om"), (*b"oss", "os"), (*b"pan", "pa"), (*b"per", "fa"), (*b"pli", "pi"),
    (*b"pol", "pl"), (*b"por", "pt"), (*b"pus", "ps"), (*b"que", "qu"), (*b"roh", "rm"), (*b"ron", "ro"),
    (*b"rum", "ro"), (*b"run", "rn"), (*b"rus", "ru"), (*b"sag", "sg"), (*b"san", "sa"), (*b"sin", "si"),
    (*b"slk", "sk"), (*b"slo", "sk"), (*b"slv", "sl"), (*b"sme", "se"), (*b"smo", "sm"), (*b"sna", "sn"),
    (*b"snd", "sd"), (*b"som", "so"), (*b"sot", "st"), (*b"spa", "es"), (*b"sqi", "sq"), (*b"srd", "sc"),
    (*b"srp", "sr"), (*b"ssw", "ss"), (*b"sun", "su"), (*b"swa", "sw"), (*b"swe", "sv"), (*b"tah", "ty"),
    (*b"tam", "ta"), (*b"tat", "tt"), (*b"tel", "te"), (*b"tgk", "tg"), (*b"tgl", "tl"), (*b"tha", "th"),
    (*b"tib", "bo"), (*b"tir", "ti"), (*b"ton", "to"), (*b"tsn", "tn"), (*b"tso", "ts"), (*b"tuk", "tk"),
    (*b"tur", "tr"), (*b"twi", "tw"), (*b"uig", "ug"), (*b"ukr", "uk"), (*b"urd", "ur"), (*b"uzb", "uz"),
    (*b"ven", "ve"), (*b"vie", "vi"), (*b"vol", "vo"), (*b"wel", "cy"), (*b"wln", "wa"), (*b"wol", "wo"),
    (*b"xho", "xh"), (*b"yid", "yi"), (*b"yor", "yo"), (*b"zha", "za"), (*b"zho", "zh"), (*b"zul", "zu"),
];

/// QuickTime language codes, from 0.
#[rustfmt::skip]
const QUICKTIME: [&str; 41] = [
    "en", "fr", "de", "it", "nl", "sv", "es", "da", "pt", "no", "he", "ja", "ar", "fi", "el", "is", "mt", "tr", "hr",
    "zh-Hant", "ur", "hi", "th", "ko", "lt", "pl", "hu", "et", "lv", "se", "fo", "fa", "ru", "zh-Hans", "nl-BE", "ga",
    "sq", "ro", "cs", "sk", "sl",
];

/// The language of an `mdhd`: three letters of five bits, or a QuickTime code. `None` for "undetermined".
pub(crate) fn from_mdhd(code: u16) -> Option<String> {
    if code < 0x400 {
        return QUICKTIME.get(usize::from(code)).map(|tag| (*tag).to_owned());
    }
    let letter = |shift: u32| u8::try_from((code >> shift) & 0x1f).ok().map(|five| five + 0x60);
    let code = [letter(10)?, letter(5)?, letter(0)?];
    if !code.iter().all(u8::is_ascii_lowercase) || matches!(&code, b"und" | b"mis" | b"mul" | b"zxx") {
        return None;
    }
    match SHORT.binary_search_by_key(&code, |(long, _)| *long) {
        Ok(at) => SHORT.get(at).map(|(_, short)| (*short).to_owned()),
        Err(_) => core::str::from_utf8(&code).ok().map(str::to_owned),
    }
}

/// The language of an `elng` box: a BCP 47 tag that ends with a zero.
pub(crate) fn from_elng(bytes: &[u8]) -> Option<String> {
    let tag = bytes.split(|byte| *byte == 0).next()?;
    let tag = core::str::from_utf8(tag).ok()?.trim();
    let well_formed = (2..=64).contains(&tag.len())
        && tag
            .split('-')
            .all(|part| (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    (well_formed && !tag.eq_ignore_ascii_case("und")).then(|| tag.to_owned())
}

/// The `mdhd` code of a BCP 47 tag: its ISO 639-2 code, or "und" where it has none.
pub(crate) fn to_mdhd(tag: Option<&str>) -> u16 {
    let long = tag.and_then(to_letters).unwrap_or(*b"und");
    long.iter().fold(0, |code, letter| (code << 5) | u16::from(letter.saturating_sub(0x60) & 0x1f))
}

/// The ISO 639-2/T code of a BCP 47 tag, where it has one.
pub(crate) fn to_letters(tag: &str) -> Option<[u8; 3]> {
    let primary = tag.split('-').next().unwrap_or_default().to_ascii_lowercase();
    match primary.as_bytes() {
        [a, b, c] if primary.bytes().all(|letter| letter.is_ascii_lowercase()) => Some([*a, *b, *c]),
        _ => terminological(&primary),
    }
}

/// The ISO 639-2/T code: of the languages with two codes, the one that is not in this list.
fn terminological(short: &str) -> Option<[u8; 3]> {
    const BIBLIOGRAPHIC: [&[u8; 3]; 20] = [
        b"alb", b"arm", b"baq", b"bur", b"chi", b"cze", b"dut", b"fre", b"geo", b"ger", b"gre", b"ice", b"mac", b"mao",
        b"may", b"per", b"rum", b"slo", b"tib", b"wel",
    ];
    SHORT.iter().find(|(long, tag)| *tag == short && !BIBLIOGRAPHIC.contains(&long)).map(|(long, _)| *long)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::trivially_copy_pass_by_ref, reason = "reads best as a byte string")]
    fn packed(code: &[u8; 3]) -> u16 {
        code.iter().fold(0, |packed, letter| (packed << 5) | u16::from(letter - 0x60))
    }

    #[test]
    fn languages_become_the_shortest_tag() {
        for (code, expected) in [
            (b"eng", Some("en")),
            (b"deu", Some("de")),
            (b"ger", Some("de")),
            (b"zho", Some("zh")),
            (b"gsw", Some("gsw")),
            (b"und", None),
            (b"mul", None),
        ] {
            assert_eq!(from_mdhd(packed(code)).as_deref(), expected);
        }
        assert_eq!(from_mdhd(0).as_deref(), Some("en"));
        assert_eq!(from_mdhd(33).as_deref(), Some("zh-Hans"));
        assert_eq!(from_mdhd(0x3ff), None);
        assert_eq!(from_mdhd(32767), None);
    }

    #[test]
    fn extended_tags_are_checked() {
        assert_eq!(from_elng(b"pt-BR\0").as_deref(), Some("pt-BR"));
        assert_eq!(from_elng(b"und\0"), None);
        assert_eq!(from_elng(b"en\"><script>\0"), None);
        assert_eq!(from_elng(b""), None);
    }

    #[test]
    fn tags_go_back_to_codes() {
        assert_eq!(to_mdhd(Some("de-AT")), packed(b"deu"));
        assert_eq!(to_mdhd(Some("gsw")), packed(b"gsw"));
        assert_eq!(to_mdhd(None), packed(b"und"));
        assert_eq!(to_mdhd(Some("x-private")), packed(b"und"));
        for (tag, expected) in
            [("de-AT", Some(*b"deu")), ("FR", Some(*b"fra")), ("gsw", Some(*b"gsw")), ("\u{20ac}", None)]
        {
            assert_eq!(to_letters(tag), expected, "{tag}");
        }
    }

    #[test]
    fn the_table_is_sorted() {
        assert!(SHORT.is_sorted());
    }
}
