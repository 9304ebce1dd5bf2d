//! What is looked for. The names stay the same for scripts, the order is that of the report.

macro_rules! checks {
    ($($(#[$what:meta])* $variant:ident),+ $(,)?) => {
        /// What is looked for.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize)]
        #[serde(rename_all = "snake_case")]
        pub enum Check { $($(#[$what])* $variant),+ }

        impl Check {
            /// All of them, in the order of the report.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];
        }
    };
}

checks! {
    /// 台帳の検証: the ledger's own proof. Done by the caller, who has the store.
    Ledger,
    /// 未返却: a medium that should be back is not.
    NotReturned,
    /// 通知書未返却
    SlipNotReturned,
    /// 消去未了: plaintext, or a machine that held it, without an erasure in time.
    NotErased,
    /// 期限超過: a take-out that is not back in time, and what came back late.
    Overdue,
    /// 同日交付: a medium and the slip that opens it on one day.
    SameDay,
    /// 承認なし: work without the decision that was asked for then.
    NoApproval,
    /// 承認者と実施者が同じ
    SelfApproved,
    /// 件数不一致
    CountsDiffer,
    /// 欠番: of entries and of documents.
    Numbers,
    /// 研修未受講
    Untrained,
    /// 名簿にない操作者
    Unlisted,
    /// 二人確認: a hand-over that nobody else looked at.
    NotChecked,
    /// The same user of the system handed over and looked.
    SameOsUser,
    /// 拒否された操作
    Refused,
    /// パスワードの誤り, again and again.
    WrongPassphrase,
    /// 例外: a rule set aside with a reason.
    Overridden,
    /// 設定の緩和
    Loosened,
    /// 時計の飛び
    Clock,
    /// 後日の記録: written down long after the day it states.
    RecordedLate,
    /// 時間外の取扱い
    OffHours,
    /// 開始のみで終わりのない作業
    Unfinished,
    /// 訂正
    Corrected,
    /// 署名鍵の紛失
    KeyLost,
    /// 控えからの復元
    Restored,
    /// 残った複製
    CopiesFound,
    /// 終結していない事案
    IncidentOpen,
    /// 媒体への書込み未確認
    WritingUnconfirmed,
    /// 通知書のファイルの残り
    SlipFile,
    /// 廃棄業者の証明書未受領
    VendorPaper,
    /// 一覧にない機器
    UnlistedMachine,
    /// 実地検査の期限超過, and demands that nobody saw met in time.
    NotInspected,
    /// 読めない記録
    Unreadable,
}

impl Check {
    /// Its name.
    #[must_use]
    pub fn name(self) -> String {
        serde_json::to_value(self).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
    }
}
