//! The forms of a medium's life in the states they pass through, and in the hands of offices that differ.

#![cfg(unix)]

use std::collections::BTreeMap;

use serde_json::{Value, json};
use tewatashi::paper::fields::destruction::{CERTIFICATE, RECORD, Vendor, VendorCertificate};
use tewatashi::paper::fields::receipt::Received;
use tewatashi::paper::fields::transfer::Kind;
use tewatashi::paper::fields::{
    Declaration, Destruction, Fields, GiveBack, Label, Matched, Medium, Person, Receipt, Takeout, Thing,
};
use tewatashi::paper::{Form, Job, Press, Record, sample};

#[path = "common/edges.rs"]
mod edges;
#[path = "common/pdf.rs"]
mod pdf;
use edges::{over_the_edge, stretched};
use pdf::{Pdf, squeezed};

const OF_A_LIFE: [Form; 8] = [
    Form::Takeout,
    Form::GiveBack,
    Form::DisposalRequest,
    Form::SubcontractRequest,
    Form::Destruction,
    Form::Witness,
    Form::Declaration,
    Form::Label,
];

fn set(record: &Record) -> Pdf {
    let page = Press::new(vec![], None).set(&Job::of(record)).unwrap_or_else(|e| panic!("{}: {e:?}", record.form));
    Pdf::of(&page.pdf, page.pages)
}

fn said(record: &Record) -> String {
    squeezed(&set(record).text("-raw"))
}

/// The sample of a form with other fields.
fn with<F: Fields>(fields: F) -> Record {
    Record { fields: fields.into_fields(), ..sample(F::FORM) }
}

fn thing(kind: &str, id: &str, quantity: u64, unit: Option<&str>) -> Thing {
    Thing {
        kind: Some(kind.into()),
        id: Some(id.into()),
        quantity: Some(quantity.into()),
        unit: unit.map(str::to_owned),
        ..Thing::default()
    }
}

#[test]
fn what_is_taken_out_has_room_for_its_return_until_it_is_back() {
    let back = sample(Form::Takeout);
    let mut out = back.clone();
    for key in ["returned", "confirmed_by", "storage", "stored", "condition"] {
        assert!(out.fields.remove(key).is_some(), "{key}");
    }
    let text = said(&out);
    assert!(text.contains("返却（返却時に記入）返却日時令和年月日時分所属"), "{text}");
    assert!(text.contains("持出日時令和9年1月18日9時10分") && text.contains("12枚"), "{text}");
    let text = said(&back);
    assert!(!text.contains("返却時に記入") && text.contains("返却日時令和9年1月18日17時25分"), "{text}");
    assert!(!text.contains("持ち出し時の票"), "it stands for itself: {text}");
    let fields: Takeout = serde_json::from_value(Value::Object(back.fields)).unwrap();
    let text = said(&with(Takeout { of: Some("D-0023".into()), ..fields }));
    assert!(text.contains("票番号D-0024（持ち出し時の票D-0023）"), "{text}");
}

#[test]
fn what_is_taken_out_may_be_paper_and_slips() {
    let medium = |kind: &str, quantity: u64, unit: Option<&str>| Medium {
        kind: Some(kind.into()),
        quantity: Some(quantity.into()),
        unit: unit.map(str::to_owned),
        ..Medium::default()
    };
    let media =
        vec![medium("紙", 1250, Some("枚")), medium("パスワード通知書", 2, Some("通")), medium("ケース", 3, None)];
    let text = said(&with(Takeout { media, ..Takeout::default() }));
    for counted in ["紙1,250枚", "パスワード通知書2通", "ケース3点"] {
        assert!(text.contains(counted), "{text}");
    }
}

#[test]
fn what_goes_back_is_called_as_the_case_says() {
    for (word, other) in [("返還", "返却"), ("返却", "返還")] {
        let things = vec![
            thing("媒体", "M-2026-014", 1, Some("枚")),
            thing("パスワード通知書", "D-0008", 1, Some("通")),
            Thing { matched: Some(Matched::Differs), ..thing("紙", "P-2026-003", 1250, None) },
        ];
        let mut record = with(GiveBack { things, missing: Some(0.into()), ..GiveBack::default() });
        GiveBack::title(word).clone_into(&mut record.title);
        word.clone_into(&mut record.style.return_word);
        let text = said(&record);
        assert!(text.contains(&format!("{word}書")) && text.contains(&format!("{word}物")), "{text}");
        assert!(text.contains(&format!("下記のとおり{word}する。")) && !text.contains(other), "{text}");
        assert!(text.contains("1枚") && text.contains("1通") && text.contains("1,250点"), "{text}");
        let words = if word == "返還" { "返還が困難な理由" } else { "返却が困難な理由" };
        let mut request = sample(Form::DisposalRequest);
        word.clone_into(&mut request.style.return_word);
        assert!(said(&request).contains(words));
    }
}

#[test]
fn slips_and_paper_that_come_back_are_received_without_a_word_of_opening() {
    let item = |id: &str, quantity: u64, unit: Option<&str>| Received {
        id: Some(id.into()),
        name: Some("返却されたもの".into()),
        quantity: Some(quantity.into()),
        unit: unit.map(str::to_owned),
        ..Received::default()
    };
    let items = vec![item("D-0008", 1, Some("通")), item("P-3", 1250, Some("枚")), item("K-003", 2, None)];
    let receipt = Receipt { kind: Some(Kind::Returned), to_open: Some(false), items, ..Receipt::default() };
    let text = said(&with(receipt.clone()));
    assert!(text.contains("1通") && text.contains("1,250枚") && text.contains("2点"), "{text}");
    assert!(!text.contains("開封") && text.contains("検証未番号及び数量のみを確認した。"), "{text}");
    let text = said(&with(Receipt { to_open: None, ..receipt }));
    assert!(text.contains("開封確認書により報告する。"), "{text}");
}

/// Attack: a certificate for what nobody has shown. Neither the fields nor a title that someone chose make one.
#[test]
fn a_vendor_without_a_certificate_is_never_certified() {
    let certificate = VendorCertificate { file: "業者証明書.pdf".into(), sha256: "c5".repeat(32), received: None };
    let vendor = Vendor {
        name: Some("見本環境リサイクル株式会社".into()),
        onward: vec!["例示金属精錬株式会社".into(), "合同会社見本破砕".into()],
        certificate: None,
    };
    let page = |sheet: Destruction, title: &str| {
        let title = title.to_owned();
        said(&Record { title, ..with(sheet) })
    };
    let house = Destruction { things: vec![thing("DVD-R", "M-1", 1, Some("枚"))], ..Destruction::default() };
    let text = page(house.clone(), house.title());
    assert!(text.contains("廃棄したことを証明する。") && text.contains("発行者が自ら廃棄した。"), "{text}");
    let awaited = Destruction { vendor: Some(vendor.clone()), ..house.clone() };
    for title in [awaited.title(), CERTIFICATE] {
        let text = page(awaited.clone(), title);
        assert!(text.contains("廃棄業者の証明書未受領") && text.contains("合同会社見本破砕"), "{text}");
        assert!(!text.contains("証明する。") && !text.contains("自ら廃棄した"), "{text}");
    }
    assert_eq!(awaited.title(), RECORD);
    let nameless = Destruction { vendor: Some(Vendor::default()), ..house.clone() };
    let text = page(nameless.clone(), nameless.title());
    assert!(text.contains("廃棄業者の証明書未受領") && !text.contains("自ら廃棄した"), "{text}");
    let seen = Destruction { witness_record: Some("D-0035".into()), ..awaited };
    let text = page(seen.clone(), seen.title());
    assert!(text.contains("証明する。") && text.contains("証明書未受領（立会記録による。）"), "{text}");
    let shown = Destruction { vendor: Some(Vendor { certificate: Some(certificate), ..vendor }), ..house };
    let text = page(shown.clone(), shown.title());
    assert!(
        text.contains("証明する。") && text.contains("業者証明書.pdf") && text.contains(&"c5".repeat(32)),
        "{text}"
    );
    assert!(!text.contains("未受領"), "{text}");
}

#[test]
fn destruction_and_declaration_say_that_nothing_was_measured() {
    let text = said(&sample(Form::Destruction));
    assert!(text.contains("復元不可能であることを測定したものではありません。"), "{text}");
    for record in [sample(Form::Declaration), with(Declaration::default())] {
        let text = said(&record);
        assert!(text.contains("申告（未測定）") && text.contains("消去を証明するものではない。"), "{text}");
        assert!(!text.contains("証明する。") && !text.contains("証明書"), "{text}");
    }
}

/// Attack: a medium that is found tells whose data is on it.
#[test]
fn a_label_says_its_number_and_nothing_else() {
    let media: Vec<String> = (1..=12).map(|n| format!("M-2026-{n:03}")).collect();
    let record = with(Label { media: media.clone(), copies: Some(2) });
    let pdf = set(&record);
    assert_eq!(pdf.pages, 1, "24 to a sheet");
    let text = squeezed(&pdf.text("-raw"));
    for id in &media {
        assert_eq!(text.matches(id.as_str()).count(), 2, "{text}");
    }
    assert_eq!(text.matches('個').count(), 24);
    let case = &record.case;
    let names = [&case.contract_number, &case.contract_title, &case.city.name, &case.contractor.name];
    assert!(names.iter().all(|name| !name.is_empty() && !text.contains(&squeezed(name))), "{text}");
    let one = set(&with(Label { media: media[..1].to_vec(), copies: None }));
    assert_eq!(squeezed(&one.text("-raw")).matches("M-2026-001").count(), 1);
    assert_eq!(set(&with(Label { media, copies: Some(u8::MAX) })).pages, (12 * 255_usize).div_ceil(24));
}

#[test]
fn seals_have_places_where_the_case_has_seals() {
    // Boxes for superiors have no word in them; letters, signatures and the head of their column have one each.
    for (form, wanted) in [
        (Form::Takeout, 3),
        (Form::GiveBack, 3),
        (Form::DisposalRequest, 2),
        (Form::SubcontractRequest, 2),
        (Form::Destruction, 5),
        (Form::Witness, 3),
        (Form::Declaration, 2),
        (Form::Label, 0),
    ] {
        let mut record = sample(form);
        let [with, without] = [true, false].map(|seals| {
            record.style.seals = seals;
            said(&record).matches('印').count()
        });
        assert_eq!(with - without, wanted, "{}", form.name());
    }
}

#[test]
fn whoever_approves_is_called_what_it_is() {
    for (name, heading) in
        [("架空区", "区承認欄"), ("見本市", "市承認欄"), ("架空見本広域連合", "委託者承認欄"), ("", "委託者承認欄")]
    {
        for form in [Form::DisposalRequest, Form::SubcontractRequest] {
            let mut record = sample(form);
            name.clone_into(&mut record.case.city.name);
            record.fields.remove("letter");
            let text = said(&record);
            assert!(text.contains(heading), "{name}: {text}");
            assert!(text.contains("承認番号承認日令和年月日"), "{text}");
            let approval =
                json!({ "number": "8架区保第501号", "date": { "date": "2026-04-01" }, "approver": "課長　架空四郎" });
            record.fields.insert("approval".into(), approval);
            let text = said(&record);
            assert!(text.contains("承認番号8架区保第501号承認日令和8年4月1日"), "{text}");
        }
    }
}

#[test]
fn long_words_stay_on_the_paper() {
    let mut pages = BTreeMap::new();
    for form in OF_A_LIFE {
        for by in ["W0RD_WITHOUT_ANY_SPACE".repeat(12), "氏名と住所を含む長い語句".repeat(25), "𠮷髙".repeat(40)]
        {
            let mut record = sample(form);
            let mut fields = Value::Object(record.fields);
            stretched(&mut fields, &by);
            record.fields = fields.as_object().unwrap().clone();
            let pdf = set(&record);
            assert_eq!(over_the_edge(&pdf), [""; 0], "{}", form.name());
            assert!(squeezed(&pdf.text("-raw")).contains(&by), "{} lacks {by}", form.name());
            pages.insert(form.name(), pdf.pages);
        }
    }
    assert_eq!(pages.len(), OF_A_LIFE.len());
}

#[test]
fn a_person_of_whom_only_the_name_is_known_stands_at_the_left() {
    let performers = vec![Person::named("例示次郎")];
    let boxes =
        set(&with(Destruction { performers, method: Some("裁断".into()), ..Destruction::default() })).text("-bbox");
    let left = |word: &str| {
        let line = boxes.lines().find(|line| line.contains(&format!(">{word}<"))).unwrap_or_else(|| panic!("{word}"));
        line.split('"').nth(1).unwrap().parse::<f64>().unwrap()
    };
    assert!((left("例示次郎") - left("裁断")).abs() < 0.5, "{} and {}", left("例示次郎"), left("裁断"));
}
