//! The one table.

/// Rows, and whether all of them are good.
#[derive(Default)]
pub struct Table {
    rows: Vec<[String; 7]>,
    notes: Vec<String>,
    bad: bool,
}

const HEAD: [&str; 7] = ["case", "ours", "peer", "ratio", "pairs", "demanded", ""];

impl Table {
    /// A row of pairs; nothing is demanded of some.
    pub fn row(&mut self, case: &str, ours: String, peer: String, ratio: f64, pairs: String, demanded: Option<f64>) {
        let least = demanded.map(|d| format!("{d:.2}")).unwrap_or_default();
        let word = demanded.map(|d| self.judge(ratio >= d)).unwrap_or_default();
        self.push([case.to_owned(), ours, peer, format!("{ratio:.2}"), pairs, least, word]);
    }

    fn judge(&mut self, met: bool) -> String {
        self.bad |= !met;
        if met { "met" } else { "NOT MET" }.into()
    }

    /// A row about an upper bound: what is found must stay below.
    pub fn bound(&mut self, case: &str, found: f64, most: f64, unit: &str) {
        let word = self.judge(found < most);
        let (none, found, most) = (String::new(), format!("{found:.1} {unit}"), format!("< {most} {unit}"));
        self.push([case.to_owned(), found, none.clone(), none.clone(), none, most, word]);
    }

    /// A row that cannot be filled because a program is not there.
    pub fn missing(&mut self, case: &str, program: &str) {
        self.bad = true;
        let none = String::new();
        self.push([
            case.to_owned(),
            none.clone(),
            format!("no {program}"),
            none.clone(),
            none.clone(),
            none,
            "MISSING".into(),
        ]);
    }

    /// A line below the table.
    pub fn note(&mut self, note: String) {
        self.notes.push(note);
    }

    fn push(&mut self, row: [String; 7]) {
        // Each as it comes, for whoever watches; the table follows whole.
        eprintln!("{}", row.join("  "));
        self.rows.push(row);
    }

    /// Whether every demand was met and nothing was missing.
    pub fn good(&self) -> bool {
        !self.bad
    }

    /// Prints it.
    pub fn print(&self) {
        let head = HEAD.map(str::to_owned);
        let width = |i: usize| self.rows.iter().chain([&head]).map(|row| row[i].chars().count()).max().unwrap_or(0);
        let widths: Vec<usize> = (0..HEAD.len()).map(width).collect();
        for row in [&head].into_iter().chain(&self.rows) {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(i, (cell, &width))| if i == 0 { format!("{cell:width$}") } else { format!("{cell:>width$}") })
                .collect();
            println!("{}", cells.join("  ").trim_end());
        }
        for note in &self.notes {
            println!("{note}");
        }
    }
}
