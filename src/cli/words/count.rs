//! Why a file was not counted, in words.

use crate::counting::Reason;
use crate::t;

/// For the screen.
pub fn not_counted(reason: Reason) -> String {
    match reason {
        Reason::Format => t!("not-counted-format"),
        Reason::TooLarge => t!("not-counted-too-large"),
        Reason::Encoding => t!("not-counted-encoding"),
        Reason::OpenQuote => t!("not-counted-open-quote"),
        Reason::Damaged => t!("not-counted-damaged"),
        Reason::Encrypted => t!("not-counted-encrypted"),
    }
}

/// For a sheet, which is in Japanese whatever the language of the run.
pub fn not_counted_on_paper(reason: Reason) -> &'static str {
    match reason {
        Reason::Format => "計数していない",
        Reason::TooLarge => "計数していない（大きすぎる）",
        Reason::Encoding => "計数していない（文字コードが不明）",
        Reason::OpenQuote => "計数していない（引用符が閉じていない）",
        Reason::Damaged => "計数していない（読み取れない）",
        Reason::Encrypted => "計数していない（パスワード付き又は旧形式）",
    }
}
