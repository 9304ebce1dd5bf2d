//! Bundles written by an enemy: each is refused for its own reason, by every command, and leaves nothing.
//!
//! `fixtures/hostile/expected.tsv` says what must become of each file there; the larger ones are made here. An empty last
//! chunk, which no library writes, stands among the vectors of `age_vectors.rs` (`stream_last_chunk_empty`).

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

#[path = "common/forge.rs"]
mod forge;
use forge::{Desk, Lang, Ran, files_below, fixture, header_len, names_in, seal};

/// What the message must say: in English, in Japanese, for these files.
const SAYS: &[(&str, &str, &str)] = &[
    ("an absolute path", "絶対パス", "absolute-path leading-slash drive-path"),
    ("“..”", "「..」", "parent-path parent-path-inside pax-path-escape"),
    ("the name “.”", "「.」", "dot-component"),
    ("an empty name", "空の名前", "empty-component trailing-slash-file pax-path-empty"),
    ("“\\”, which Windows refuses", "「\\」", "backslash-path"),
    ("“:”, which Windows refuses", "「:」", "forbidden-character"),
    ("an entry outside the bundle", "束の外", "two-ids outside-the-bag root-is-a-prefix"),
    ("a file the format does not have", "束の形式にないファイル", "file-at-the-root"),
    ("the same name twice", "同じ名前が2回", "duplicate-file duplicate-folder duplicate-folder-as-file"),
    ("whose folder is not there", "入れ先のフォルダーがない", "file-below-a-file file-without-its-folder"),
    (
        "differ only in case or composition",
        "大文字・小文字等の違い",
        "case-collision case-collision-folder case-collision-full-width normalisation-collision",
    ),
    (
        "a name reserved by Windows",
        "Windows が予約",
        "reserved-windows-name reserved-aux reserved-conin reserved-with-superscript reserved-with-space \
         reserved-windows-folder",
    ),
    ("ends in a dot or a space", "「.」又は空白で終わって", "trailing-dot trailing-space"),
    ("a control character", "制御文字", "control-character control-del control-c1 control-newline nul-in-pax-path"),
    ("turns text around", "文字の向きを変える", "bidi-override bidi-isolate"),
    ("longer than 255 bytes", "255バイトを超え", "name-over-255-bytes"),
    ("the path is too long", "パスが長すぎ", "path-too-long"),
    ("is not UTF-8", "UTF-8 ではありません", "not-utf8-path not-utf8-name-field"),
    ("a symbolic link", "シンボリックリンク", "symlink symlink-then-file-through-it symlink-replaced-by-file"),
    ("a hard link", "ハードリンク", "hard-link hard-link-outside"),
    ("a device or pipe", "デバイス又はパイプ", "char-device block-device fifo"),
    (
        "a kind of header that the format does not",
        "この形式にない種類の見出し",
        "contiguous-type old-nul-type unknown-type global-pax-header",
    ),
    (
        "is not plain ustar",
        "（ustar）ではありません",
        "gnu-sparse-type gnu-longname-type gnu-magic ustar-prefix ustar-prefix-escape",
    ),
    ("a folder that has content", "フォルダーなのに内容", "folder-with-body"),
    ("forbidden mode bits", "許可属性が不正", "setuid-mode"),
    (
        "an extended header",
        "拡張見出しが不正",
        "pax-sparse-record pax-xattr-record pax-charset-record mtime-garbage mtime-overflow pax-size-garbage \
         pax-size-overflow pax-path-twice pax-header-twice pax-header-alone pax-bad-record pax-record-length-lie \
         pax-record-length-zero pax-record-length-overflow pax-record-no-newline huge-pax-header",
    ),
    (
        "a number in the archive",
        "数値が不正",
        "pax-size-lie pax-size-smuggling negative-size negative-size-base256 octal-garbage blank-size",
    ),
    ("a header of the archive inside is damaged", "書庫の見出しが壊れ", "bad-tar-checksum size-lie-long"),
    ("is cut off", "途中で切れて", "truncated-tar truncated-in-a-file one-zero-block"),
    (
        "data after the end",
        "終わりの後に余分なデータ",
        "one-zero-block-then-entry trailing-garbage-after-tar entry-after-the-end",
    ),
    ("announces (3 files, 150 bytes", "3 ファイル、150 バイト", "size-lie-short oxum-count-large"),
    ("(2 files, 149 bytes; with this file 2 files, 150", "149 バイト", "size-lie-oxum-small"),
    ("(2 files, 151 bytes; found 2 files, 150", "151 バイト", "size-lie-oxum-large"),
    ("more inside than bag-info.txt announces (1 file, 150 bytes", "記録（1 ファイル", "oxum-count-small"),
    ("more files and folders inside than one bundle", "1つの束に入れられる数", "oxum-count-absurd"),
    ("1,152,921,504,606,847,026 bytes", "1,152,921,504,606,847,026 バイト", "base256-size-lie"),
    (
        "bag-info.txt inside cannot be read",
        "bag-info.txt を読めません",
        "oxum-overflow oxum-beyond-64-bits oxum-negative oxum-missing oxum-twice id-missing opening-code-missing \
         opening-code-bad fingerprint-key-short signer-fingerprint-bad bag-info-bad-line bag-info-not-utf8 \
         bag-info-escape-sequence bag-info-crlf",
    ),
    ("the number in bag-info.txt", "bag-info.txt の番号", "id-mismatch"),
    (
        "should be, there is something else",
        "あるべき位置に別のもの",
        "bag-info-not-first bag-info-twice bag-info-missing bagit-missing data-is-a-file data-folder-missing \
         manifest-missing tagmanifest-before-manifest",
    ),
    ("tagmanifest-sha256.txt is missing", "tagmanifest-sha256.txt がない", "tagmanifest-missing"),
    ("another version or encoding", "版又は文字コード", "bagit-wrong-version bagit-wrong-encoding"),
    ("the manifest does not list", "照合表にない", "manifest-entry-missing manifest-empty"),
    ("a file of the manifest is missing", "照合表にあるファイルが", "manifest-entry-extra file-after-manifest"),
    ("what cannot be in the bag", "束の中にあり得ない", "manifest-path-escape manifest-tag-file"),
    ("a file differs from the manifest", "照合表と一致しません", "manifest-mismatch"),
    ("lists a file twice", "同じファイルが2回", "manifest-duplicate-line manifest-two-hashes"),
    ("line 1 of", "の 1 行目", "manifest-crlf"),
    ("line 2 of", "の 2 行目", "manifest-not-hex manifest-without-newline"),
    ("line 3 of", "の 3 行目", "manifest-bad-line manifest-not-utf8 manifest-huge-line"),
    ("differs from tagmanifest", "と一致しません", "tagmanifest-mismatch tagmanifest-bag-info-mismatch"),
    ("does not list", "行がありません", "tagmanifest-entry-missing"),
    ("lists a file that is not there", "あるファイルがありません", "tagmanifest-entry-extra"),
    ("tagmanifest-sha256.txt inside cannot be read", "tagmanifest-sha256.txt を読めません", "tagmanifest-bad-line"),
    ("this key does not open it", "この鍵では開けません", "other-recipient"),
    ("authentication code", "認証符号", "header-bit-flipped"),
    ("an age format this version cannot read", "この版では読めない age", "header-version-2"),
    ("ends inside its header", "ヘッダーの途中で切れて", "header-truncated no-nonce nonce-truncated"),
    ("line ends", "改行", "header-crlf"),
    ("PowerShell", "PowerShell", "header-utf16"),
    ("2^30, at most 2^20", "2の30乗", "scrypt-work-factor-30"),
    ("2^21, at most 2^20", "2の21乗", "scrypt-work-factor-21"),
    ("the header is damaged", "ヘッダーが壊れ", "scrypt-two-stanzas scrypt-beside-x25519"),
    (
        "piece 1 of the ciphertext",
        "1 番目の区画",
        "empty-age-payload payload-bit-flipped trailing-garbage-after-age truncated-in-a-chunk chunk-repeated",
    ),
    ("cut off after 1 piece", "1 区画まで", "truncated-at-a-chunk"),
];

/// Where the fault is met before the path of `expected.tsv` can be known, and what is named instead.
const NAMES_OTHERWISE: &[(&str, &str)] = &[
    // The first header is refused; the long name would be in its content.
    ("gnu-longname-type.age", "././@LongLink"),
    // Content stands where a header should; it must not be shown as if it were a name.
    ("size-lie-long.age", ""),
    // Its folders have entries too: the first one over the limit is named.
    ("path-too-long.age", "深0/深"),
];

struct Row {
    file: String,
    verdict: String,
    /// As the program shows it. What is below `data/` is named as `list` names it.
    path: String,
}

fn rows() -> Vec<Row> {
    let text = fs::read_to_string(fixture("hostile/expected.tsv")).expect("expected.tsv");
    let rows = text.lines().skip(1).map(|line| {
        let [file, verdict, path] = line.split('\t').collect::<Vec<_>>()[..] else { panic!("three columns: {line}") };
        let path = NAMES_OTHERWISE.iter().find(|(name, _)| *name == file).map_or(path, |(_, path)| *path);
        let path = path.replace("\\\\", "\\");
        let path = path.strip_prefix("data/").filter(|below| !below.is_empty()).unwrap_or(&path).to_owned();
        Row { file: file.into(), verdict: verdict.into(), path }
    });
    rows.collect()
}

impl Row {
    fn code(&self) -> i32 {
        match self.verdict.as_str() {
            "ok" | "foreign" => 0,
            "wrong-key" => 10,
            "damaged" => 11,
            other => panic!("{other} is no verdict"),
        }
    }

    fn says(&self, lang: Lang) -> &'static str {
        let name = self.file.trim_end_matches(".age");
        let found: Vec<_> = SAYS.iter().filter(|(_, _, names)| names.split_whitespace().any(|n| n == name)).collect();
        assert_eq!(found.len(), 1, "{name} stands in one line of the table of messages");
        if lang == Lang::En { found[0].0 } else { found[0].1 }
    }

    fn run(&self, desk: &Desk, lang: Lang, command: &str) -> Ran {
        try_on(desk, lang, command, &fixture("hostile").join(&self.file))
    }

    /// The commands that only look say the same as `open`, and leave nothing.
    fn is_refused_by(&self, lang: Lang, command: &str) {
        let desk = Desk::new();
        let (ran, what) = (self.run(&desk, lang, command), format!("{command} {}", self.file));
        if self.code() == 0 {
            assert_eq!(ran.code, 0, "{what}: {ran:?}");
        } else {
            ran.assert_refused(self.code(), self.says(lang), &what);
            assert!(ran.message().contains(&self.path), "{what}: {} does not name {}", ran.message(), self.path);
        }
        desk.assert_bare(&what);
    }
}

fn try_on(desk: &Desk, lang: Lang, command: &str, file: &Path) -> Ran {
    let to = desk.to();
    let mut args: Vec<&std::ffi::OsStr> = vec![command.as_ref(), file.as_os_str()];
    if command == "open" {
        args.extend(["--to".as_ref(), to.as_os_str()]);
    }
    let passphrase = desk.path("home/passphrase");
    let key = fixture("keys/opener.txt");
    if file.file_name().is_some_and(|n| n.to_string_lossy().starts_with("scrypt-")) {
        fs::create_dir_all(desk.path("home")).and_then(|()| fs::write(&passphrase, "test")).expect("a passphrase");
        args.extend(["--passphrase-file".as_ref(), passphrase.as_os_str()]);
    } else {
        args.extend(["--identity".as_ref(), key.as_os_str()]);
    }
    desk.run(lang, args)
}

/// Where the fixtures try to write, besides the target folder and the folders around it.
fn assert_no_escape(what: &str) {
    let targets = ["/tmp/tewatashi-escape.csv", "/tmp/tewatashi-escape", "/TW-20261121-7K3M", "/TW-20261121-7K3Mx"];
    for target in targets.map(PathBuf::from).into_iter().chain([std::env::temp_dir().join("tewatashi-escape.csv")]) {
        assert!(target.symlink_metadata().is_err(), "{what}: wrote {}", target.display());
    }
}

fn every_refusal(lang: Lang, command: &str) {
    for row in rows().iter().filter(|row| row.code() != 0) {
        row.is_refused_by(lang, command);
        assert_no_escape(&row.file);
    }
}

#[test]
fn open_refuses_each_for_its_own_reason_and_leaves_nothing() {
    every_refusal(Lang::En, "open");
}

#[test]
fn open_says_it_in_japanese() {
    every_refusal(Lang::Ja, "open");
}

#[test]
fn verify_refuses_the_same_files_with_the_same_words() {
    every_refusal(Lang::Ja, "verify");
}

#[test]
fn list_refuses_the_same_files_with_the_same_words() {
    every_refusal(Lang::En, "list");
}

#[test]
fn what_is_whole_opens_with_its_manifest_and_what_is_foreign_without() {
    for row in rows().iter().filter(|row| row.code() == 0) {
        for command in ["verify", "list"] {
            row.is_refused_by(Lang::En, command);
        }
        let desk = Desk::new();
        let ran = row.run(&desk, Lang::En, "open");
        let bag = row.verdict == "ok";
        assert_eq!((ran.code, &ran.json["manifest"]), (0, &bag.into()), "{}: {ran:?}", row.file);
        assert_eq!(ran.words.contains("no manifest"), !bag, "{}: {}", row.file, ran.words);
        let name = if bag { "TW-20261121-7K3M" } else { row.file.trim_end_matches(".age") };
        assert_eq!(names_in(&desk.to()), [name], "{}", row.file);
        let files = files_below(&desk.to());
        assert_eq!(ran.json["files"], files.len(), "{}", row.file);
        let bytes: usize = files.iter().map(|(_, content)| content.len()).sum();
        assert_eq!(ran.json["bytes"], bytes, "{}", row.file);
        let nfd = files.iter().any(|(path, _)| path.to_string_lossy().contains("か\u{3099}"));
        assert_eq!(nfd, row.file == "good-nfd-name.age", "{}: a name keeps its bytes", row.file);
    }
}

#[test]
fn every_file_has_a_row_and_every_row_a_file() {
    let files = names_in(&fixture("hostile"))
        .into_iter()
        .filter(|name| Path::new(name).extension().is_some_and(|e| e == "age"))
        .collect();
    let mut listed = BTreeSet::new();
    for row in rows() {
        assert!(listed.insert(row.file.clone()), "{} has two rows", row.file);
    }
    assert_eq!(listed, files);
    let known: BTreeSet<_> = listed.iter().map(|file| file.trim_end_matches(".age")).collect();
    for name in SAYS.iter().flat_map(|(_, _, names)| names.split_whitespace()) {
        assert!(known.contains(name), "the table of messages speaks of {name}, which is no fixture");
    }
}

/// Made here because they are large; the fault is met long before the processor time is spent.
fn is_refused(name: &str, sealed: &[u8], needle: &str) {
    for command in ["open", "verify", "list"] {
        let desk = Desk::new();
        let file = desk.path("home").join(name);
        fs::create_dir_all(desk.path("home")).and_then(|()| fs::write(&file, sealed)).expect("a file");
        let (to, key) = (desk.to(), fixture("keys/opener.txt"));
        let mut args = vec![command.as_ref(), file.as_os_str(), "--identity".as_ref(), key.as_os_str()];
        if command == "open" {
            args.extend(["--to".as_ref(), to.as_os_str()]);
        }
        desk.run_within(8, args).assert_refused(11, needle, &format!("{command} {name}"));
        desk.assert_bare(name);
    }
}

/// An age header of `size` bytes or a little more, all of it stanzas nobody knows.
fn filled_header(size: usize) -> Vec<u8> {
    let mut header = b"age-encryption.org/v1\n".to_vec();
    while header.len() < size {
        header.extend_from_slice(b"-> filler\n\n");
    }
    header.extend_from_slice(b"--- AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA\n");
    header
}

#[test]
fn a_header_beyond_the_limit_is_refused_before_it_is_parsed() {
    let header = filled_header(3 << 20);
    is_refused("header-too-long.age", &[&header[..], &[0; 200]].concat(), "the header is too long");
    is_refused(
        "header-without-end.age",
        &[b"age-encryption.org/v1\n-> ", &vec![b'a'; 3 << 20][..]].concat(),
        "too long",
    );
}

#[test]
fn a_header_just_below_the_limit_costs_no_quadratic_time() {
    let whole = seal(b"plaintext");
    let filler = &filled_header((256 << 10) - 4096)[22..];
    let filler = &filler[..filler.len() - 48];
    // Valid but for its authentication code, with the stanza for the test key after all others.
    let sealed = [&whole[..22], filler, &whole[22..]].concat();
    is_refused("header-long.age", &sealed, "authentication code");
}

#[test]
fn chunks_in_each_others_place_do_not_authenticate() {
    let sealed = seal(&vec![b'x'; 200_000]);
    let (head, chunks) = sealed.split_at(header_len(&sealed));
    let (first, rest) = chunks.split_at(65_552);
    let (second, rest) = rest.split_at(65_552);
    is_refused("chunks-swapped.age", &[head, second, first, rest].concat(), "piece 1 of the ciphertext");
    is_refused("chunk-dropped.age", &[head, first, rest].concat(), "piece 2 of the ciphertext");
}

/// An entry of the test bundle's tar.
fn entry(kind: tar::EntryType, name: &str, content: &[u8]) -> Vec<u8> {
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(kind);
    header.set_path(format!("TW-20261121-7K3M/{name}")).expect("a short name");
    header.set_size(content.len() as u64);
    header.set_mode(0o644);
    header.set_mtime(0);
    header.set_cksum();
    [header.as_bytes(), content, &vec![0; content.len().next_multiple_of(512) - content.len()]].concat()
}

#[test]
fn folders_without_end_are_refused_before_they_fill_the_memory() {
    let info = [
        "Payload-Oxum: 0.0",
        "External-Identifier: TW-20261121-7K3M",
        "Bagging-Date: 2026-11-21",
        "Bag-Software-Agent: tewatashi 0.1.0",
        "Signer-Fingerprint: SHA256:uKRQ3mU0sJ5yzC1vXW8dTnF6pLh2bEo9gAi7tRxKq4M",
        "Opening-Code: H7K34-Q2MXM-R9TW2-B4NCB",
        "Fingerprint-Key: 94211a476e0e1062325e21828527fc2abc7a18c66ea9dc53d519c545baedda10\n",
    ];
    let folder = |name: &str| entry(tar::EntryType::Directory, name, b"");
    let mut tar = entry(tar::EntryType::Regular, "bag-info.txt", info.join("\n").as_bytes());
    let bagit = b"BagIt-Version: 1.0\nTag-File-Character-Encoding: UTF-8\n";
    tar.extend(entry(tar::EntryType::Regular, "bagit.txt", bagit));
    tar.extend(folder("data/"));
    for number in 0..=10_000 {
        tar.extend(folder(&format!("data/{number:05}/")));
    }
    is_refused("folders-without-end.age", &seal(&tar), "more files and folders inside than one bundle may hold");
}

#[test]
fn no_tag_file_or_pax_header_is_read_into_memory_beyond_its_limit() {
    let pax = entry(tar::EntryType::XHeader, "PaxHeaders/x", &vec![b'n'; 8 << 20]);
    is_refused("large-pax-header.age", &seal(&pax), "an extended header");
    let info = entry(tar::EntryType::Regular, "bag-info.txt", &vec![b'n'; 2 << 20]);
    is_refused("bag-info-huge.age", &seal(&info), "bag-info.txt inside is too large");
}
