//! The facts of the entries about things: written and read by the same declaration.
//!
//! A time that a person states (`at`) stands beside the entry's own, which says when it was recorded.

mod incident;
mod steps;

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::case::facts as written;
use crate::ledger::{Entry, Kind};

pub use incident::*;
pub use steps::*;

/// The facts of one kind of entry.
pub trait Told: Serialize + for<'de> Deserialize<'de> {
    /// As an entry keeps them.
    #[must_use]
    fn facts(&self) -> Map<String, Value> {
        let mut facts = written::write(self);
        facts.retain(|_, value| !matches!(value, Value::Null) && *value != Value::Array(Vec::new()));
        facts
    }

    /// From an entry; none when its facts are not of this shape.
    #[must_use]
    fn of(entry: &Entry) -> Option<Self>
    where
        Self: Sized,
    {
        written::read(entry)
    }
}

macro_rules! told {
    ($($name:ident),+ $(,)?) => { $(impl Told for $name {})+ };
}

told!(
    MediumAdd,
    MediumReset,
    Mishap,
    Recovered,
    MachineAdd,
    MachineRetire,
    Declared,
    PlaceAdd,
    Handover,
    Checked,
    Recalled,
    Acknowledged,
    Received,
    Takeout,
    Returned,
    GivenBack,
    TakenBack,
    Approved,
    Revoked,
    Witnessed,
    Destroyed,
    VendorPaper,
    Incident,
    IncidentUpdate,
    BundleVoid,
);

/// A medium or a slip: the two parts that never go together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum What {
    /// 媒体
    Media,
    /// パスワード通知書
    Slip,
}

impl What {
    /// The other one.
    #[must_use]
    pub fn other(self) -> Self {
        match self {
            Self::Media => Self::Slip,
            Self::Slip => Self::Media,
        }
    }
}

/// A medium or a slip that an entry is about. Its subjects alone would not tell a slip from the medium of the same bundle.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Part {
    /// Which of the two.
    pub what: What,
    /// Its number.
    pub id: String,
}

/// What a medium is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum MediumKind {
    /// A DVD-R and its like: written once.
    #[serde(rename = "DVD-R")]
    Disc,
    /// A USB stick or a memory card.
    #[serde(rename = "USB")]
    Usb,
    /// A disk.
    #[serde(rename = "HDD")]
    Disk,
    /// A solid state drive.
    #[serde(rename = "SSD")]
    Ssd,
    /// Magnetic tape.
    #[serde(rename = "テープ")]
    Tape,
    /// 紙
    #[serde(rename = "紙")]
    Paper,
}

impl MediumKind {
    /// All of them.
    pub const ALL: [Self; 6] = [Self::Disc, Self::Usb, Self::Disk, Self::Ssd, Self::Tape, Self::Paper];

    /// As it stands on a sheet.
    #[must_use]
    pub fn text(self) -> &'static str {
        match self {
            Self::Disc => "DVD-R",
            Self::Usb => "USB",
            Self::Disk => "HDD",
            Self::Ssd => "SSD",
            Self::Tape => "テープ",
            Self::Paper => "紙",
        }
    }

    /// The word it is counted in.
    #[must_use]
    pub fn unit(self) -> &'static str {
        match self {
            Self::Disc => "枚",
            Self::Usb => "個",
            Self::Disk | Self::Ssd => "台",
            Self::Tape => "巻",
            Self::Paper => "部",
        }
    }

    /// Whether nothing on it can be written over, so that only destruction ends it.
    #[must_use]
    pub fn cannot_be_overwritten(self) -> bool {
        matches!(self, Self::Disc | Self::Paper)
    }
}

/// `medium_add`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediumAdd {
    /// 管理番号
    pub id: String,
    /// 種別
    pub kind: MediumKind,
    /// 製造番号
    #[serde(default)]
    pub serial: Option<String>,
    /// 保管場所
    #[serde(default)]
    pub place: Option<String>,
    /// Who may use it, by name; empty: everyone of the case.
    #[serde(default)]
    pub users: Vec<String>,
    /// What a paper or another thing without a bundle is called. Never personal information.
    #[serde(default)]
    pub name: Option<String>,
}

/// `medium_reset`: 初期化 before it is used again; no 廃棄.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MediumReset {
    /// How.
    pub method: String,
    /// Whether it succeeded; otherwise all of it is still there.
    pub succeeded: bool,
    /// What was found, in words.
    #[serde(default)]
    pub outcome: Option<String>,
    /// Who looked.
    pub confirmed_by: String,
    /// When, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
}

/// `lost` and `damaged`: what became of a thing, and where its other part is.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Mishap {
    /// Medium or slip.
    pub what: What,
    /// What happened.
    pub circumstances: String,
    /// When it was noticed, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// Where the other part of the pair is, as the ledger has it.
    #[serde(default)]
    pub other_part: Option<String>,
    /// What the person adds on where it is.
    #[serde(default)]
    pub whereabouts: Option<String>,
}

/// `recovered`: something lost or wrongly handed over is back.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recovered {
    /// Medium or slip.
    pub what: What,
    /// When, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// Where it is kept now.
    #[serde(default)]
    pub place: Option<String>,
    /// How, and in what state.
    pub circumstances: String,
}

/// `equipment_add`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MachineAdd {
    /// 管理番号
    pub id: String,
    /// 種別: PC, サーバ, NAS, 外付けディスク, プリンタ, バックアップ…
    pub kind: String,
    /// 名称・型番
    #[serde(default)]
    pub name: Option<String>,
    /// 製造番号
    #[serde(default)]
    pub serial: Option<String>,
    /// 設置場所
    #[serde(default)]
    pub place: Option<String>,
    /// The name it has on the network: what entries call `host`.
    #[serde(default)]
    pub host: Option<String>,
}

/// `equipment_retire`: it is used no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MachineRetire {
    /// The last day.
    #[serde(with = "written::day")]
    pub date: NaiveDate,
    /// Why.
    pub reason: String,
}

/// `declare`: 申告（未測定）. What somebody says of a machine on which nothing was measured.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Declared {
    /// Who says so.
    pub by: String,
    /// The day.
    #[serde(with = "written::day")]
    pub date: NaiveDate,
    /// What is said.
    pub statement: String,
}

/// `place_add`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PlaceAdd {
    /// Its name.
    pub name: String,
    /// Whether work is done there (作業場所).
    pub work: bool,
    /// Whether things are kept there (保管場所).
    pub keep: bool,
    /// Where it is.
    #[serde(default)]
    pub address: Option<String>,
}

/// RFC 3339 to the second.
pub mod moment {
    use super::{DateTime, Deserialize, FixedOffset};
    use chrono::SecondsFormat;
    use serde::de::Error;
    use serde::{Deserializer, Serializer};

    /// Writes it.
    ///
    /// # Errors
    /// The serialiser's.
    pub fn serialize<S: Serializer>(at: &DateTime<FixedOffset>, to: S) -> Result<S::Ok, S::Error> {
        to.serialize_str(&at.to_rfc3339_opts(SecondsFormat::Secs, false))
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is no time.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<DateTime<FixedOffset>, D::Error> {
        let text = String::deserialize(from)?;
        DateTime::parse_from_rfc3339(&text).map_err(|_| D::Error::custom("not a time"))
    }
}

/// The same, or nothing.
pub mod maybe_moment {
    use super::{DateTime, Deserialize, FixedOffset, moment};
    use serde::{Deserializer, Serializer};

    #[derive(Deserialize)]
    struct Stated(#[serde(with = "moment")] DateTime<FixedOffset>);

    /// Writes it.
    ///
    /// # Errors
    /// The serialiser's.
    // serde hands over a reference to the field.
    #[allow(clippy::ref_option)]
    pub fn serialize<S: Serializer>(at: &Option<DateTime<FixedOffset>>, to: S) -> Result<S::Ok, S::Error> {
        match at {
            Some(at) => moment::serialize(at, to),
            None => to.serialize_none(),
        }
    }

    /// Reads it.
    ///
    /// # Errors
    /// When it is no time.
    pub fn deserialize<'de, D: Deserializer<'de>>(from: D) -> Result<Option<DateTime<FixedOffset>>, D::Error> {
        Ok(Option::<Stated>::deserialize(from)?.map(|stated| stated.0))
    }
}

/// Whether the facts of an entry about things have the shape that is read; of any other entry nothing is asked.
#[must_use]
pub fn reads(entry: &Entry) -> bool {
    match entry.known_kind() {
        Some(Kind::MediumAdd) => MediumAdd::of(entry).is_some(),
        Some(Kind::MediumReset) => MediumReset::of(entry).is_some(),
        Some(Kind::Lost | Kind::Damaged) => Mishap::of(entry).is_some(),
        Some(Kind::Recovered) => Recovered::of(entry).is_some(),
        Some(Kind::EquipmentAdd) => MachineAdd::of(entry).is_some(),
        Some(Kind::EquipmentRetire) => MachineRetire::of(entry).is_some(),
        Some(Kind::Declare) => Declared::of(entry).is_some(),
        Some(Kind::PlaceAdd) => PlaceAdd::of(entry).is_some(),
        Some(Kind::Handover) => Handover::of(entry).is_some(),
        Some(Kind::HandoverCheck) => Checked::of(entry).is_some(),
        Some(Kind::Recall) => Recalled::of(entry).is_some(),
        Some(Kind::Ack) => Acknowledged::of(entry).is_some(),
        Some(Kind::Receive) => Received::of(entry).is_some(),
        Some(Kind::Takeout) => Takeout::of(entry).is_some(),
        Some(Kind::Return) => Returned::of(entry).is_some(),
        Some(Kind::GiveBack) => GivenBack::of(entry).is_some(),
        Some(Kind::TakeBack) => TakenBack::of(entry).is_some(),
        Some(Kind::Approve) => Approved::of(entry).is_some(),
        Some(Kind::Revoke) => Revoked::of(entry).is_some(),
        Some(Kind::Witness) => Witnessed::of(entry).is_some(),
        Some(Kind::Destroy) => Destroyed::of(entry).is_some(),
        Some(Kind::VendorCertificate) => VendorPaper::of(entry).is_some(),
        Some(Kind::Incident) => Incident::of(entry).is_some(),
        Some(Kind::IncidentUpdate) => IncidentUpdate::of(entry).is_some(),
        _ => true,
    }
}
