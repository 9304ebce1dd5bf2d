//! Japanese or English, chosen once per run.

use std::sync::OnceLock;

use i18n_embed::LanguageLoader;
use i18n_embed::fluent::{FluentLanguageLoader, fluent_language_loader};
use i18n_embed::unic_langid::LanguageIdentifier;
use rust_embed::RustEmbed;

#[derive(RustEmbed)]
#[folder = "i18n/"]
struct Messages;

/// A language of the program.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub enum Language {
    /// 日本語
    Ja,
    /// English
    En,
}

static CHOSEN: OnceLock<Language> = OnceLock::new();
static LOADER: OnceLock<FluentLanguageLoader> = OnceLock::new();

/// Chooses the language; the first choice stays.
pub fn choose(language: Language) {
    let _ = CHOSEN.set(language);
}

/// The language of this run.
#[must_use]
pub fn chosen() -> Language {
    *CHOSEN.get_or_init(from_locale)
}

/// What the locale says: English where it asks for English, else Japanese.
#[must_use]
pub fn from_locale() -> Language {
    let set = |name: &str| std::env::var(name).ok().filter(|v| !v.is_empty());
    let locale = set("LC_ALL").or_else(|| set("LC_MESSAGES")).or_else(|| set("LANG")).unwrap_or_default();
    if locale.starts_with("en") { Language::En } else { Language::Ja }
}

/// The messages of this run's language.
#[must_use]
pub fn loader() -> &'static FluentLanguageLoader {
    LOADER.get_or_init(|| load(chosen()))
}

static JAPANESE: OnceLock<FluentLanguageLoader> = OnceLock::new();

/// The Japanese messages, whatever the language of the run: what is printed on a form is Japanese.
#[must_use]
pub fn japanese() -> &'static FluentLanguageLoader {
    JAPANESE.get_or_init(|| load(Language::Ja))
}

fn load(language: Language) -> FluentLanguageLoader {
    let loader = fluent_language_loader!();
    let name = match language {
        Language::Ja => "ja",
        Language::En => "en",
    };
    if let Ok(id) = name.parse::<LanguageIdentifier>() {
        // The files are inside the program, so this fails only in a build that forgot them.
        let _ = loader.load_languages(&Messages, &[id]);
    }
    // Isolation marks would come out as odd boxes on many consoles, and break copied paths.
    loader.set_use_isolating(false);
    loader
}
