//! Plans of pictures and roles of renditions as JSON. What is stored here outlives the program that
//! stored it: a change of its shape is another [`VERSION`].

use kinora_domain::ObjectId;
use kinora_domain::chunk::Chunk;
use kinora_domain::id::MalformedId;
use kinora_domain::ladder::Rung;
use kinora_domain::output::{Filter, PicturePlan, Role, SoundPlan, Source, Timing};
use kinora_domain::picture::{Matrix, Rate, Scan, Size, TimeBase, Transfer};
use kinora_domain::preset::SoundFormat;
use kinora_domain::track::TrackKind;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::num::NonZeroU32;

/// Of the shapes below.
const VERSION: u32 = 1;

/// A plan as text.
pub(super) fn plan_text(plan: &PicturePlan) -> Result<String, String> {
    write(&PlanRow::from(plan))
}

/// The plan that a text tells; else why it cannot be one, to be said behind the column's name.
pub(super) fn plan(text: &str) -> Result<PicturePlan, String> {
    read::<PlanRow>(text)?.try_into().map_err(not_an_id)
}

/// A source as text.
pub(super) fn source_text(source: Source) -> Result<String, String> {
    write(&SourceRow::from(source))
}

/// The source that a text tells; else why it cannot be one, to be said behind the column's name.
pub(super) fn source(text: &str) -> Result<Source, String> {
    read::<SourceRow>(text)?.try_into().map_err(not_an_id)
}

/// A role as text.
pub(super) fn role_text(role: &Role) -> Result<String, String> {
    write(&RoleRow::from(role))
}

/// The role that a text tells; else why it cannot be one, to be said behind the column's name.
pub(super) fn role(text: &str) -> Result<Role, String> {
    read::<RoleRow>(text)?.try_into().map_err(not_an_id)
}

#[derive(Serialize, Deserialize)]
struct Versioned<T> {
    v: u32,
    data: T,
}

/// What every version has.
#[derive(Deserialize)]
struct Version {
    v: u32,
}

pub(super) fn write<T: Serialize>(data: &T) -> Result<String, String> {
    serde_json::to_string(&Versioned { v: VERSION, data }).map_err(|error| format!("cannot be written: {error}"))
}

pub(super) fn read<T: DeserializeOwned>(text: &str) -> Result<T, String> {
    let damaged = |error| format!("cannot be read: {error}");
    let Version { v } = serde_json::from_str(text).map_err(damaged)?;
    if v != VERSION {
        return Err(format!("is of version {v}, which is not known"));
    }
    Ok(serde_json::from_str::<Versioned<T>>(text).map_err(damaged)?.data)
}

fn not_an_id(error: MalformedId) -> String {
    format!("names an object by what is {error}")
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlanRow {
    source: SourceRow,
    stream: u32,
    filters: Vec<FilterRow>,
    timing: TimingRow,
    base: Fraction,
    origin: i64,
    vague: bool,
    keeps: bool,
    chunks: Vec<ChunkRow>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SourceRow {
    object: String,
    kind: KindRow,
    number: u32,
    /// Absent: the beginning of the file.
    origin: Option<i64>,
}

#[derive(Serialize, Deserialize)]
struct Fraction(NonZeroU32, NonZeroU32);

/// A rate, or ticks in a second.
#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum TimingRow {
    Steady(Fraction),
    AsIs(u32),
}

/// First picture, pictures, from, until, seek, keys, cuts: there are thousands of them in a long film.
#[derive(Serialize, Deserialize)]
struct ChunkRow(u64, u64, i64, i64, Option<i64>, Vec<i64>, Vec<i64>);

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FilterRow {
    Deinterlace(ScanRow),
    ToneMap(TransferRow),
    Tell(MatrixRow),
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum RoleRow {
    First(SourceRow),
    Rung(RungRow),
    Sound(SoundRow),
    Indexed(IndexedRow),
    Captions(IndexedRow),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RungRow {
    width: u32,
    height: u32,
    crf: u8,
    kbps: u32,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SoundRow {
    source: SourceRow,
    format: FormatRow,
    language: Option<String>,
    name: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct IndexedRow {
    source: SourceRow,
    language: Option<String>,
    name: Option<String>,
}

/// A closed set of words, and the domain's values that they stand for.
macro_rules! words {
    ($($row:ident = $value:ident { $($word:ident),+ })+) => {$(
        #[derive(Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        enum $row { $($word),+ }

        impl From<$value> for $row {
            fn from(value: $value) -> Self {
                match value { $($value::$word => Self::$word),+ }
            }
        }

        impl From<$row> for $value {
            fn from(row: $row) -> Self {
                match row { $($row::$word => Self::$word),+ }
            }
        }
    )+};
}

words! {
    KindRow = TrackKind { Video, Audio, Captions }
    ScanRow = Scan { Progressive, TopFirst, BottomFirst }
    TransferRow = Transfer { Sdr, Pq, Hlg }
    MatrixRow = Matrix { Bt601, Bt709 }
    FormatRow = SoundFormat { Aac, Mp3 }
}

impl From<&PicturePlan> for PlanRow {
    fn from(plan: &PicturePlan) -> Self {
        Self {
            source: plan.source.into(),
            stream: plan.stream,
            filters: plan.filters.iter().copied().map(Into::into).collect(),
            timing: match plan.timing {
                Timing::Steady(rate) => TimingRow::Steady(Fraction(rate.num, rate.den)),
                Timing::AsIs { scale } => TimingRow::AsIs(scale),
            },
            base: Fraction(plan.base.num, plan.base.den),
            origin: plan.origin,
            vague: plan.vague,
            keeps: plan.keeps_original,
            chunks: plan.chunks.iter().map(Into::into).collect(),
        }
    }
}

impl TryFrom<PlanRow> for PicturePlan {
    type Error = MalformedId;

    fn try_from(row: PlanRow) -> Result<Self, MalformedId> {
        Ok(Self {
            source: row.source.try_into()?,
            stream: row.stream,
            filters: row.filters.into_iter().map(Into::into).collect(),
            timing: match row.timing {
                TimingRow::Steady(Fraction(num, den)) => Timing::Steady(Rate { num, den }),
                TimingRow::AsIs(scale) => Timing::AsIs { scale },
            },
            base: TimeBase { num: row.base.0, den: row.base.1 },
            origin: row.origin,
            vague: row.vague,
            keeps_original: row.keeps,
            chunks: row.chunks.into_iter().map(Into::into).collect(),
        })
    }
}

impl From<Source> for SourceRow {
    fn from(source: Source) -> Self {
        let Source { object, kind, number, origin_micros } = source;
        Self { object: object.to_string(), kind: kind.into(), number, origin: origin_micros }
    }
}

impl TryFrom<SourceRow> for Source {
    type Error = MalformedId;

    fn try_from(row: SourceRow) -> Result<Self, MalformedId> {
        let object = row.object.parse::<ObjectId>()?;
        Ok(Self { object, kind: row.kind.into(), number: row.number, origin_micros: row.origin })
    }
}

impl From<Filter> for FilterRow {
    fn from(filter: Filter) -> Self {
        match filter {
            Filter::Deinterlace(scan) => Self::Deinterlace(scan.into()),
            Filter::ToneMap(transfer) => Self::ToneMap(transfer.into()),
            Filter::Tell(matrix) => Self::Tell(matrix.into()),
        }
    }
}

impl From<FilterRow> for Filter {
    fn from(row: FilterRow) -> Self {
        match row {
            FilterRow::Deinterlace(scan) => Self::Deinterlace(scan.into()),
            FilterRow::ToneMap(transfer) => Self::ToneMap(transfer.into()),
            FilterRow::Tell(matrix) => Self::Tell(matrix.into()),
        }
    }
}

impl From<&Chunk> for ChunkRow {
    fn from(chunk: &Chunk) -> Self {
        let (keys, cuts) = (chunk.keys.clone(), chunk.cuts.clone());
        Self(chunk.first, chunk.pictures, chunk.from, chunk.until, chunk.seek, keys, cuts)
    }
}

impl From<ChunkRow> for Chunk {
    fn from(ChunkRow(first, pictures, from, until, seek, keys, cuts): ChunkRow) -> Self {
        Self { first, pictures, from, until, seek, keys, cuts }
    }
}

impl From<&Role> for RoleRow {
    fn from(role: &Role) -> Self {
        match role {
            Role::First(source) => Self::First((*source).into()),
            Role::Rung(rung) => {
                let Size { width, height } = rung.size;
                Self::Rung(RungRow { width, height, crf: rung.crf, kbps: rung.max_kbps })
            }
            Role::Sound(sound) => Self::Sound(SoundRow {
                source: sound.source.into(),
                format: sound.format.into(),
                language: sound.language.clone(),
                name: sound.name.clone(),
            }),
            Role::Indexed { source, language, name } => {
                let (language, name) = (language.clone(), name.clone());
                Self::Indexed(IndexedRow { source: (*source).into(), language, name })
            }
            Role::Captions { source, language, name } => {
                let (language, name) = (language.clone(), name.clone());
                Self::Captions(IndexedRow { source: (*source).into(), language, name })
            }
        }
    }
}

impl TryFrom<RoleRow> for Role {
    type Error = MalformedId;

    fn try_from(row: RoleRow) -> Result<Self, MalformedId> {
        Ok(match row {
            RoleRow::First(source) => Self::First(source.try_into()?),
            RoleRow::Rung(RungRow { width, height, crf, kbps }) => {
                Self::Rung(Rung { size: Size { width, height }, crf, max_kbps: kbps })
            }
            RoleRow::Sound(SoundRow { source, format, language, name }) => {
                Self::Sound(SoundPlan { source: source.try_into()?, format: format.into(), language, name })
            }
            RoleRow::Indexed(IndexedRow { source, language, name }) => {
                Self::Indexed { source: source.try_into()?, language, name }
            }
            RoleRow::Captions(IndexedRow { source, language, name }) => {
                Self::Captions { source: source.try_into()?, language, name }
            }
        })
    }
}
