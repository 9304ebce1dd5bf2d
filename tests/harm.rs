//! Random harm: whatever happens to a file of a bundle, it opens into the original or not at all.

use std::fs;

use proptest::prelude::*;

#[path = "common/forge.rs"]
mod forge;
#[path = "common/sent.rs"]
mod sent;
use forge::{files_below, names_in};
use sent::{MARKER, SEALED, large};

/// What chance or an enemy does to one file of the bundle's folder.
#[derive(Debug, Clone)]
enum Harm {
    Flip(Vec<(prop::sample::Index, u8)>),
    Cut(prop::sample::Index),
    Duplicate(prop::sample::Index),
}

fn harm() -> impl Strategy<Value = Harm> {
    let flips = prop::collection::vec((any::<prop::sample::Index>(), 1..=255u8), 1..=8);
    prop_oneof![
        3 => flips.prop_map(Harm::Flip),
        1 => any::<prop::sample::Index>().prop_map(Harm::Cut),
        1 => any::<prop::sample::Index>().prop_map(Harm::Duplicate),
    ]
}

impl Harm {
    fn apply(&self, bytes: &mut Vec<u8>) {
        match self {
            Self::Flip(places) => places.iter().for_each(|(at, mask)| {
                let at = at.index(bytes.len());
                bytes[at] ^= mask;
            }),
            Self::Cut(at) => bytes.truncate(at.index(bytes.len())),
            Self::Duplicate(at) => {
                let start = at.index(bytes.len()) / SEALED * SEALED;
                let piece = bytes[start..bytes.len().min(start + 65_536)].to_vec();
                bytes.splice(start..start, piece);
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_harm_ever_opens_into_anything_but_the_original(file in any::<prop::sample::Index>(), sealed in prop::bool::weighted(0.6), alone: bool, harm in harm()) {
        let (made, sent) = (large(), large().sent());
        let names = names_in(&made.bundle);
        let name = if sealed || alone { "bundle.age" } else { file.get(&names) };
        let mut bytes = sent.read(name);
        harm.apply(&mut bytes);
        let harmed = bytes != sent.read(name);
        sent.write(name, &bytes);
        let lonely = sent.desk.path("home/medium/alone.age");
        fs::copy(sent.file("bundle.age"), &lonely)?;
        let ran = sent.run("open", if alone { &lonely } else { &sent.bundle }, &sent.secret());
        if ran.code == 0 {
            prop_assert!(!(harmed && name == "bundle.age"), "a harmed sealed file opens");
            let opened = files_below(&sent.desk.to().join(made.bundle.file_name().expect("a name")));
            prop_assert_eq!(opened, made.content());
            prop_assert_eq!(names_in(&sent.desk.to()).len(), 1);
        } else {
            // Alone, a changed stanza cannot be told from someone else's.
            prop_assert!(ran.code == 11 || (alone && ran.code == 10), "{:?}", ran);
            prop_assert_eq!(names_in(&sent.desk.to()), Vec::<String>::new());
            let left = files_below(&sent.desk.path(""));
            for (path, content) in left.into_iter().filter(|(path, _)| !path.starts_with("home/medium")) {
                prop_assert!(!content.windows(MARKER.len()).any(|w| w == MARKER.as_bytes()), "plaintext in {:?}", path);
            }
        }
        prop_assert_eq!(names_in(&sent.desk.path("")), ["home", "to", "work"]);
        prop_assert_eq!(names_in(&sent.desk.path("work")), Vec::<String>::new());
    }
}
