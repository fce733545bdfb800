//! Values and policies that try to do more than be read.

use crate::fixture::{Case, document, field, rule, setting, text, words};
use crate::markup::{fields_of_page, tags};
use candor_notice::table::{Layout, TableContent, table};
use candor_notice::{Notice, Rendering};
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::{Consent, Draft, Policy, PolicyDocument, Treatment};

const HOSTILE: &[&str] = &[
    "<script>alert(1)</script>",
    "\"><img src=http://evil.example/x onerror=alert(1)>",
    "' onmouseover='alert(1)",
    "</td></tr></table><tr data-field=\"host.name\">",
    "\u{1b}[2J\u{1b}]0;owned\u{7}",
    "abc\r\n* Computer name [host.name]\r\n",
    "\u{202e}gnp.exe\u{2066}",
    "{{ 7 * 7 }}{% include \"/etc/passwd\" %}",
    "\u{9b}31m\u{feff}\u{200b}\u{e0041}",
    "]]>--><!--",
    "</style><style>*{display:none}",
    "\u{2028}* Computer name [host.name]",
];

/// Characters that must not reach a terminal or a page in any rendering.
fn is_clean(rendered: &str) -> bool {
    !rendered.contains(|c: char| {
        (c.is_control() && c != '\n')
            || matches!(c, '\u{202e}' | '\u{2066}' | '\u{feff}' | '\u{200b}' | '\u{e0041}' | '\u{2028}')
    })
}

fn policy() -> PolicyDocument {
    document(vec![
        rule("package.name", Treatment::Keep, &["security"]),
        rule("os.name", Treatment::Keep, &["security"]),
    ])
}

fn case(value: &str) -> Case<Draft> {
    Case::draft(policy(), &Consent::default(), |_, _| Ok(text(value)))
}

fn check(notice: &Notice, what: &str) {
    let words = words();
    for rendering in [Rendering::Text { width: 60 }, Rendering::Page, Rendering::Json] {
        let rendered = notice.render(rendering, &words).unwrap();
        assert!(is_clean(&rendered), "{rendering:?} lets a character of {what:?} through");
    }
    let html = notice.render(Rendering::Page, &words).unwrap();
    // Well formed, and exactly the elements of the template.
    assert!(tags(&html).iter().all(|tag| !matches!(tag.name.as_str(), "script" | "img")), "{what:?}");
    assert_eq!(fields_of_page(&html).len(), notice.fields().len(), "{what:?}");
    let text = notice.render(Rendering::Text { width: 60 }, &words).unwrap();
    assert_eq!(text.lines().filter(|line| line.starts_with("* ")).count(), notice.fields().len(), "{what:?}");
}

#[test]
fn values_stay_values() {
    for value in HOSTILE {
        let case = case(value);
        check(&case.notice().unwrap(), value);
        let layout = Layout { width: 60, rows: None };
        let listed = table(&TableContent::from(&case.disclosure), &words(), layout, &|_| None).unwrap();
        assert!(is_clean(&listed), "the table lets a character of {value:?} through");
        let json = TableContent::from(&case.disclosure)
            .to_json(&std::collections::BTreeMap::<String, String>::new());
        assert!(is_clean(&json));
        let read: serde_json::Value = serde_json::from_str(&json).unwrap();
        assert_eq!(read["sections"]["os"][0]["os.name"], *value, "JSON must keep the value itself");
    }
}

#[test]
fn words_of_a_policy_stay_words() {
    let mut shown = 0;
    for hostile in HOSTILE {
        let mut document = policy();
        let h = || (*hostile).to_owned();
        document.group = h();
        document.controller.name = h();
        document.controller.contact = h();
        document.controller.representative = Some(h());
        document.controller.data_protection_officer = Some(h());
        document.controller.supervisory_authority.name = h();
        document.controller.supervisory_authority.url = format!("https://x.example/{hostile}");
        document.recipients[0].name = h();
        document.recipients[0].id = h();
        let mut purpose = document.purposes.remove("security").unwrap();
        purpose.recipients = vec![h()];
        purpose.text.insert("en".into(), h());
        document.purposes.insert(h(), purpose);
        for rule in &mut document.rules {
            rule.purposes = [h()].into();
        }
        // Characters that act are refused before there is a notice; the rest has to be harmless in it.
        if Policy::check(document.clone()).is_err() {
            assert!(!is_clean(hostile), "{hostile:?} was refused");
            continue;
        }
        let case = Case::draft(document, &Consent::default(), |_, _| Ok(text("x")));
        check(&case.notice().unwrap(), hostile);
        shown += 1;
    }
    assert!(shown >= 7, "only {shown} were shown");
}

#[test]
fn refusals_stay_text() {
    for hostile in HOSTILE {
        let refusal =
            RefusalMessage { code: (*hostile).to_owned(), message: (*hostile).to_owned(), not_before: None };
        let notice = Notice::nothing(&refusal, None, &setting(&words())).unwrap();
        check(&notice, hostile);
    }
}

#[test]
fn only_web_and_mail_addresses_become_links() {
    let links = |url: &str, contact: &str| {
        let mut document = policy();
        document.controller.supervisory_authority.url = url.into();
        document.controller.contact = contact.into();
        document.controller.data_protection_officer = None;
        let case = Case::draft(document, &Consent::default(), |_, _| Ok(text("x")));
        let html = case.notice().unwrap().render(Rendering::Page, &words()).unwrap();
        let all = tags(&html);
        let targets = all.iter().filter_map(|tag| tag.attributes.get("href"));
        targets.filter(|target| !target.starts_with('#')).cloned().collect::<Vec<_>>()
    };
    for url in ["javascript:alert(1)", "data:text/html,x", " https://x.example", "www.x.example"] {
        let mut document = policy();
        document.controller.supervisory_authority.url = url.into();
        assert!(Policy::check(document).is_err(), "{url}");
    }
    let broken = "https://x.example/a b";
    assert_eq!(links(broken, "call us"), [""; 0]);
    assert_eq!(links(broken, "a@b.example?subject=x"), [""; 0]);
    let (web, mail) = ("https://x.example/?a=1&b=2", "privacy@x.example");
    let found = links(web, mail);
    assert_eq!(found.len(), 3, "{found:?}");
    assert!(
        found.iter().all(
            |target| target.starts_with("https://x.example/?a=1") || target == "mailto:privacy@x.example"
        )
    );
}

#[test]
fn debug_output_hides_values() {
    let notice = case("a value that must not show").notice().unwrap();
    assert!(!format!("{notice:?}").contains("must not show"));
    assert!(format!("{notice:?}").contains(field("os.name").name()));
}
