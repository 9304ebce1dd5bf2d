//! How values look on a screen: names made harmless, numbers with commas, columns that line up.

use std::path::Path;

use unicode_width::UnicodeWidthStr;

/// A name as it may be shown. Attack: control characters in a name that move the cursor or retitle the window, and
/// marks that turn the text around; they are shown as `\u{…}`.
#[must_use]
pub fn name(text: &str) -> String {
    let harmless = |c: char| {
        !c.is_control()
            && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}' | '\u{feff}' | '\u{61c}')
    };
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        if harmless(c) { out.push(c) } else { out.extend(c.escape_unicode()) }
    }
    out
}

/// A path as it may be shown.
#[must_use]
pub fn path(path: &Path) -> String {
    let text = path.to_string_lossy();
    name(&if cfg!(windows) { as_typed_there(&text) } else { text.into_owned() })
}

/// A path as people of Windows write it: one kind of separator, and without the mark that lets Windows take it as it is, which
/// nobody types.
fn as_typed_there(path: &str) -> String {
    let path = path.replace('/', r"\");
    match path.strip_prefix(r"\\?\") {
        Some(rest) => rest.strip_prefix(r"UNC\").map_or_else(|| rest.to_owned(), |share| format!(r"\\{share}")),
        None => path,
    }
}

/// A path in a command that can be typed as it stands: quoted where it has a space or another sign that a shell reads.
#[must_use]
pub fn typed(path: &Path) -> String {
    let shown = self::path(path);
    let plain = |c: char| c.is_alphanumeric() || "/\\.:_-~".contains(c);
    if shown.chars().all(plain) {
        return shown;
    }
    // A quotation mark is in no name there, and single ones are not read.
    if cfg!(windows) {
        return format!("\"{shown}\"");
    }
    // Inside of double quotes a shell still reads these.
    let read = ['$', '`', '"', '!', '\\'];
    if shown.contains(read) { format!("'{}'", shown.replace('\'', r"'\''")) } else { format!("\"{shown}\"") }
}

/// `1,234,567`
#[must_use]
pub fn number(n: u64) -> String {
    let digits = n.to_string();
    let mut out = String::with_capacity(digits.len() * 4 / 3);
    for (i, c) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    out
}

/// `1.2 GiB`
#[must_use]
pub fn size(bytes: u64) -> String {
    indicatif::HumanBytes(bytes).to_string()
}

/// Text filled up with spaces to `columns`, counting wide characters as two.
#[must_use]
pub fn pad(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(text.width());
    format!("{text}{}", " ".repeat(gap))
}

/// The same, with the spaces before it.
#[must_use]
pub fn pad_left(text: &str, columns: usize) -> String {
    let gap = columns.saturating_sub(text.width());
    format!("{}{text}", " ".repeat(gap))
}

/// Cells that stand under each other; the last ones take what they need.
#[must_use]
pub fn row(cells: &[&str], columns: &[usize]) -> String {
    let padded = cells.iter().enumerate().map(|(at, cell)| match columns.get(at) {
        Some(&columns) => pad(cell, columns) + "  ",
        None => (*cell).to_owned(),
    });
    padded.collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mark_of_an_exact_path_is_not_shown() {
        for (path, told) in [
            (r"\\?\C:\報告 書", r"C:\報告 書"),
            (r"\\?\UNC\server\共有\案件", r"\\server\共有\案件"),
            (r"\\server\共有", r"\\server\共有"),
            (r"D:\案件", r"D:\案件"),
            (r"\\?\D:\案件\records/D-0001.pdf", r"D:\案件\records\D-0001.pdf"),
        ] {
            assert_eq!(as_typed_there(path), told);
        }
    }

    #[cfg(windows)]
    #[test]
    fn a_path_in_a_command_is_quoted_as_windows_reads_it() {
        assert_eq!(typed(Path::new(r"\\?\D:\案件")), r"D:\案件");
        assert_eq!(typed(Path::new(r"D:\報告 書\it's $1")), "\"D:\\報告 書\\it's $1\"");
    }

    // As the shells of Unix read it.
    #[cfg(unix)]
    #[test]
    fn a_path_in_a_command_is_quoted_where_a_shell_would_part_it() {
        for (path, told) in [
            ("/home/me/案件", "/home/me/案件"),
            ("/tmp/報告 書/案 件", "\"/tmp/報告 書/案 件\""),
            ("/tmp/a$(x)b", "'/tmp/a$(x)b'"),
            ("/tmp/it's $1", r"'/tmp/it'\''s $1'"),
        ] {
            assert_eq!(typed(Path::new(path)), told);
        }
    }

    #[test]
    fn hostile_names_are_harmless() {
        assert_eq!(name("a\u{1b}[2Jb"), "a\\u{1b}[2Jb");
        assert_eq!(name("x\u{202e}fdp"), "x\\u{202e}fdp");
        assert_eq!(name("名簿　髙\u{e0100}.csv"), "名簿　髙\u{e0100}.csv");
    }

    #[test]
    fn numbers_and_columns() {
        assert_eq!(number(0), "0");
        assert_eq!(number(999), "999");
        assert_eq!(number(1_234_567), "1,234,567");
        assert_eq!(pad("名簿", 6), "名簿  ");
        assert_eq!(pad("long enough", 3), "long enough");
    }
}
