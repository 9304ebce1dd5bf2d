//! The short text on the medium: how to open a bundle, with this program and without it.
//!
//! Whoever finds a lost medium reads it too, so it says nothing of the content. Japanese as an office writes it;
//! lines end in CR LF and the Japanese file starts with a byte order mark, so that any Windows editor shows it.

use super::facts::Facts;
use super::opener::{LINUX, WINDOWS};
use super::volumes::SEALED_NAME;

/// The Japanese text's name.
pub const JA: &str = "はじめにお読みください.txt";
/// The same text's name on a medium that takes no Japanese names.
pub const JA_PLAIN: &str = "README-ja.txt";
/// The English text's name.
pub const EN: &str = "README.txt";

/// Both texts.
pub(super) fn texts(facts: &Facts, fingerprint: &str) -> [(&'static str, Vec<u8>); 2] {
    let ja = format!("\u{feff}{}", japanese(facts, fingerprint));
    [(JA, crlf(&ja)), (EN, crlf(&english(facts, fingerprint)))]
}

fn crlf(text: &str) -> Vec<u8> {
    text.replace('\n', "\r\n").into_bytes()
}

/// How to open with the programs beside it; nothing where there are none.
///
/// Attack: a library beside the program, which it loads while its own digest still holds. So it is copied alone.
///
/// Attack: a program exchanged together with the text that vouches for it. So no digest stands here; it points to the paper.
fn japanese_openers(facts: &Facts) -> String {
    if facts.openers.is_empty() {
        return String::new();
    }
    let id = &facts.id;
    format!(
        "
■ 開き方（この媒体にあるプログラムを使う場合）
  {WINDOWS}     Windows（64ビット版）用
  {LINUX}   Linux（x86-64）用

  【注意】媒体上のプログラムは、その媒体と同じ程度にしか信頼できません。媒体のデータを差し替えられる者は、
  プログラムも、この説明も差し替えられます。実行する前に、必ず紙の「個人情報受渡し確認記録票」にある
  照合値（SHA-256）と見比べてください。違うとき、又は票に値がないときは、実行しないでください。
  媒体で受け取ったプログラムの実行を規程で禁じているときは、実行せず、自所で用意した tewatashi 又は age を使ってください。

  1. PC に空のフォルダーを作り、{WINDOWS} だけをコピーします（ほかのファイルを一緒に置かないでください）。
     フォルダー {id} は、必要なら、PC の別の場所へ丸ごとコピーします。
  2. コマンド プロンプトを開き、1で作ったフォルダーへ移ります（cd と空白を入力し、フォルダーを画面へドラッグして Enter）。
  3. 照合値を求め、紙の値と見比べます。
       certutil -hashfile {WINDOWS} SHA256
  4. 紙の値と同じときに限り、検証し、開きます。
       {WINDOWS} verify {id}
       {WINDOWS} open {id} --to 保存先フォルダー
     （{id} は、そのフォルダーを画面へドラッグして入力します。続きは空白を入れてから入力します）
  Linux でも、{LINUX} だけをコピーし、照合値を見比べてから行います。
       sha256sum {LINUX}
       chmod u+x {LINUX}
       ./{LINUX} verify {id}
       ./{LINUX} open {id} --to 保存先フォルダー
"
    )
}

fn english_openers(facts: &Facts) -> String {
    if facts.openers.is_empty() {
        return String::new();
    }
    let id = &facts.id;
    format!(
        "
* Opening with the programs on this medium
  {WINDOWS}     for Windows (64 bits)
  {LINUX}   for Linux (x86-64)

  WARNING: a program on a medium is only as trustworthy as the medium. Whoever can exchange the data can exchange
  the programs, and this text. Before you run one, compare its SHA-256 with the one on the paper record of the
  hand-over. If they differ, or the paper has none, do not run it.
  Where your office forbids running programs from media, do not run them: use your own tewatashi, or age.

  1. Make an empty folder on the PC and copy {WINDOWS} alone into it (no other file beside it).
     If need be, copy the whole folder {id} to another place on the PC.
  2. Open a command prompt and go to the folder of step 1 (type cd and a blank, drag the folder onto the window, Enter).
  3. Compute the SHA-256 and compare it with the paper.
       certutil -hashfile {WINDOWS} SHA256
  4. Only if it is the same, verify and open.
       {WINDOWS} verify {id}
       {WINDOWS} open {id} --to FOLDER
     (for {id} drag that folder onto the window; type a blank before what follows)
  On Linux, too, copy {LINUX} alone and compare before you run it.
       sha256sum {LINUX}
       chmod u+x {LINUX}
       ./{LINUX} verify {id}
       ./{LINUX} open {id} --to FOLDER
"
    )
}

fn is_scrypt(facts: &Facts) -> bool {
    facts.encryption.key == "scrypt"
}

fn japanese(facts: &Facts, fingerprint: &str) -> String {
    let Facts { id, created, .. } = facts;
    let day = created.get(..10).unwrap_or_default();
    let (key, age) = if is_scrypt(facts) {
        (
            "パスワードは、この媒体とは別にお渡しする「パスワード通知書」に記載しています。\n通知書をこの媒体と一緒に保管・運搬しないでください。",
            "age -d -o bundle.tar bundle.age",
        )
    } else {
        (
            "この媒体は、受領者の鍵（identity ファイル）で開くように暗号化しています。",
            "age -d -i 鍵ファイル -o bundle.tar bundle.age",
        )
    };
    let split = if facts.volumes.len() > 1 {
        format!(
            "\n  分割されています（全{}巻）。先に1つのファイルへ戻してください。\n    Windows: copy /b bundle.age.001+bundle.age.002+… bundle.age\n    Linux:   cat bundle.age.* > bundle.age\n",
            facts.volumes.len()
        )
    } else {
        String::new()
    };
    let openers = japanese_openers(facts);
    format!(
        "この媒体について

管理番号: {id}
作成日: {day}

この媒体のファイルは暗号化されています。受け取る方以外は開くことができません。
この媒体を拾われた方は、中を開こうとせず、お近くの市区町村の窓口又は警察へお届けください。

■ パスワード又は鍵
{key}

■ 開き方（tewatashi を使う場合）
  1. 検証する   tewatashi verify {id}
  2. 開く       tewatashi open {id} --to 保存先フォルダー
{openers}
■ 開き方（tewatashi がない場合。age は公開されている暗号化ソフトです）
  sha256sum -c checksums.sha256
{split}  {age}
  tar -xf bundle.tar
  cd {id}
  sha256sum -c manifest-sha256.txt

■ 署名
  署名者の鍵: {fingerprint}
  通知書又は確認記録票に印刷された値と同じであることを確かめてください。
"
    )
}

fn english(facts: &Facts, fingerprint: &str) -> String {
    let Facts { id, created, .. } = facts;
    let day = created.get(..10).unwrap_or_default();
    let (key, age) = if is_scrypt(facts) {
        (
            "The passphrase is on a separate password slip, handed over on another occasion.\nNever keep or carry the slip together with this medium.",
            "age -d -o bundle.tar bundle.age",
        )
    } else {
        ("The recipient's own key (identity file) opens this medium.", "age -d -i KEYFILE -o bundle.tar bundle.age")
    };
    let split = if facts.volumes.len() > 1 {
        format!(
            "\n  It is split into {} volumes. Put them together first:\n    Windows: copy /b bundle.age.001+bundle.age.002+... bundle.age\n    Linux:   cat bundle.age.* > bundle.age\n",
            facts.volumes.len()
        )
    } else {
        String::new()
    };
    let openers = english_openers(facts);
    format!(
        "About this medium

Number: {id}
Made on: {day}

The files on this medium are encrypted; only the recipient can open them.
If you found this medium, please hand it to the nearest city office or the police.

* Passphrase or key
{key}

* Opening with tewatashi
  1. Verify   tewatashi verify {id}
  2. Open     tewatashi open {id} --to FOLDER
{openers}
* Opening without tewatashi (age is a public encryption program)
  sha256sum -c checksums.sha256
{split}  {age}
  tar -xf bundle.tar
  cd {id}
  sha256sum -c manifest-sha256.txt

* Signature
  Signer's key: {fingerprint}
  Compare it with the one printed on the slip or the hand-over record.
  ({SEALED_NAME} is in age v1 format: https://age-encryption.org/v1)
"
    )
}
