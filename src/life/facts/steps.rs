//! The facts of steps: hand-overs, receipts, take-outs, returns, decisions, witnesses, ends.

use chrono::{DateTime, FixedOffset, NaiveDate};
use serde::{Deserialize, Serialize};

use super::{Part, What, moment};
use crate::case::facts as written;
use crate::case::{Approval, Side};

/// A person of the other side, as said.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Partner {
    /// The name.
    pub name: String,
    /// Section, where it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub section: Option<String>,
    /// City or firm.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization: Option<String>,
}

/// Which way things go.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// 提供: city to contractor.
    Provided,
    /// 納品: contractor to city.
    Delivered,
    /// 返却
    Returned,
    /// To a subcontractor, or from one.
    Subcontracted,
}

/// `handover`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Handover {
    /// Medium or slip.
    pub what: What,
    /// Which way.
    pub direction: Direction,
    /// To whom.
    pub to: Partner,
    /// Whose person that is.
    pub party: Side,
    /// 身分確認の方法
    pub id_check: String,
    /// When, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// Where.
    #[serde(default)]
    pub place: Option<String>,
    /// 運搬方法
    #[serde(default)]
    pub carry: Vec<String>,
    /// 承認番号
    #[serde(default)]
    pub approval: Option<String>,
    /// 返却期限
    #[serde(default, with = "written::maybe_day")]
    pub due: Option<NaiveDate>,
    /// The 確認記録票 or 交付控 that was signed on the spot, where one was.
    #[serde(default)]
    pub sheet: Option<String>,
    /// Whether the receiver signed at once.
    #[serde(default)]
    pub signed: bool,
    /// It counts only once a second person has checked it.
    #[serde(default)]
    pub awaits_check: bool,
    /// Why a rule was set aside, and which.
    #[serde(default)]
    pub overridden: Option<Overridden>,
}

/// A rule that was set aside.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overridden {
    /// Which: the kind of the refusal it would have been.
    pub rule: String,
    /// Why.
    pub reason: String,
}

/// `handover_check`: a second person looked before it counts.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Checked {
    /// Medium or slip.
    pub what: What,
    /// What was looked at: `number`, `count`, `addressee`, `encrypted`, `slip_apart`.
    pub items: Vec<String>,
    /// Whether another user of the operating system did it than handed over; none where nothing was handed over yet.
    #[serde(default)]
    pub other_os_user: Option<bool>,
}

/// `recall`: 誤交付.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Recalled {
    /// Medium or slip.
    pub what: What,
    /// Why.
    pub reason: String,
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

/// How the other side's word came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Proof {
    /// A sheet of paper with a signature, as the person at this desk says.
    Paper,
    /// The code that only who decrypted the bundle can know.
    Code,
    /// A record signed by a key this case trusts.
    SignedRecord,
}

/// `ack`: the other side's receipt, or its proof of opening.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Acknowledged {
    /// Medium or slip whose receipt it is; none for an opening.
    #[serde(default)]
    pub what: Option<What>,
    /// Whether it proves that someone decrypted.
    #[serde(default)]
    pub opened: bool,
    /// How it came.
    pub proof: Proof,
    /// Who received.
    #[serde(default)]
    pub by: Option<String>,
    /// When, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// The other side's number of the document.
    #[serde(default)]
    pub document: Option<String>,
    /// The key that signed it.
    #[serde(default)]
    pub signer: Option<String>,
}

/// `receive`: something of the other side came.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Received {
    /// Medium or slip.
    pub what: What,
    /// The number on a slip. It is the other side's, and theirs begin at one as ours do.
    #[serde(default)]
    pub number: Option<String>,
    /// From whom.
    #[serde(default)]
    pub from: Option<Partner>,
    /// When, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// Where it is kept.
    #[serde(default)]
    pub place: Option<String>,
    /// 外観: `sound` or `damaged`.
    #[serde(default)]
    pub appearance: Option<String>,
    /// 封印: `whole`, `broken` or `none`.
    #[serde(default)]
    pub seal: Option<String>,
    /// 返却期限
    #[serde(default, with = "written::maybe_day")]
    pub due: Option<NaiveDate>,
    /// 備考
    #[serde(default)]
    pub remarks: Option<String>,
}

/// `takeout`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Takeout {
    /// 承認番号
    #[serde(default)]
    pub approval: Option<String>,
    /// 承認者
    #[serde(default)]
    pub approved_by: Option<String>,
    /// 事由
    pub reason: String,
    /// 持出先
    pub destination: String,
    /// 持出日時
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// 返却予定
    #[serde(with = "moment")]
    pub due: DateTime<FixedOffset>,
    /// 運搬方法
    #[serde(default)]
    pub carry: Vec<String>,
    /// 担当者
    pub by: String,
    /// The media and slips.
    #[serde(default)]
    pub pieces: Vec<Part>,
}

/// `return`: back from a take-out.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Returned {
    /// The entry of the take-out.
    pub takeout: u64,
    /// 返却日時
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// Who brought it.
    pub by: String,
    /// 返却確認者
    pub confirmed_by: String,
    /// Where it was put.
    pub place: String,
    /// What was wrong; none: nothing.
    #[serde(default)]
    pub abnormal: Option<String>,
    /// The media and slips.
    #[serde(default)]
    pub pieces: Vec<Part>,
}

/// `give_back`: 返却 to the side it came from.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct GivenBack {
    /// When, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// 返却者
    pub by: String,
    /// Who took it.
    #[serde(default)]
    pub to: Option<String>,
    /// What should be there and is not, and why.
    #[serde(default)]
    pub missing: Option<String>,
    /// The media and slips.
    #[serde(default)]
    pub pieces: Vec<Part>,
}

/// `take_back`: what was handed over came back, seen from the side that gave it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TakenBack {
    /// When, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// Who brought it.
    #[serde(default)]
    pub from: Option<String>,
    /// Who compared it with the 返却書.
    pub confirmed_by: String,
    /// Where it is kept.
    #[serde(default)]
    pub place: Option<String>,
    /// What did not agree; none: it agreed.
    #[serde(default)]
    pub differs: Option<String>,
    /// The other side's 返却書.
    #[serde(default)]
    pub document: Option<String>,
}

/// `approve`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Approved {
    /// For what.
    pub purpose: Approval,
    /// 文書番号
    pub number: String,
    /// 決裁（承認）日
    #[serde(with = "written::day")]
    pub date: NaiveDate,
    /// 承認者
    pub by: String,
    /// The things it holds for, by number or name; empty: all of the case.
    #[serde(default)]
    pub things: Vec<String>,
    /// 範囲, in words.
    #[serde(default)]
    pub scope: Option<String>,
    /// 期限
    #[serde(default, with = "written::maybe_day")]
    pub until: Option<NaiveDate>,
    /// The request it answers.
    #[serde(default)]
    pub request: Option<String>,
}

/// `revoke`: an approval holds no more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Revoked {
    /// For what.
    pub purpose: Approval,
    /// 文書番号
    pub number: String,
    /// Why.
    pub reason: String,
}

/// `witness`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Witnessed {
    /// When, as stated.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// Where.
    #[serde(default)]
    pub place: Option<String>,
    /// 立会職員
    pub witnesses: Vec<Partner>,
    /// 確認項目, those that were confirmed.
    #[serde(default)]
    pub items: Vec<String>,
    /// Documents it goes with.
    #[serde(default)]
    pub documents: Vec<String>,
    /// 備考
    #[serde(default)]
    pub remarks: Option<String>,
}

/// A firm that destroys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vendor {
    /// Its name.
    pub name: String,
    /// Whom it passes things on to.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub onward: Vec<String>,
}

/// `destroy`
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Destroyed {
    /// 方法
    pub method: String,
    /// When, as stated; of what a firm takes along, when it was given to it.
    #[serde(with = "moment")]
    pub at: DateTime<FixedOffset>,
    /// 場所
    #[serde(default)]
    pub place: Option<String>,
    /// 実施者
    pub by: String,
    /// 立会者
    #[serde(default)]
    pub witnesses: Vec<String>,
    /// 承認番号
    #[serde(default)]
    pub approval: Option<String>,
    /// 廃棄業者; then it stays 証明書未受領 until its paper comes.
    #[serde(default)]
    pub vendor: Option<Vendor>,
    /// How many photographs.
    #[serde(default)]
    pub photographs: u64,
    /// The media and slips.
    #[serde(default)]
    pub pieces: Vec<Part>,
}

/// `vendor_certificate`: the firm's paper came, or a 立会記録 stands for it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct VendorPaper {
    /// The entry of the destruction.
    pub destroy: u64,
    /// SHA-256 of the firm's certificate.
    #[serde(default)]
    pub sha256: Option<String>,
    /// The witness record instead.
    #[serde(default)]
    pub witness: Option<u64>,
    /// The day it came.
    #[serde(with = "written::day")]
    pub date: NaiveDate,
    /// How many photographs came with it.
    #[serde(default)]
    pub photographs: u64,
    /// The media and slips.
    #[serde(default)]
    pub pieces: Vec<Part>,
}

/// `void` of a bundle: 失効. It does not keep the old passphrase from opening the old medium.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BundleVoid {
    /// Which.
    pub bundle: String,
    /// Why.
    pub reason: String,
}
