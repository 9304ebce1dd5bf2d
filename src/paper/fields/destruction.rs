//! 廃棄証明書, and 廃棄経過記録 as long as a vendor's certificate is awaited: one sheet, whose title depends on which it is.

use serde::{Deserialize, Serialize};

use super::erasure::Photograph;
use super::{Approval, Date, Fields, Letter, Person, Thing, Time};
use crate::paper::form::Form;

/// The title when the destruction is shown.
pub const CERTIFICATE: &str = "廃棄証明書";

/// The title while the vendor's certificate is awaited.
pub const RECORD: &str = "廃棄経過記録";

/// The sheet. Its number is the document's.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Destruction {
    /// 日付
    pub date: Option<Date>,
    /// Addressee and sender.
    pub letter: Option<Letter>,
    /// 承認
    pub approval: Option<Approval>,
    /// 情報の項目
    pub items: Vec<String>,
    /// 対象
    pub things: Vec<Thing>,
    /// 方法
    pub method: Option<String>,
    /// 日時
    pub at: Option<Time>,
    /// 場所
    pub place: Option<String>,
    /// 責任者
    pub responsible: Option<Person>,
    /// 実施者
    pub performers: Vec<Person>,
    /// 立会者
    pub witnesses: Vec<Person>,
    /// 立会記録番号
    pub witness_record: Option<String>,
    /// 廃棄業者; none where it was done in the house.
    pub vendor: Option<Vendor>,
    /// 写真
    pub photographs: Vec<Photograph>,
    /// 限界, beyond what the form itself says
    pub limits: Vec<String>,
    /// 備考
    pub remarks: Option<String>,
}

impl Destruction {
    /// The sheet's title.
    ///
    /// Attack: a medium that went to a vendor, and nobody saw what became of it. Without the vendor's own certificate, or
    /// the record of someone who stood by, it is a record of how far things have come.
    #[must_use]
    pub fn title(&self) -> &'static str {
        let vendor = self.vendor.as_ref();
        let shown = vendor.is_none_or(|vendor| vendor.certificate.is_some()) || self.witness_record.is_some();
        if shown { CERTIFICATE } else { RECORD }
    }
}

impl Fields for Destruction {
    const FORM: Form = Form::Destruction;
}

/// 廃棄業者
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Vendor {
    /// 名称
    pub name: Option<String>,
    /// 再委託先: those it hands on to
    pub onward: Vec<String>,
    /// 業者の証明書; none: 証明書未受領
    pub certificate: Option<VendorCertificate>,
}

/// 業者の証明書, as a file in `records/`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VendorCertificate {
    /// ファイル名
    pub file: String,
    /// SHA-256 of it
    pub sha256: String,
    /// 受領日
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received: Option<Date>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_vendor_did_unseen_is_certified_by_his_certificate_alone() {
        let mut sheet = Destruction::default();
        assert_eq!(sheet.title(), CERTIFICATE, "in the house");
        sheet.vendor = Some(Vendor { name: Some("見本資源".into()), ..Vendor::default() });
        assert_eq!(sheet.title(), RECORD);
        sheet.witness_record = Some("D-0031".into());
        assert_eq!(sheet.title(), CERTIFICATE, "someone stood by");
        let certificate = VendorCertificate { file: "証明書.pdf".into(), sha256: "ab".repeat(32), received: None };
        sheet.vendor = Some(Vendor { certificate: Some(certificate), ..Vendor::default() });
        sheet.witness_record = None;
        assert_eq!(sheet.title(), CERTIFICATE);
    }
}
