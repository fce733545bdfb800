//! The page: self-contained, well formed, readable for everyone.

use crate::fixture::{Case, document, rule, setting, value, words};
use crate::markup::{Tag, tags, unique};
use base64::Engine as _;
use candor_notice::{Audience, Notice, Rendering, Setting};
use collector_proto::digest::Digest;
use collector_proto::disclosure::RefusalMessage;
use collector_proto::policy::{Consent, KeyScope, Treatment};
use std::collections::BTreeMap;

fn pages() -> Vec<(&'static str, String)> {
    let rules = || {
        vec![
            rule("os.name", Treatment::Keep, &["security", "duty"]),
            rule("host.mac", Treatment::Hmac(KeyScope::Tenant), &["security"]),
            rule("package.name", Treatment::Keep, &["security"]),
        ]
    };
    let draft = Case::draft(document(rules()), &Consent::default(), |field, t| Ok(value(field, t)));
    let signed = Case::signed(&document(rules()), |field, t| Ok(value(field, t)));
    let empty = Case::signed(&document(Vec::new()), |field, t| Ok(value(field, t)));
    let refusal = RefusalMessage {
        code: "policy_expired".into(),
        message: "the policy expired".into(),
        not_before: None,
    };
    let controller = &document(Vec::new()).controller;
    let nothing = Notice::nothing(&refusal, Some(controller), &setting(&words())).unwrap();
    let alone = Notice::nothing(&refusal, None, &setting(&words())).unwrap();
    let words = words();
    let everybody = Setting { audience: Audience::Everybody, ..setting(&words) };
    let for_everybody = Notice::in_force(&signed.facts(), &everybody).unwrap();
    let not_known = Notice::not_known("no answer", &everybody).unwrap();
    let html = |notice: &Notice| notice.render(Rendering::Page, &words).unwrap();
    vec![
        ("draft", html(&draft.notice().unwrap())),
        ("signed", html(&signed.notice())),
        ("awaiting", html(&signed.awaiting())),
        ("empty", html(&empty.notice())),
        ("nothing", html(&nothing)),
        ("alone", html(&alone)),
        ("everybody", html(&for_everybody)),
        ("not known", html(&not_known)),
    ]
}

#[test]
fn nothing_is_loaded_and_nothing_runs() {
    for (name, page) in pages() {
        assert!(!page.contains("<script") && !page.contains("javascript:"), "{name}");
        assert!(!page.contains("url(") && !page.contains("@import"), "{name}");
        for tag in tags(&page) {
            assert!(
                !matches!(tag.name.as_str(), "link" | "img" | "iframe" | "form" | "object" | "base"),
                "{tag:?}"
            );
            for (attribute, value) in &tag.attributes {
                assert!(
                    !attribute.starts_with("on") && !matches!(attribute.as_str(), "src" | "style"),
                    "{tag:?}"
                );
                if value.contains("http") {
                    assert_eq!((tag.name.as_str(), attribute.as_str()), ("a", "href"), "{name}: {tag:?}");
                }
            }
        }
    }
}

#[test]
fn the_page_allows_its_style_sheet_and_nothing_else() {
    for (name, page) in pages() {
        let (_, after) = page.split_once("<style>").unwrap();
        let (style, _) = after.split_once("</style>").unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(Digest::of(style.as_bytes()).bytes());
        let policy =
            format!("default-src 'none'; style-src 'sha256-{hash}'; base-uri 'none'; form-action 'none'");
        let metas = tags(&page);
        let csp = metas.iter().find(|tag| tag.attributes.contains_key("http-equiv")).unwrap();
        assert_eq!(csp.attributes["content"], policy, "{name}");
    }
}

#[test]
fn language_title_and_references_are_there() {
    for (name, page) in pages() {
        let tags = tags(&page);
        assert_eq!(tags[0].attributes["lang"], "en", "{name}");
        assert!(page.contains("<title>") && !page.contains("<title></title>"), "{name}");
        let ids = unique(&tags, "id");
        for tag in &tags {
            for attribute in ["aria-labelledby", "href"] {
                let Some(target) = tag.attributes.get(attribute) else { continue };
                let target = target.strip_prefix('#').unwrap_or(target);
                let external = target.starts_with("https:") || target.starts_with("mailto:");
                assert!(external || ids.contains(target), "{name}: nothing is called {target:?}");
            }
        }
        assert_eq!(tags.iter().filter(|tag| tag.name == "main").count(), 1, "{name}");
        let skip = tags.iter().find(|tag| tag.name == "a").unwrap();
        assert_eq!(skip.attributes["href"], "#content", "{name}: the skip link comes first");
    }
}

#[test]
fn headings_do_not_skip_a_level() {
    for (name, page) in pages() {
        let mut before = 0;
        for tag in tags(&page) {
            let Some(level) = tag.name.strip_prefix('h').and_then(|level| level.parse::<u8>().ok()) else {
                continue;
            };
            assert!(level <= before + 1, "{name}: h{level} after h{before}");
            assert!(level > 1 || before == 0, "{name}: a second h1");
            before = level;
        }
        assert!(before > 0, "{name} has no heading");
    }
}

#[test]
fn table_headers_say_what_they_head() {
    let mut headers = 0;
    for (name, page) in pages() {
        for Tag { name: element, attributes } in tags(&page) {
            if element == "th" {
                assert!(matches!(attributes["scope"].as_str(), "col" | "row"), "{name}");
                headers += 1;
            }
        }
    }
    assert!(headers > 20, "only {headers} headers were examined");
}

#[test]
fn a_draft_and_a_device_that_collects_nothing_say_so_first() {
    for (name, page) in pages() {
        let body = page.split_once("<body>").unwrap().1;
        let first = |marker: &str| body.find(marker).unwrap_or(usize::MAX);
        let heading = first("<h1>");
        match name {
            "draft" => {
                assert!(first("data-status=\"draft\"") < heading);
                assert!(page.contains("<title>DRAFT"));
            }
            "nothing" | "alone" => {
                assert!(first("data-status=\"nothing\"") < heading);
                assert!(first("The policy has expired") < heading);
                assert!(!page.contains("data-field"));
            }
            "not known" => {
                assert!(first("data-status=\"not-known\"") < heading && !page.contains("data-field"));
            }
            "awaiting" => {
                assert!(first("data-status=\"awaiting\"") < heading);
                assert!(first("candor notice --acknowledge") < heading);
                assert!(!body.contains("data-status=\"in-force\"") && body.contains("data-field"));
            }
            _ => assert!(!body.contains("DRAFT") && first("data-status=\"in-force\"") > heading),
        }
    }
}

#[test]
fn every_reason_for_collecting_nothing_has_its_own_words() {
    let words = words();
    // The codes of `collector_proto::policy::trust::Refusal` and of the agent itself.
    let codes = [
        "root_invalid",
        "root_expired",
        "no_policy",
        "policy_not_signed",
        "policy_not_acceptable",
        "not_understood",
        "policy_for_other_group",
        "policy_expired",
        "policy_not_yet_effective",
        "policy_rolled_back",
        "policy_equivocation",
        "timestamp_invalid",
        "timestamp_rolled_back",
        "policy_not_current",
        "policy_stale",
        "clock_behind",
        "not_enrolled",
        "paused",
        "not_acknowledged",
    ];
    let other = words.text("notice-refused-other").unwrap();
    for code in codes {
        let refusal =
            RefusalMessage { code: code.into(), message: "the reader's own words".into(), not_before: None };
        let notice = Notice::nothing(&refusal, None, &setting(&words)).unwrap();
        let text = notice.render(Rendering::Text { width: 80 }, &words).unwrap();
        assert!(
            text.starts_with("Nothing is collected") && text.contains("the reader's own words"),
            "{code}"
        );
        assert!(!text.contains(&other), "{code} has no words of its own");
    }
}

#[test]
fn colours_have_enough_contrast_in_both_schemes() {
    let style = include_str!("../../templates/notice.css");
    let (light, rest) = style.split_once("@media (prefers-color-scheme: dark)").unwrap();
    let dark = rest.split_once("}\n}").unwrap().0;
    let pairs = [
        ("ink", "paper"),
        ("ink", "sheet"),
        ("ink", "soft"),
        ("ink", "stop-paper"),
        ("quiet", "paper"),
        ("quiet", "sheet"),
        ("quiet", "stop-paper"),
        ("accent", "paper"),
        ("accent", "sheet"),
        ("sent", "sheet"),
        ("warn-ink", "warn-paper"),
    ];
    for (scheme, source) in [("light", light), ("dark", dark)] {
        let colours = colours(source);
        for (text, ground) in pairs {
            let ratio = contrast(colours[text], colours[ground]);
            assert!(ratio >= 4.5, "{scheme}: {text} on {ground} has {ratio:.2}:1");
        }
    }
}

fn colours(source: &str) -> BTreeMap<&str, [u8; 3]> {
    let byte = |hex: &str| u8::from_str_radix(hex, 16).unwrap();
    source
        .split("--")
        .skip(1)
        .filter_map(|part| part.split_once(": #"))
        .map(|(name, hex)| (name, [byte(&hex[0..2]), byte(&hex[2..4]), byte(&hex[4..6])]))
        .collect()
}

/// The contrast ratio of WCAG 2.2.
fn contrast(left: [u8; 3], right: [u8; 3]) -> f64 {
    let luminance = |colour: [u8; 3]| {
        let [red, green, blue] = colour.map(|part| {
            let part = f64::from(part) / 255.0;
            if part <= 0.040_45 { part / 12.92 } else { ((part + 0.055) / 1.055).powf(2.4) }
        });
        0.2126 * red + 0.7152 * green + 0.0722 * blue
    };
    let (left, right) = (luminance(left), luminance(right));
    (left.max(right) + 0.05) / (left.min(right) + 0.05)
}
