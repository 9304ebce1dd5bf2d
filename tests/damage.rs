//! One good bundle and everything that can happen to it on its way: cut, flipped, swapped, replaced, signed anew.
//!
//! Whatever happens, each command says what it was, and `open` leaves nothing.

use std::fs;

use serde_json::Value;

#[path = "common/forge.rs"]
mod forge;
#[path = "common/sent.rs"]
mod sent;
use forge::{Desk, Lang, files_below, header_len, names_in, recompute_checksums, seal_for};
use sent::{SEALED, Sent, locked, split, whole};

#[test]
fn the_untouched_bundles_verify_and_open() {
    for made in [whole(), split(), locked()] {
        let sent = made.sent();
        assert_eq!(sent.verify(&[]).json["result"], "ok");
        let known = sent.verify(&["--signer", &made.signer, sent.secret()[0], sent.secret()[1]]);
        assert_eq!((known.code, &known.json["signer"]["known"]), (0, &true.into()), "{known:?}");
        assert_eq!(sent.run("open", &sent.bundle, &sent.secret()).code, 0);
        let opened = files_below(&sent.desk.to().join(sent.bundle.file_name().expect("a name")));
        assert_eq!(opened, made.content());
    }
}

#[test]
fn every_cut_at_a_chunk_is_told_for_what_it_is() {
    let sealed = whole().sealed();
    let head = header_len(&sealed);
    let chunks = (sealed.len() - head).div_ceil(SEALED);
    assert!(chunks > 3, "several chunks");
    for k in 0..chunks {
        let cuts = [
            (-1, format!("piece {k} of")),
            (0, format!("cut off after {k} {}", if k == 1 { "piece" } else { "pieces" })),
            (1, format!("piece {} of", k + 1)),
        ];
        for (shift, needle) in cuts {
            let needle = match (k, shift) {
                (0, -1) => "ends inside its header",
                (0, 0) => "piece 1 of",
                _ => &needle,
            };
            let at = (head + k * SEALED).checked_add_signed(shift).expect("an offset");
            let (sent, what) = (whole().sent(), format!("cut at chunk {k} {shift:+}"));
            let size = format!("volume 1 has another size ({} bytes", thousands(at));
            sent.write("bundle.age", &sealed[..at]);
            let ran = sent.verify(&[]);
            ran.assert_refused(11, if (k, shift) == (0, -1) { needle } else { &size }, &what);
            assert!(ran.words.contains(&size), "{what}: {}", ran.words);
            sent.opens_not(&size, &what);
            // Alone, without the facts that know its size.
            let bare = sent.desk.path("home/alone.age");
            fs::copy(sent.file("bundle.age"), &bare).expect("a copy");
            for command in ["open", "verify", "list"] {
                sent.run(command, &bare, &sent.secret()).assert_refused(11, needle, &format!("{command} {what}"));
                sent.desk.assert_bare(&what);
            }
        }
    }
}

fn thousands(n: usize) -> String {
    if n < 1000 { n.to_string() } else { format!("{},{:03}", n / 1000, n % 1000) }
}

#[test]
fn every_byte_of_the_header_is_known_and_none_is_taken_for_a_wrong_passphrase() {
    let (sent, sealed) = (locked().sent(), locked().sealed());
    for at in 0..header_len(&sealed) {
        let mut flipped = sealed.clone();
        flipped[at] ^= 1;
        sent.write("bundle.age", &flipped);
        for ran in [sent.verify(&sent.secret()), sent.run("open", &sent.bundle, &sent.secret())] {
            ran.assert_refused(11, "", &format!("header byte {at}"));
            let message = ran.message();
            let says = message.contains("header") || message.contains("age format") || message.contains("line ends");
            assert!(says && ran.problem()["kind"] != "wrong_passphrase", "byte {at}: {message}");
        }
    }
    sent.desk.assert_bare("after every header");
}

#[test]
fn every_fact_is_signed() {
    let facts = whole().sent().facts();
    let pointers = leaves(&facts, "");
    assert!(pointers.len() >= 11, "{pointers:?}");
    for pointer in pointers {
        let sent = whole().sent();
        let mut changed = facts.clone();
        let leaf = changed.pointer_mut(&pointer).expect("a fact");
        *leaf = match &*leaf {
            Value::Number(n) => (n.as_u64().expect("a number") + 1).into(),
            Value::String(text) => {
                text.replacen(|c: char| c.is_ascii_alphanumeric(), "2", 1).replace("2W-", "TX-").into()
            }
            other => panic!("{pointer}: {other}"),
        };
        sent.write("bundle.json", serde_json::to_vec_pretty(&changed).expect("JSON"));
        sent.opens_not("the signature on bundle.json", &pointer);
        let ran = sent.verify(&[]);
        assert!(ran.code == 11 && ran.words.contains("the signature on bundle.json"), "{pointer}: {ran:?}");
    }
}

fn leaves(value: &Value, at: &str) -> Vec<String> {
    match value {
        Value::Object(map) => map.iter().flat_map(|(key, v)| leaves(v, &format!("{at}/{key}"))).collect(),
        Value::Array(list) => list.iter().enumerate().flat_map(|(i, v)| leaves(v, &format!("{at}/{i}"))).collect(),
        _ => vec![at.to_owned()],
    }
}

#[test]
fn the_checksums_speak_of_every_file_and_of_nothing_else() {
    let list = String::from_utf8(whole().sent().read("checksums.sha256")).expect("text");
    for line in list.lines() {
        let name = &line[66..];
        let sent = whole().sent();
        sent.write("checksums.sha256", list.replace(&format!("{line}\n"), ""));
        sent.verify(&[]).assert_refused(11, &format!("checksums.sha256 has no line for {name}"), "a line is missing");
        let other = if line.starts_with('0') { "1" } else { "0" };
        sent.write("checksums.sha256", list.replace(line, &format!("{other}{}", &line[1..])));
        sent.verify(&[]).assert_refused(11, &format!("{name} differs from checksums.sha256"), "a line is wrong");
    }
    let sent = whole().sent();
    sent.write("checksums.sha256", format!("{list}{}  ../../etc/passwd\n", "0".repeat(64)));
    sent.verify(&[]).assert_refused(11, "checksums.sha256 cannot be read", "a line leads out");
    // Begins like a volume, and is none: it must not pass for one that could not be read.
    sent.write("checksums.sha256", format!("{list}{}  bundle.agent\n", "0".repeat(64)));
    sent.verify(&[]).assert_refused(11, "bundle.agent is missing", "a line for a file that is not there");
}

#[test]
fn a_public_file_that_is_gone_is_named() {
    for name in names_in(&whole().bundle) {
        let sent = whole().sent();
        fs::remove_file(sent.file(&name)).expect("a file");
        let needle = if name == "bundle.age" { "volume 1 of 1".to_owned() } else { format!("{name} is missing") };
        sent.verify(&[]).assert_refused(11, &needle, &name);
        if name.starts_with("bundle") || name == "signer.pub" {
            sent.opens_not(&needle, &name);
        }
    }
}

#[test]
fn a_signature_or_key_from_elsewhere_does_not_hold() {
    for name in ["bundle.json.sig", "signer.pub"] {
        let sent = whole().sent();
        fs::copy(split().bundle.join(name), sent.file(name)).expect("another one");
        recompute_checksums(&sent.bundle);
        sent.refused_by_both("the signature on bundle.json", name);
        says_the_signature_does_not_hold(&sent, name);
        sent.write(name, "neither key nor signature");
        says_the_signature_does_not_hold(&sent, name);
    }
    // So bad that it cannot even be read, and so is the signature.
    let sent = whole().sent();
    sent.write("bundle.json", "{");
    says_the_signature_does_not_hold(&sent, "bundle.json");
    let sent = whole().sent();
    fs::remove_file(sent.file("bundle.json.sig")).expect("a signature");
    assert_eq!(sent.verify(&[]).json["signature"], "none");
    assert_eq!(whole().sent().verify(&[]).json["signature"], "holds");
}

/// A signature that is wrong must not be told as if there were none.
fn says_the_signature_does_not_hold(sent: &Sent, what: &str) {
    let ran = sent.verify(&[]);
    assert_eq!((ran.code, &ran.json["signature"]), (11, &"does_not_hold".into()), "{what}: {ran:?}");
    assert_eq!(ran.json["signer"], Value::Null, "{what}");
    assert!(!ran.words.contains("signer: none"), "{what}: {}", ran.words);
    let ja = sent.desk.run(Lang::Ja, ["verify".as_ref(), sent.bundle.as_os_str()]);
    assert!(ja.words.contains("署名が合いません") && !ja.words.contains("署名者: なし"), "{what}: {}", ja.words);
}

#[test]
fn facts_signed_by_another_key_are_unconfirmed_outside_and_refused_inside() {
    for made in [whole(), locked()] {
        let sent = made.sent();
        let enemy = sent.forge_facts(|_| {});
        let outside = sent.verify(&[]);
        assert_eq!((outside.code, &outside.json["signer"]["known"]), (0, &false.into()), "{outside:?}");
        assert_eq!(outside.json["signer"]["fingerprint"], *enemy);
        assert!(outside.words.contains(&format!("unconfirmed {enemy}")), "{}", outside.words);
        sent.verify(&["--signer", &made.signer]).assert_refused(11, "not the key that was given", "the right signer");
        let given = ["--signer", &made.signer, sent.secret()[0], sent.secret()[1]];
        sent.run("open", &sent.bundle, &given).assert_refused(11, "not the key that was given", "the right signer");
        sent.verify(&sent.secret()).assert_refused(11, "the signer recorded inside", "the bag");
        sent.opens_not("the signer recorded inside", "the bag");
    }
}

#[test]
fn facts_changed_and_signed_by_another_key_do_not_fit_the_sealed_file() {
    let sent = whole().sent();
    sent.forge_facts(|facts| facts["id"] = "TW-20261121-7K3M".into());
    sent.opens_not("the number recorded inside", "the id");
    let digest = "0".repeat(64);
    for (pointer, value, needle) in [
        ("/encryption/header_sha256", Value::from(digest), "the header is not the one recorded"),
        ("/volumes/0/size", 1.into(), "instead of 1 byte)"),
        ("/volumes/0/name", "../bundle.age".into(), "bundle.json cannot be read"),
        ("/format", "tewatashi-bundle/9".into(), "cannot read (tewatashi-bundle/9)"),
    ] {
        let sent = whole().sent();
        sent.forge_facts(|facts| *facts.pointer_mut(pointer).expect("a fact") = value);
        sent.refused_by_both(needle, pointer);
    }
}

#[test]
fn a_volume_missing_swapped_or_changed_is_named() {
    let of = names_in(&split().bundle).iter().filter(|name| name.starts_with("bundle.age.")).count();
    assert!(of > 3, "several volumes");
    let sent = split().sent();
    fs::remove_file(sent.file("bundle.age.002")).expect("a volume");
    sent.refused_by_both(&format!("volume 2 of {of} is missing"), "a volume is missing");
    let sent = split().sent();
    let (two, three) = (sent.read("bundle.age.002"), sent.read("bundle.age.003"));
    sent.write("bundle.age.002", three);
    sent.write("bundle.age.003", two);
    let ran = sent.verify(&[]);
    ran.assert_refused(11, "volume 2 holds what belongs to volume 3", "swapped");
    assert!(ran.words.contains("volume 3 holds what belongs to volume 2"), "{}", ran.words);
    sent.opens_not("volume 2 holds what belongs to volume 3", "swapped");
    let sent = split().sent();
    let mut three = sent.read("bundle.age.003");
    three[1000] ^= 0x10;
    sent.write("bundle.age.003", three);
    sent.refused_by_both("volume 3 has another SHA-256", "changed");
}

#[test]
fn a_header_that_goes_on_in_the_next_volume_is_read_whole() {
    let desk = Desk::new();
    let sealed = seal_for(900, b"plaintext");
    let (first, second) = sealed.split_at(65_536);
    assert!(header_len(&sealed) > first.len(), "the header alone fills a volume");
    fs::create_dir_all(desk.path("home/medium")).expect("a folder");
    for (name, bytes) in [("bundle.age.001", first), ("bundle.age.002", second)] {
        fs::write(desk.path("home/medium").join(name), bytes).expect("a volume");
    }
    let whole = desk.path("home/medium/bundle.age.001");
    let ran = desk.run(Lang::En, ["verify".as_ref(), whole.as_os_str()]);
    assert_eq!((ran.code, &ran.json["checked"]), (0, &serde_json::json!(["age_header"])), "{ran:?}");
}

#[test]
fn a_header_cut_by_a_missing_volume_is_told_as_the_missing_volume() {
    let sent = split().sent();
    let mut facts = sent.facts();
    let first = &sent.read("bundle.age.001")[..header_len(&sent.read("bundle.age.001")) - 20];
    facts["volumes"][0]["size"] = first.len().into();
    sent.write("bundle.age.001", first);
    sent.forge_facts(|forged| *forged = facts);
    fs::remove_file(sent.file("bundle.age.002")).expect("a volume");
    let ran = sent.verify(&[]);
    ran.assert_refused(11, "volume 2 of", "the header is cut");
    assert!(!ran.words.contains("ends inside its header"), "{}", ran.words);
    let open = ran.json["not_checked"].as_array().expect("a list");
    assert!(open.contains(&"age_header".into()) && open.contains(&"header_sha256".into()), "{ran:?}");
}

#[test]
fn what_is_added_is_told() {
    let sent = whole().sent();
    sent.write("名簿を見る.exe", "MZ");
    let ran = sent.verify(&sent.secret());
    assert_eq!((ran.code, &ran.json["unknown_files"]), (0, &serde_json::json!(["名簿を見る.exe"])), "{ran:?}");
    assert!(ran.words.contains("no part of the bundle: 名簿を見る.exe"), "{}", ran.words);
    let sent = whole().sent();
    sent.write("bundle.age", [whole().sealed(), b"hidden after the end".to_vec()].concat());
    sent.refused_by_both("volume 1 has another size", "bytes appended");
}
