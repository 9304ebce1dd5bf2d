//! 前報からの変更: what an earlier report said otherwise, and which one.

use serde_json::Value;

use super::Told;
use crate::era;
use crate::paper::fields::incident::IncidentKind;
use crate::paper::fields::{Count, Time};
use crate::term::show;

/// What changed since the reports that were issued, in the order of the sheet; then what is said for the first time.
pub fn between(earlier: &[(u64, Told)], now: &Told) -> Vec<String> {
    if earlier.is_empty() {
        return Vec::new();
    }
    let earlier: Vec<(u64, Vec<(String, String)>)> = earlier.iter().map(|(nth, told)| (*nth, texts(told))).collect();
    let now = texts(now);
    let (mut changed, mut added) = (Vec::new(), Vec::new());
    for (name, text) in &now {
        let said = |told: &[(String, String)]| told.iter().find(|(of, _)| of == name).map(|(_, text)| text.clone());
        match earlier.iter().rev().find_map(|(nth, told)| Some((nth, said(told)?))) {
            Some((nth, before)) if before != *text => {
                changed.push(format!("{name}　第{}報：{before}　→　{text}", kanji(*nth)));
            }
            Some(_) => {}
            None => added.push(name.as_str()),
        }
    }
    // What the last report said and this one does not, as after a correction.
    if let Some((nth, told)) = earlier.last() {
        let gone = told.iter().filter(|(name, _)| !now.iter().any(|(of, _)| of == name));
        changed.extend(gone.map(|(name, before)| format!("{name}　第{}報：{before}　→　記載なし", kanji(*nth))));
    }
    if !added.is_empty() {
        changed.push(format!("新たに記載　{}", added.join("、")));
    }
    changed
}

/// What a report says, each by its name; blanks left out.
fn texts(told: &Told) -> Vec<(String, String)> {
    let Told { fields, lines } = told;
    let time = |time: &Option<Time>| time.as_ref().map(clock).unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let count = |count: Option<Count>, unit: &str| {
        count.map(|count| format!("{}{unit}", show::number(count.number()))).unwrap_or_default()
    };
    let kinds: Vec<&str> = fields.kinds.iter().map(|kind| kind_word(*kind)).collect();
    let mut all = vec![
        ("発生日時".to_owned(), time(&fields.occurred)),
        ("発覚日時".to_owned(), time(&fields.noticed)),
        ("場所".to_owned(), text(&fields.place)),
        ("状況".to_owned(), text(&fields.circumstances)),
        ("区分".to_owned(), kinds.join("・")),
        ("内容".to_owned(), text(&fields.contents)),
        ("項目".to_owned(), fields.items.join("、")),
        ("件数".to_owned(), count(fields.records, "件")),
        ("人数".to_owned(), count(fields.subjects, "人")),
        ("媒体番号".to_owned(), fields.media.join("、")),
    ];
    for row in &fields.encryption {
        let name = row.bundle.clone().unwrap_or_default();
        let encrypted = row.encrypted.map(|yes| if yes { "有" } else { "無" }).unwrap_or_default();
        all.push((format!("{name} の暗号化"), encrypted.to_owned()));
        all.push((format!("{name} の通知書の所在"), text(&row.whereabouts)));
    }
    all.extend([
        ("原因".to_owned(), text(&fields.cause)),
        ("二次被害".to_owned(), text(&fields.harm)),
        ("応急措置".to_owned(), text(&fields.measures)),
        ("本人対応".to_owned(), text(&fields.notice).replace('\n', "　")),
        ("公表".to_owned(), text(&fields.publication)),
        ("再発防止".to_owned(), text(&fields.prevention)),
    ]);
    all.extend(lines.iter().cloned());
    all.retain(|(_, text)| !text.is_empty());
    all
}

fn clock(time: &Time) -> String {
    let value = serde_json::to_value(time).unwrap_or_default();
    let text = value.get("time").and_then(Value::as_str).unwrap_or_default();
    chrono::DateTime::parse_from_rfc3339(text).map_or_else(|_| text.to_owned(), |at| era::long_time(&at))
}

fn kind_word(kind: IncidentKind) -> &'static str {
    match kind {
        IncidentKind::Leak => "漏えい",
        IncidentKind::Loss => "滅失",
        IncidentKind::Damage => "毀損",
        IncidentKind::Possible => "おそれ",
    }
}

/// 一, 二, … 十, 十一, … 九十九; then in digits.
pub fn kanji(number: u64) -> String {
    const DIGITS: [&str; 10] = ["", "一", "二", "三", "四", "五", "六", "七", "八", "九"];
    let Ok(small @ 1..=99) = usize::try_from(number) else { return number.to_string() };
    let (tens, ones) = (small / 10, small % 10);
    let ten = match tens {
        0 => String::new(),
        1 => "十".to_owned(),
        _ => format!("{}十", DIGITS[tens]),
    };
    format!("{ten}{}", DIGITS[ones])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::paper::fields::Incident;

    fn told(subjects: Option<u64>, cause: Option<&str>, lines: &[(&str, &str)]) -> Told {
        let fields =
            Incident { subjects: subjects.map(Count::from), cause: cause.map(str::to_owned), ..Incident::default() };
        let lines = lines.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect();
        Told { fields, lines }
    }

    #[test]
    fn reports_are_numbered_as_an_office_writes_them() {
        let words = [1, 2, 9, 10, 11, 20, 21, 99, 100].map(kanji);
        assert_eq!(words, ["一", "二", "九", "十", "十一", "二十", "二十一", "九十九", "100"]);
    }

    #[test]
    fn a_change_names_the_report_that_said_otherwise() {
        let first = || told(Some(1200), None, &[("媒体 M-1 の所在", "所在不明。")]);
        assert_eq!(between(&[], &first()), Vec::<String>::new());
        assert_eq!(between(&[(1, first())], &first()), Vec::<String>::new());
        let now = told(Some(34), Some("置き忘れ"), &[("媒体 M-1 の所在", "当方で保管。")]);
        let words = [
            "人数　第一報：1,200人　→　34人",
            "媒体 M-1 の所在　第一報：所在不明。　→　当方で保管。",
            "新たに記載　原因",
        ];
        assert_eq!(between(&[(1, first())], &now), words);
        // Against the last that said anything of it, not against the first.
        let second = told(Some(34), Some("置き忘れ"), &[]);
        let third = told(None, Some("窃取"), &[]);
        let words = ["原因　第二報：置き忘れ　→　窃取", "人数　第二報：34人　→　記載なし"];
        assert_eq!(between(&[(1, first()), (2, second)], &third), words);
    }
}
