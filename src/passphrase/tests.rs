use super::*;
use crate::checked::{Confusable, holds};
use proptest::prelude::*;
use std::collections::BTreeSet;

/// Bytes that are the same every time (splitmix64), so that a failure comes back.
fn bytes(mut state: u64) -> impl Source {
    move |out: &mut [u8]| {
        for byte in out {
            state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
            let z = (state ^ (state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
            let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
            *byte = z.to_le_bytes()[7];
        }
        Ok(())
    }
}

fn drawn(seed: u64) -> String {
    draw(&mut Dice::new(bytes(seed))).unwrap().to_string()
}

fn mistyped(typed: &str) -> Mistyped {
    match Passphrase::parse(typed) {
        Err(PassphraseError::Typed(mistyped)) => mistyped,
        other => panic!("{typed}: {other:?}"),
    }
}

fn named(typed: &str) -> usize {
    match mistyped(typed) {
        Mistyped::Check { group } | Mistyped::FirstNotLetter { group } => group,
        other => panic!("{typed}: {other:?}"),
    }
}

/// Drawn once and kept: the tables below are written against it.
const SAMPLE: &str = "M9ep9-Xbc5f-Udnvg-B8tgv-Bcqqw-Chcuj";

fn sample_without(group: usize, with: &str) -> String {
    let mut groups: Vec<&str> = SAMPLE.split('-').collect();
    groups[group - 1] = with;
    groups.join("-")
}

#[test]
fn what_is_made_is_canonical() {
    let passphrase = Passphrase::generate().unwrap();
    let text = passphrase.expose();
    assert!(passphrase.is_ours());
    assert_ne!(text, Passphrase::generate().unwrap().expose());
    assert_eq!(Passphrase::parse(text).unwrap().expose(), text);
    assert_eq!(passphrase.groups().collect::<Vec<_>>().join("-"), text);
    assert_eq!(passphrase.groups().count(), GROUPS);
    for (position, group) in (1..).zip(passphrase.groups()) {
        assert!(holds(group, position), "group {position}");
        assert!(group.starts_with(|c: char| c.is_ascii_uppercase()));
        assert!(group[1..].chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()));
    }
    assert!(Passphrase::own(text).is_ok(), "ours satisfies the rule for the sender's own");
}

/// Each side of a die comes from the same number of bytes: no bias is left to find by statistics.
#[test]
fn dice_are_exactly_fair() {
    for sides in 1..=u8::MAX {
        let mut fed = 0..=u8::MAX;
        let mut dice = Dice::new(|out: &mut [u8]| {
            for byte in out {
                *byte = fed.next().ok_or(PassphraseError::Random)?;
            }
            Ok(())
        });
        let mut seen = vec![0; usize::from(sides)];
        while let Ok(side) = dice.below(sides) {
            seen[usize::from(side)] += 1;
        }
        assert!(seen.iter().all(|&count| count == 256 / i32::from(sides)), "{sides}: {seen:?}");
    }
}

/// χ² with at most 30 degrees of freedom is above 150 less than once in 10¹⁵ (Chernoff: (150/30)¹⁵·e⁻⁶⁰).
#[test]
fn every_place_is_evenly_filled() {
    let mut dice = Dice::new(|bytes: &mut [u8]| getrandom::fill(bytes).map_err(|_| PassphraseError::Random));
    let mut seen = [[0_u32; 31]; GROUP];
    for _ in 0..20_000 {
        let text = draw(&mut dice).unwrap();
        for group in text.split('-') {
            for (place, c) in group.chars().enumerate() {
                seen[place][crate::checked::value(c).unwrap()] += 1;
            }
        }
    }
    for (place, counts) in seen.iter().enumerate() {
        let (counts, never) = counts.split_at(if place == 0 { usize::from(LETTERS) } else { 31 });
        assert!(never.iter().all(|&count| count == 0), "a digit in the first place");
        let expected = f64::from(counts.iter().sum::<u32>()) / f64::from(u32::try_from(counts.len()).unwrap());
        let chi_square: f64 = counts.iter().map(|&count| (f64::from(count) - expected).powi(2) / expected).sum();
        assert!(chi_square < 150.0, "place {}: {chi_square}", place + 1);
    }
}

#[test]
fn a_draw_without_a_digit_is_thrown_away_whole() {
    // For each position, four letters whose check character is a letter too.
    let letters = |position| {
        (0..LETTERS).map(|v| [v, 1, 2, 3]).find(|data| check_character(data, position).is_ascii_alphabetic()).unwrap()
    };
    let mut script: Vec<u8> = (1..=GROUPS).flat_map(letters).collect();
    script.extend([30; 24].iter().enumerate().map(|(at, &v)| if at % 4 == 0 { 0 } else { v }));
    let mut script = script.into_iter();
    let mut dice = Dice::new(|out: &mut [u8]| {
        out.fill_with(|| script.next().unwrap_or(0));
        Ok(())
    });
    let text = draw(&mut dice).unwrap();
    assert!(text.split('-').all(|group| group.starts_with("A999")), "nothing of the first draw is left");
}

#[test]
fn no_randomness_is_an_error() {
    let silent = draw(&mut Dice::new(|_: &mut [u8]| Err(PassphraseError::Random)));
    assert_eq!(silent.unwrap_err(), PassphraseError::Random);
}

/// Counts every group there is, by position, and so every passphrase: all, less those without a digit, less those
/// without a lower-case letter (never both, and upper case and hyphen are always there).
#[test]
fn entropy_by_counting() {
    let (mut all, mut digitless, mut letterless) = (1_u128, 1_u128, 1_u128);
    for position in 1..=GROUPS {
        let (mut groups, mut no_digit, mut no_letter) = (0, 0, 0);
        for n in 0..u32::from(LETTERS) * 31 * 31 * 31 {
            let data = [n / 29_791, n / 961 % 31, n / 31 % 31, n % 31].map(|v| u8::try_from(v).unwrap());
            let last = check_character(&data, position);
            let digits = data[1..].iter().filter(|&&v| v >= LETTERS).count() + usize::from(last.is_ascii_digit());
            groups += 1;
            no_digit += u128::from(digits == 0);
            no_letter += u128::from(digits == 4);
        }
        all *= groups;
        digitless *= no_digit;
        letterless *= no_letter;
    }
    #[expect(clippy::cast_precision_loss, reason = "53 bits are plenty for a logarithm")]
    let bits = ((all - digitless - letterless) as f64).log2();
    assert!((bits - ENTROPY_BITS).abs() < 1e-6, "{bits}");
}

#[test]
fn every_single_mistake_names_its_group() {
    for seed in 0..60 {
        let canonical = drawn(seed);
        for at in (0..canonical.len()).filter(|at| at % 6 != 5) {
            for &other in ALPHABET {
                let mut wrong = canonical.clone();
                wrong.replace_range(at..=at, &char::from(other).to_string());
                if !wrong.eq_ignore_ascii_case(&canonical) {
                    assert_eq!(named(&wrong), at / 6 + 1, "{canonical} {wrong}");
                    assert_eq!(named(&wrong.replace('-', "")), at / 6 + 1, "{canonical} {wrong}");
                }
            }
        }
    }
}

#[test]
fn every_exchange_of_neighbours_and_of_groups_names_its_group() {
    for seed in 0..1000 {
        let canonical = drawn(seed).to_lowercase();
        let bare: Vec<char> = canonical.replace('-', "").chars().collect();
        for at in 0..bare.len() - 1 {
            let mut wrong = bare.clone();
            wrong.swap(at, at + 1);
            if wrong != bare {
                let wrong: String = wrong.iter().collect();
                assert_eq!(named(&wrong), at / GROUP + 1, "{canonical} {wrong}");
            }
        }
        let groups: Vec<&str> = canonical.split('-').collect();
        for (one, other) in (0..GROUPS).flat_map(|other| (0..other).map(move |one| (one, other))) {
            let mut wrong = groups.clone();
            wrong.swap(one, other);
            assert_eq!(named(&wrong.join("-")), one + 1, "{canonical}");
        }
    }
}

#[test]
fn sloppy_typing_arrives_at_the_slip() {
    let wide =
        |text: &str| -> String { text.chars().map(|c| char::from_u32(u32::from(c) + 0xFEE0).unwrap()).collect() };
    let bare = SAMPLE.replace('-', "");
    let mut typings = vec![
        SAMPLE.to_owned(),
        SAMPLE.to_uppercase(),
        SAMPLE.to_lowercase(),
        bare.clone(),
        wide(SAMPLE),
        wide(&bare.to_uppercase()),
        format!("\u{FEFF}  {SAMPLE}\r\n"),
        format!("　{SAMPLE}\t"),
        SAMPLE.replace('-', " - "),
        SAMPLE.replacen('-', "", 2),
        SAMPLE.replacen('-', "--", 1),
        format!("-{SAMPLE}-"),
        bare.chars().flat_map(|c| [c, ' ']).collect(),
        bare.chars().flat_map(|c| [c, '\u{200B}']).collect(),
        // Cut in the wrong places, as a line break in a mail does.
        format!("{}-{}", &bare[..7], &bare[7..]),
        format!("{}\n{}", &SAMPLE[..20], &SAMPLE[20..]),
        [&bare[..4], &bare[4..11], &bare[11..15], &bare[15..20], &bare[20..25], &bare[25..]].join("-"),
    ];
    typings.extend("ー－―‐‑‒–—−─━ｰ_＿﹣⁃ 　\t\u{A0}\u{2003}".chars().map(|c| SAMPLE.replace('-', &c.to_string())));
    typings.extend(["\u{AD}", "\u{200D}", "\u{2060}", "\u{FE0F}"].map(|c| SAMPLE.replace('-', &format!("{c}-{c}"))));
    for typed in typings {
        let read = Passphrase::parse(&typed).unwrap_or_else(|error| panic!("{typed:?}: {error}"));
        assert_eq!(read.expose(), SAMPLE, "{typed:?}");
        assert!(read.is_ours());
    }
}

#[test]
fn mistakes_are_told_apart() {
    use Mistyped::{Empty, FirstNotLetter, Length, Letter, TooFewGroups, TooManyGroups, WrongLength};
    let letter = |group, place, confusable, kana| Letter { group, place, confusable, kana };
    let third = SAMPLE.split('-').nth(2).unwrap();
    let in_third = |from: usize, with: &str| {
        let at = 12 + from;
        [&SAMPLE[..at], with, &SAMPLE[at + 1..]].concat()
    };
    let cases = [
        (String::new(), Empty),
        (" ー　\u{FEFF}-".to_owned(), Empty),
        (sample_without(3, &third[..4]), WrongLength { group: 3, found: 4 }),
        (sample_without(3, &[third, "a"].concat()), WrongLength { group: 3, found: 6 }),
        (in_third(1, "0"), letter(3, 2, Some(Confusable::Zero), false)),
        (in_third(2, "１"), letter(3, 3, Some(Confusable::One), false)),
        (in_third(3, "I"), letter(3, 4, Some(Confusable::LetterI), false)),
        (in_third(4, "l"), letter(3, 5, Some(Confusable::LetterL), false)),
        (in_third(0, "Ｏ"), letter(3, 1, Some(Confusable::LetterO), false)),
        (in_third(1, "さ").replace('-', ""), letter(3, 2, None, true)),
        (in_third(1, "ｻ"), letter(3, 2, None, true)),
        (in_third(1, "佐"), letter(3, 2, None, true)),
        (in_third(1, "!"), letter(3, 2, None, false)),
        (in_third(1, "\u{1F600}"), letter(3, 2, None, false)),
        // 30 in all, but the hyphens tell more than the checks.
        ([&SAMPLE[1..12], "a", &SAMPLE[12..]].concat(), WrongLength { group: 1, found: 4 }),
        // The hyphens say that it is the third group, although a character is missing in the first.
        (in_third(1, "0")[1..].to_owned(), letter(3, 2, Some(Confusable::Zero), false)),
        (in_third(0, "7"), FirstNotLetter { group: 3 }),
        (SAMPLE[..17].to_owned(), TooFewGroups { found: 3 }),
        (third.to_owned(), TooFewGroups { found: 1 }),
        (format!("{SAMPLE}-{third}"), TooManyGroups { found: 7 }),
        (format!("{SAMPLE} {SAMPLE}"), Length { found: 60, expected: 30, between: None }),
        (format!("{SAMPLE}-{SAMPLE}"), TooManyGroups { found: 12 }),
        ("abc".to_owned(), Length { found: 3, expected: 30, between: None }),
        (SAMPLE.replace('-', "") + "さ", Length { found: 31, expected: 30, between: None }),
    ];
    for (typed, expected) in cases {
        assert_eq!(mistyped(&typed), expected, "{typed:?}");
    }
}

/// Without hyphens the checks of the other five groups tell where a character was lost or doubled.
#[test]
fn a_lost_or_doubled_character_is_located() {
    let (mut exact, mut total) = (0, 0);
    for seed in 0..200 {
        let bare = drawn(seed).replace('-', "");
        for at in 0..bare.len() {
            let group = at / GROUP + 1;
            let lost = [&bare[..at], &bare[at + 1..]].concat();
            let doubled = [&bare[..=at], &bare[at..]].concat();
            for typed in [lost, doubled] {
                let Mistyped::Length { found, expected: 30, between } = mistyped(&typed) else {
                    panic!("{typed}: another error");
                };
                assert_eq!(found, typed.len());
                total += 1;
                if let Some((first, last)) = between {
                    assert!((first..=last).contains(&group), "{typed}: {first} to {last}, not {group}");
                    assert!(last - first <= 1, "{typed}: {first} to {last}");
                    exact += i32::from(first == last);
                }
            }
        }
    }
    let at_the_seam = [&SAMPLE[..11], &SAMPLE[10..]].concat().replace('-', "");
    let expected = Mistyped::Length { found: 31, expected: 30, between: Some((2, 3)) };
    assert_eq!(mistyped(&at_the_seam), expected);
    // Of doublings, those of the first and the last character of a group leave two neighbours to choose from.
    assert!(exact * 100 > total * 75, "{exact} of {total}");
}

#[test]
fn a_lost_group_is_located() {
    let bare = SAMPLE.replace('-', "");
    let typed = [&bare[..10], &bare[15..]].concat();
    assert_eq!(
        mistyped(&[&typed[..7], "-", &typed[7..]].concat()),
        Mistyped::Length { found: 25, expected: 30, between: Some((3, 3)) }
    );
}

#[test]
fn the_senders_own() {
    use PassphraseError::{Control, Empty, TooShort};
    let missing = |upper, lower, digit, symbol| PassphraseError::MissingClass { upper, lower, digit, symbol };
    let refused = [
        ("", Empty),
        ("Abcdefgh1234-", TooShort { found: 13, least: 15 }),
        ("Abcdefgh12345-", TooShort { found: 14, least: 15 }),
        ("abcdefgh123456-", missing(true, false, false, false)),
        ("ABCDEFGH123456-", missing(false, true, false, false)),
        ("Abcdefghijklmn-", missing(false, false, true, false)),
        ("Abcdefgh1234567", missing(false, false, false, true)),
        ("Abcdefgh 123456", missing(false, false, false, true)),
        ("ああああああああああああああああ", missing(true, true, true, true)),
        ("Ａｂｃｄｅｆｇｈ１２３４５６－", missing(true, true, true, true)),
        ("Abcdefgh123456-\n", Control),
        ("Abcdefgh\u{7}123456-", Control),
        ("\u{FEFF}Abcdefgh123456-", Control),
        ("Abcdefgh\u{200B}123456-", Control),
        ("Abcdefgh\u{2028}123456-", Control),
        // が as two characters is one after composing: 14, not 15.
        ("Abcdefg1234-か\u{3099}い", TooShort { found: 14, least: 15 }),
    ];
    for (text, expected) in refused {
        assert_eq!(Passphrase::own(text).unwrap_err(), expected, "{text:?}");
    }
    let taken = [
        ("Abcdefgh123456-", "Abcdefgh123456-"),
        (" Abcdefgh1234 % ", " Abcdefgh1234 % "),
        ("Abcdefgh12345-か\u{3099}", "Abcdefgh12345-が"),
    ];
    for (text, expected) in taken {
        let own = Passphrase::own(text).unwrap();
        assert_eq!(own.expose(), expected);
        assert!(!own.is_ours() && own.groups().next().is_none());
    }
}

#[test]
fn somebody_elses() {
    assert_eq!(Passphrase::foreign("").unwrap_err(), PassphraseError::Empty);
    for (text, expected) in
        [("a", "a"), (" ", " "), ("x\u{7}", "x\u{7}"), ("か\u{3099}", "が"), ("ｶﾞ", "ｶﾞ"), (SAMPLE, SAMPLE)]
    {
        let foreign = Passphrase::foreign(text).unwrap();
        assert_eq!(foreign.expose(), expected);
        assert!(!foreign.is_ours());
    }
}

#[test]
fn readings_cannot_be_confused_by_ear() {
    assert_eq!(*Passphrase::reading("Hk7m3"), "オオモジエイチ・ケー・スウジナナ・エム・スウジサン");
    assert_eq!(*Passphrase::reading("Qq9zw"), "オオモジキュー・キュー・スウジキュウ・ゼット・ダブリュー");
    assert_eq!(*Passphrase::reading(""), "");
    let every = || ALPHABET.iter().map(|&c| char::from(c)).chain(('A'..='Z').filter(|&c| !"ILO".contains(c)));
    let heard: BTreeSet<String> =
        every().map(|c| Passphrase::reading(&c.to_string()).replace("キュウ", "キュー")).collect();
    assert_eq!(heard.len(), every().count());
    assert!(heard.iter().flat_map(|reading| reading.chars()).all(|c| matches!(c, '\u{30A1}'..='\u{30FC}')));
    let longest = every().map(|c| Passphrase::reading(&c.to_string()).len()).max().unwrap();
    assert!(longest + '・'.len_utf8() <= 30, "the buffer would move and leave a copy");
}

/// Every kind of error, provoked with a known passphrase: no five of its characters in a row come back.
#[test]
fn nothing_printed_carries_the_text() {
    let mut wrong: Vec<String> = Vec::new();
    for at in 0..SAMPLE.len() {
        for with in ["", "a", "7", "o", "さ", "!", "aa", "-"] {
            wrong.push([&SAMPLE[..at], with, &SAMPLE[at + 1..]].concat());
            wrong.push([&SAMPLE[..at], with, &SAMPLE[at + 1..]].concat().replace('-', ""));
        }
    }
    wrong.push(format!("{SAMPLE}-{SAMPLE}"));
    let mut kinds = BTreeSet::new();
    for typed in wrong {
        let errors = [Passphrase::parse(&typed).err(), Passphrase::own(&typed.repeat(2).to_lowercase()).err()];
        for error in errors.into_iter().flatten() {
            let printed = format!("{error} {error:?} {error:#?}").to_lowercase();
            kinds.insert(format!("{error:?}").split([' ', '{']).next().unwrap().to_owned());
            for group in SAMPLE.to_lowercase().split('-') {
                assert!(!printed.contains(group) && !printed.contains(&group[..4]), "{printed}");
            }
            assert!(!printed.contains('さ') && !printed.contains('!'), "{printed}");
        }
    }
    assert!(kinds.len() >= 6, "{kinds:?}");
    for passphrase in [Passphrase::parse(SAMPLE), Passphrase::own(SAMPLE), Passphrase::foreign(SAMPLE)] {
        assert_eq!(format!("{:?} {0:#?}", passphrase.unwrap()), "Passphrase(..) Passphrase(..)");
    }
}

proptest! {
    #[test]
    fn no_text_makes_it_panic(
        any in any::<String>(),
        near in "[2-9a-zA-Z０-９ａ-ｚーあ 　\u{200B}-]{0,60}",
        right_length in "([a-hA-H][2-9a-h]{4}-?){4,8}",
    ) {
        for typed in [any, near, right_length] {
            if let Ok(read) = Passphrase::parse(&typed) {
                let again = Passphrase::parse(read.expose()).unwrap();
                prop_assert_eq!(again.expose(), read.expose());
            }
            let _ = Passphrase::own(&typed);
            let _ = Passphrase::foreign(&typed);
            let _ = Passphrase::reading(&typed);
        }
    }

    #[test]
    fn any_sloppy_rendering_parses(
        seed: u64,
        choices in prop::collection::vec((0..4_u8, 0..6_usize, 0..8_usize), 35),
    ) {
        let canonical = drawn(seed);
        let mut typed = String::new();
        for (c, (shape, hyphen, after)) in canonical.chars().zip(choices) {
            if c == '-' {
                typed.push_str(["-", "ー", "", " ", "--", "−　"][hyphen]);
            } else {
                let c = if shape & 1 == 0 { c.to_ascii_lowercase() } else { c.to_ascii_uppercase() };
                typed.push(if shape & 2 == 0 { c } else { char::from_u32(u32::from(c) + 0xFEE0).unwrap() });
            }
            typed.push_str(["", "", "", "", "\u{200B}", "\u{FEFF}", " ", "\u{FE0F}"][after]);
        }
        let read = Passphrase::parse(&typed);
        prop_assert_eq!(read.as_ref().map(Passphrase::expose), Ok(canonical.as_str()), "{:?}", typed);
    }
}
