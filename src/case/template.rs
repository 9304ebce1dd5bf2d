//! The text of a new `tewatashi.toml`: every key there is, each explained to the person who will edit it.

use std::collections::BTreeMap;
use std::fmt::Write;

use chrono::NaiveDate;

use super::settings::{Contract, EmergencyContact, Parties, Party, Retention, Settings};
use super::words::{Approval, DataClass, Side, Training, Word};

/// What is known when a case is made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answers {
    /// Whose desk this is.
    pub side: Side,
    /// The city.
    pub city: Party,
    /// The contractor.
    pub contractor: Party,
    /// 契約番号.
    pub number: String,
    /// 件名.
    pub title: String,
    /// The first day.
    pub from: Option<NaiveDate>,
    /// The last day.
    pub to: Option<NaiveDate>,
    /// The permitted items.
    pub items: Vec<String>,
    /// The delicate classes of data.
    pub data_class: Vec<DataClass>,
    /// Whether a second person checks.
    pub two_person_check: bool,
    /// How fresh training has to be.
    pub training: Training,
    /// What needs a decision first.
    pub approval: Vec<Approval>,
    /// Years of retention; none for what is usual on this side.
    pub years: Option<u32>,
}

impl Answers {
    /// Nothing known but the side.
    #[must_use]
    pub fn of(side: Side) -> Self {
        let plain = Settings::of(side);
        Self {
            side,
            city: Party::default(),
            contractor: Party::default(),
            number: String::new(),
            title: String::new(),
            from: None,
            to: None,
            items: Vec::new(),
            data_class: plain.contract.data_class,
            two_person_check: plain.rules.two_person_check,
            training: plain.rules.training,
            approval: plain.rules.approval,
            years: None,
        }
    }

    /// The settings they make.
    #[must_use]
    pub fn settings(self) -> Settings {
        let mut settings = Settings::of(self.side);
        let Self { number, title, from, to, items, data_class, .. } = self;
        settings.contract = Contract { number, title, date: None, from, to, items, data_class };
        settings.parties = Parties { city: self.city, contractor: self.contractor, subcontractors: Vec::new() };
        settings.rules.two_person_check = self.two_person_check;
        settings.rules.training = self.training;
        settings.rules.approval = self.approval;
        settings.retention.years = self.years.unwrap_or(Retention::of(self.side).years);
        settings
    }
}

/// The text of a new case.
#[must_use]
pub fn template(answers: Answers) -> String {
    let head =
        "# この案件の設定です。書き換えると、次にコマンドを使うときから有効になり、変更の前後が台帳に記録されます。\n";
    format!("{head}{}", body(&answers.settings()))
}

/// The text for a desk that has no contract yet: everything is recorded, unlisted operators are warned of, nothing refused
/// on their account.
#[must_use]
pub fn template_without_contract() -> String {
    let head = "# 契約がまだないときに使う、既定の設定です。契約ごとの案件は tewatashi init で作ってください。\n";
    format!("{head}{}", body(&Settings::default()))
}

fn body(settings: &Settings) -> String {
    let mut out = String::from(HEAD);
    // Writing to a text does not fail.
    let _ = write_body(&mut out, settings);
    out
}

const HEAD: &str = "\
# 「#」から右は説明です。値は「\"」で囲み、「=」「\"」「,」は半角で書いてください。保存するときの文字コードは UTF-8 です。
# はい・いいえは true・false と書きます。消した項目には、ふつうの値（既定値）が使われます。
# Settings of this case. Lines that begin with # are remarks.

";

fn write_body(out: &mut String, settings: &Settings) -> std::fmt::Result {
    write!(
        out,
        "\
# この台帳をつける側。区・受託者・再委託先 のいずれか（市・町・村も「区」と書いてください）
# Whose desk this is: the city, the contractor or the subcontractor.
side = {}

",
        text(settings.side.text())
    )?;
    contract(out, &settings.contract)?;
    parties(out, &settings.parties)?;
    rules(out, settings)?;
    rest(out, settings)
}

fn contract(out: &mut String, contract: &Contract) -> std::fmt::Result {
    write!(
        out,
        "\
# 契約。様式と台帳に、このまま印字されます。
# The contract.
[contract]
# 契約番号
number = {}
# 件名（委託業務名）
title = {}
# 契約日
date = {}
# 履行期間の初日と末日（西暦で 2026-04-01 の形）。期間を延ばしたときは、ここを書き換えず契約変更として記録します。
from = {}
to = {}
# 取扱いを許可された個人情報の項目。例: [\"氏名\", \"住所\"]　空の [] は、項目を限定しないという意味です。
items = {}
# 配慮を要する情報の種類。要配慮・条例要配慮・特定個人情報・財産的被害のおそれ のうち含むもの。
# 空の [] は「どれも含まない」、\"不明\" は「まだ確かめていない」という意味です。
data_class = {}

",
        text(&contract.number),
        text(&contract.title),
        date(contract.date),
        date(contract.from),
        date(contract.to),
        texts(&contract.items),
        words(&contract.data_class),
    )
}

fn parties(out: &mut String, parties: &Parties) -> std::fmt::Result {
    out.push_str(
        "\
# 当事者。name 名称、address 所在地、representative 代表者（職名から書く。例: 区長　見本　太郎）、department 担当部署
# The parties.
",
    );
    party(out, "[parties.city]", &parties.city)?;
    party(out, "[parties.contractor]", &parties.contractor)?;
    if parties.subcontractors.is_empty() {
        out.push_str("# 再委託先があるときは、次の形で1社ずつ書き足します（行頭の # を消してください）。\n");
        out.push_str("# [[parties.subcontractors]]\n# name = \"\"\n# address = \"\"\n# representative = \"\"\n# department = \"\"\n\n");
    }
    parties.subcontractors.iter().try_for_each(|one| party(out, "[[parties.subcontractors]]", one))
}

fn party(out: &mut String, section: &str, party: &Party) -> std::fmt::Result {
    let Party { name, address, representative, department } = party;
    let [name, address, representative, department] =
        [name, address, representative, department].map(|said| text(said));
    write!(
        out,
        "{section}\nname = {name}\naddress = {address}\nrepresentative = {representative}\ndepartment = {department}\n\n"
    )
}

fn rules(out: &mut String, settings: &Settings) -> std::fmt::Result {
    let rules = &settings.rules;
    write!(
        out,
        "\
# 作業の決まり。緩めたときは、そのことが台帳に残ります。
# The rules work has to keep.
[rules]
# 媒体を渡す前などに、別の者の確認を要するか
two_person_check = {}
# 研修。none 問わない、once 取扱いの前に1回、fiscal_year 年度ごとに1回、12_months 直近12か月以内に1回
training = {}
# 研修を受けていない者の作業を、warn 注意して続ける、refuse 断る
untrained_operator = {}
# 名簿にない者の作業を、warn 注意して続ける、refuse 断る（名簿が空の間は、だれでも作業できます）
unlisted_operator = {}
# 先に決裁・承認の番号を要するもの。handover 受渡し、copy 複製、takeout 持出し、erasure 消去、
# destruction 廃棄、subcontract 再委託、medium 媒体の使用 のうち、要るものを並べます。
approval = {}
# 媒体とパスワード通知書を、同じ日に渡さないことにするか
separate_days = {}
# そのとき、媒体を渡した日から通知書を渡す日まで空ける日数（1以上）
slip_gap_days = {}
# 登録した媒体（tewatashi medium add）だけを使うことにするか
registered_media = {}
# 契約にない項目が指定されたとき、warn 注意して続ける、refuse 断る
other_items = {}
# 委託先（受託者の台帳では再委託先）の実地検査を、何か月以内ごとに行うか。0 は求めないという意味です。
inspection_months = {}

",
        rules.two_person_check,
        text(rules.training.text()),
        text(rules.untrained_operator.text()),
        text(rules.unlisted_operator.text()),
        words(&rules.approval),
        rules.separate_days,
        rules.slip_gap_days,
        rules.registered_media,
        text(rules.other_items.text()),
        rules.inspection_months,
    )
}

fn rest(out: &mut String, settings: &Settings) -> std::fmt::Result {
    let Settings { forms, retention, warning, people, office, .. } = settings;
    write!(
        out,
        "\
# 様式の体裁
# How the forms look.
[forms]
# 印欄を設けるか
seals = {}
# 和暦に西暦を併記するか
western_dates = {}
# 2通の呼び方。甲乙（甲保管用・乙保管用）又は 正副
copies = {}
# 返還 又は 返却
return_word = {}
# 文書番号の頭文字（半角の英大文字1から3字）。同じ契約を複数のパソコンで扱うときは、パソコンごとに変えます。
# What document numbers begin with; each computer of one contract needs its own.
document_prefix = {}
# 独自の様式に印字する項目。例: \"文書記号\" = \"架戸住第\"　様式では d.extra から読みます。
# What the case's own forms print beside the usual fields.
[forms.extra]
{}

# 台帳と記録の保存
# How long records are kept.
[retention]
# 契約の終了後に保存する年数（0から10まで）
years = {}
# 会計年度の文書として、翌年度の4月1日から数えるか
from_next_fiscal_year = {}

# 注意を出す目安
# When to warn.
[warning]
# この人数以上の個人情報を束にするときに注意します（100人を超える漏えいは、報告の対象になり得るため）。
subjects = {}

# 執務時間。これ以外の時刻に情報を取り扱った記録は、監査報告書に現れます。
# The hours of the office: what is done at other times is told of in an audit.
[office]
# 何時何分から何時何分までか（24時間勤務は 00:00-24:00）
hours = {}
# 土曜・日曜・祝日・年末年始（12月29日から1月3日）のほかに休む日。例: [\"2026-10-01\"]
closed = {}

# 作業する者。名簿そのものは tewatashi staff で記録します。
# The people.
[people]
# ふつうの役割のほかに使う役割の名。例: [\"情報管理責任者\"]
roles = {}
# パソコンの利用者名と、その者の氏名又は名簿の番号。例: sato = \"佐藤　健\"　同じ者を二度書くことはできません。
[people.os_users]
",
        forms.seals,
        forms.western_dates,
        text(forms.copies.text()),
        text(forms.return_word.text()),
        text(&forms.document_prefix),
        pairs(&forms.extra),
        retention.years,
        retention.from_next_fiscal_year,
        warning.subjects,
        text(&office.hours.to_string()),
        texts(&office.closed.iter().map(ToString::to_string).collect::<Vec<_>>()),
        texts(&people.roles),
    )?;
    people.os_users.iter().try_for_each(|(user, name)| writeln!(out, "{} = {}", text(user), text(name)))?;
    emergency(out, &settings.emergency)
}

fn emergency(out: &mut String, contacts: &[EmergencyContact]) -> std::fmt::Result {
    out.push_str(
        "
# 緊急連絡網。事故のときに連絡する順に書きます。name 連絡先（課・係・氏名）、telephone 電話、after_hours 時間外の電話
# Whom to call in an emergency, in this order.
",
    );
    if contacts.is_empty() {
        out.push_str("# 1件ずつ、次の形で書き足します（行頭の # を消してください）。\n");
        out.push_str("# [[emergency]]\n# name = \"\"\n# telephone = \"\"\n# after_hours = \"\"\n");
    }
    contacts.iter().try_for_each(|EmergencyContact { name, telephone, after_hours }| {
        let [name, telephone, after_hours] = [name, telephone, after_hours].map(|said| text(said));
        writeln!(out, "[[emergency]]\nname = {name}\ntelephone = {telephone}\nafter_hours = {after_hours}")
    })
}

/// A line for each, after which an empty line comes anyway.
fn pairs(map: &BTreeMap<String, String>) -> String {
    let lines: Vec<String> = map.iter().map(|(name, said)| format!("{} = {}", text(name), text(said))).collect();
    lines.join("\n")
}

fn date(date: Option<NaiveDate>) -> String {
    text(&date.map(|d| d.to_string()).unwrap_or_default())
}

fn texts(list: &[String]) -> String {
    let quoted: Vec<String> = list.iter().map(|one| text(one)).collect();
    format!("[{}]", quoted.join(", "))
}

fn words<W: Word>(list: &[W]) -> String {
    let quoted: Vec<String> = list.iter().map(|one| text(one.text())).collect();
    format!("[{}]", quoted.join(", "))
}

/// A TOML text. Attack: a name with a quotation mark or a line end that goes on to set a rule; whatever a name holds, it
/// stays inside its quotation marks.
fn text(said: &str) -> String {
    let mut out = String::from("\"");
    for c in said.trim().chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            c if c.is_control() => {
                // Writing to a text does not fail.
                let _ = write!(out, "\\u{:04X}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calendar;
    use crate::case::mistake::Fault;
    use crate::case::settings::Hours;
    use crate::case::words::{Copies, ReturnWord, Strictness};

    fn answers() -> Answers {
        Answers {
            city: Party {
                name: "見本市".into(),
                address: "見本県見本市一丁目1番1号".into(),
                representative: "市長　髙橋　一郎".into(),
                department: "市民部税務課".into(),
            },
            contractor: Party { name: "株式会社\"見本\"\\甲".into(), ..Party::default() },
            number: "第8-123号".into(),
            title: "'''住民税'''通知書作成業務 # 令和8年度".into(),
            from: calendar::iso("2026-04-01"),
            to: calendar::iso("2027-03-31"),
            items: vec!["氏名".into(), "住所".into(), "\"]".into()],
            data_class: vec![DataClass::SpecialCare, DataClass::Unknown],
            two_person_check: true,
            training: Training::FiscalYear,
            approval: vec![Approval::Handover, Approval::Erasure],
            years: Some(3),
            ..Answers::of(Side::Contractor)
        }
    }

    #[test]
    fn what_was_answered_is_read_back() {
        assert_eq!(Settings::parse(&template(answers())).unwrap(), answers().settings());
        for side in Side::ALL {
            let plain = Answers::of(*side);
            assert_eq!(Settings::parse(&template(plain)).unwrap(), Settings::of(*side));
        }
        assert_eq!(Settings::parse(&template_without_contract()).unwrap(), Settings::default());
    }

    #[test]
    fn any_settings_are_read_back() {
        let mut settings = answers().settings();
        settings.parties.subcontractors =
            ["見本印刷", "見本運送"].map(|n| Party { name: n.into(), ..Party::default() }).into();
        settings.rules.untrained_operator = Strictness::Refuse;
        settings.rules.other_items = Strictness::Warn;
        settings.rules.separate_days = false;
        settings.rules.slip_gap_days = 3;
        settings.rules.registered_media = true;
        settings.forms.seals = true;
        settings.forms.copies = Copies::OriginalDuplicate;
        settings.forms.return_word = ReturnWord::Henkyaku;
        settings.forms.document_prefix = "JU".into();
        settings.forms.extra = [("文書記号".to_owned(), "架戸住第 \" 号".to_owned())].into();
        settings.retention.from_next_fiscal_year = true;
        settings.warning.subjects = 1_000;
        settings.contract.date = calendar::iso("2026-03-25");
        settings.rules.inspection_months = 0;
        settings.office.hours = Hours::parse("09:00-18:00").unwrap();
        settings.office.closed = vec![calendar::iso("2026-10-01").unwrap()];
        settings.emergency = vec![EmergencyContact { name: "情報政策課".into(), ..EmergencyContact::default() }];
        settings.people.roles = vec!["班長".into()];
        settings.people.os_users = [(r"DESK\鈴木".to_owned(), "鈴木　花子".to_owned())].into();
        assert_eq!(Settings::parse(&body(&settings)).unwrap(), settings);
    }

    /// Attack: a name from a script that closes its quotation mark and sets a rule of its own.
    #[test]
    fn a_name_cannot_set_a_rule() {
        let mut hostile = answers();
        hostile.title = "x\"\n[rules]\nseparate_days = false\n#".into();
        let found = Settings::parse(&template(hostile)).unwrap_err();
        assert_eq!((found.key.as_str(), &found.fault), ("contract.title", &Fault::Unseen('\n')));
        for c in ('\0'..='\u{9f}').filter(|c| c.is_control()) {
            let mut odd = answers();
            odd.city.name = format!("見{c}本");
            let found = Settings::parse(&template(odd)).unwrap_err();
            assert_eq!((found.key.as_str(), found.fault), ("parties.city.name", Fault::Unseen(c)), "{c:?}");
        }
    }

    /// Every key there is stands in the text, each section with a line in English.
    #[test]
    fn every_key_is_explained() {
        let text = template_without_contract();
        let (mut sections, mut keys, mut last) = (0, 0, "");
        for line in text.lines() {
            if line.starts_with('[') {
                sections += 1;
            } else if !line.is_empty() && !line.starts_with('#') {
                keys += 1;
                let party_or_end =
                    ["address", "representative", "department", "name", "to"].iter().any(|k| line.starts_with(k));
                assert!(last.starts_with('#') || party_or_end, "{line}");
            }
            last = line;
        }
        assert_eq!((sections, keys), (11, 37));
        assert!(text.lines().all(|line| line.chars().count() <= 120), "a line does not fit a screen");
    }
}
