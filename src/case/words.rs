//! The words a setting may say, as they stand in `tewatashi.toml` and in the ledger.

/// A word out of a fixed list.
pub trait Word: Copy + Eq + 'static {
    /// The list, in the order it is shown to people.
    const ALL: &'static [Self];

    /// How it is written.
    fn text(self) -> &'static str;

    /// The word so written.
    fn parse(text: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|word| word.text() == text)
    }

    /// All of them as they are written.
    fn texts() -> Vec<&'static str> {
        Self::ALL.iter().map(|word| word.text()).collect()
    }
}

macro_rules! words {
    ($(#[$about:meta])* $name:ident { $($(#[$what:meta])* $variant:ident = $text:literal),+ $(,)? }) => {
        $(#[$about])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum $name { $($(#[$what])* $variant),+ }

        impl Word for $name {
            const ALL: &'static [Self] = &[$(Self::$variant),+];

            fn text(self) -> &'static str {
                match self { $(Self::$variant => $text),+ }
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.text())
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                let text = String::deserialize(from)?;
                Self::parse(&text).ok_or_else(|| serde::de::Error::unknown_variant(&text, &[$($text),+]))
            }
        }
    };
}

words! {
    /// Whose desk this is.
    Side {
        /// The city, which entrusts.
        City = "区",
        /// The contractor.
        Contractor = "受託者",
        /// The contractor's contractor.
        Subcontractor = "再委託先",
    }
}

words! {
    /// What kinds of delicate data are handed over. Nothing of the list: there is none.
    DataClass {
        /// Special care-required personal information.
        SpecialCare = "要配慮",
        /// The same by the city's own ordinance.
        LocalSpecialCare = "条例要配慮",
        /// Individual numbers and what hangs on them.
        IndividualNumber = "特定個人情報",
        /// Data whose misuse may cost its subjects money.
        FinancialDamage = "財産的被害のおそれ",
        /// Nobody has said what is there beside the classes named.
        Unknown = "不明",
    }
}

words! {
    /// How fresh a person's training has to be.
    Training {
        /// No training is asked for.
        None = "none",
        /// Once before handling.
        Once = "once",
        /// In the fiscal year.
        FiscalYear = "fiscal_year",
        /// In the last twelve months.
        TwelveMonths = "12_months",
    }
}

words! {
    /// What happens when a rule is not kept.
    Strictness {
        /// It is said and recorded, and work goes on.
        Warn = "warn",
        /// Work does not begin.
        Refuse = "refuse",
    }
}

words! {
    /// What needs a decision (決裁・承認) before it is done.
    Approval {
        /// Handing data over.
        Handover = "handover",
        /// Copying it.
        Copy = "copy",
        /// Taking it out.
        Takeout = "takeout",
        /// Erasing it.
        Erasure = "erasure",
        /// Destroying a thing.
        Destruction = "destruction",
        /// Passing work on.
        Subcontract = "subcontract",
        /// Using a medium.
        Medium = "medium",
    }
}

words! {
    /// What the two copies of a form are called.
    Copies {
        /// 甲保管用・乙保管用.
        KouOtsu = "甲乙",
        /// 正・副.
        OriginalDuplicate = "正副",
    }
}

words! {
    /// The word for giving back.
    ReturnWord {
        /// 返還.
        Henkan = "返還",
        /// 返却.
        Henkyaku = "返却",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_read_as_it_is_written() {
        assert_eq!(Side::parse("受託者"), Some(Side::Contractor));
        assert_eq!(Side::parse("受託者 "), None);
        assert_eq!(Training::texts(), ["none", "once", "fiscal_year", "12_months"]);
        assert_eq!(serde_json::to_value(Approval::Takeout).unwrap(), "takeout");
        assert_eq!(serde_json::from_value::<Side>("区".into()).unwrap(), Side::City);
        assert!(serde_json::from_value::<Side>("県".into()).is_err());
    }
}
