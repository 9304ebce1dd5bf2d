//! 全機器: every machine that touched the data, and the places of work and of storage.

use chrono::NaiveDate;

/// A machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Machine {
    /// 管理番号
    pub id: String,
    /// 種別
    pub kind: String,
    /// 名称・型番
    pub name: Option<String>,
    /// 製造番号
    pub serial: Option<String>,
    /// 設置場所
    pub place: Option<String>,
    /// Its name on the network.
    pub host: Option<String>,
    /// The entry that registered it.
    pub added: u64,
    /// The last day it was used.
    pub retired: Option<NaiveDate>,
    /// 申告（未測定）: the entry, the day and who said so.
    pub declared: Option<(u64, NaiveDate, String)>,
    /// Entries that erased data on it.
    pub erasures: Vec<u64>,
    /// The last entry by which data came onto it.
    pub touched: Option<u64>,
    /// The day of that.
    pub touched_on: Option<NaiveDate>,
    /// Opened copies on it that nothing erased yet.
    pub copies_left: usize,
}

impl Machine {
    /// What ends its part in the case: an erasure or a declaration that came after data was last put on it.
    #[must_use]
    pub fn settled(&self) -> Option<Settled> {
        let after = |entry: u64| self.touched.is_none_or(|touched| entry > touched);
        let erased = self.erasures.iter().copied().filter(|entry| self.copies_left == 0 && after(*entry)).max();
        let declared = self.declared.as_ref().map(|(entry, ..)| *entry).filter(|entry| after(*entry));
        erased.map(Settled::Erased).or_else(|| declared.map(Settled::Declared))
    }
}

/// How a machine's part ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// Data on it was erased, in this entry.
    Erased(u64),
    /// 申告（未測定）, in this entry.
    Declared(u64),
}

/// A place of work or of storage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Store {
    /// Its name.
    pub name: String,
    /// 作業場所
    pub work: bool,
    /// 保管場所
    pub keep: bool,
    /// Where it is.
    pub address: Option<String>,
    /// The entry that registered it.
    pub added: u64,
}
