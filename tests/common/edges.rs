//! What is written longer than anybody writes, and whether it stays on the paper.

#![allow(dead_code, reason = "each test file uses a part")]

use serde_json::Value;

use super::pdf::Pdf;

/// Points to a millimetre.
const MM: f64 = 72.0 / 25.4;

/// The number after a name in a line of `pdftotext -bbox`.
fn number(line: &str, name: &str) -> Option<f64> {
    line.split(&format!("{name}=\"")).nth(1)?.split('"').next()?.parse().ok()
}

/// The words of a PDF that reach over the right edge of what may be printed on.
pub fn over_the_edge(pdf: &Pdf) -> Vec<String> {
    let mut edge = 0.0;
    let mut over = Vec::new();
    for line in pdf.text("-bbox").lines() {
        if let (true, Some(width)) = (line.contains("<page"), number(line, "width")) {
            let margin = if width > 800.0 { 10.0 } else { 17.0 };
            edge = width - margin * MM + 1.0;
        }
        if line.contains("<word") && number(line, "xMax").is_some_and(|right| right > edge) {
            over.push(line.to_owned());
        }
    }
    over
}

/// How far one word stands above another of its page, in millimetres; each the first of its kind.
pub fn room_between(pdf: &Pdf, above: &str, below: &str) -> f64 {
    let boxes = pdf.text("-bbox");
    let top = |word: &str| {
        let line = boxes.lines().find(|line| line.contains(&format!(">{word}<"))).unwrap_or_else(|| panic!("{word}"));
        number(line, "yMin").unwrap()
    };
    (top(below) - top(above)) / MM
}

/// Every text that can be written longer, as long as nobody writes it. What a form knows as a word of its own is kept.
pub fn stretched(value: &mut Value, by: &str) {
    match value {
        Value::String(text) => text.push_str(by),
        Value::Array(list) => list.iter_mut().for_each(|value| stretched(value, by)),
        Value::Object(map) => {
            let kept = [
                "date",
                "day",
                "time",
                "moment",
                "ways",
                "kind",
                "kinds",
                "witness",
                "condition",
                "matched",
                "result",
                "stage",
                "changed",
            ];
            let texts = map.iter_mut().filter(|(key, value)| {
                let word = value.as_str().is_some_and(str::is_ascii);
                !kept.contains(&key.as_str()) || !word && !value.is_array()
            });
            texts.for_each(|(_, value)| stretched(value, by));
        }
        _ => {}
    }
}
