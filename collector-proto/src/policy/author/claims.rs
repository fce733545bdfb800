//! Promises that nobody can keep, such as "100% secure" or "fully anonymous": a notice that makes one is wrong
//! (Art. 5(1)(a) GDPR: transparency), whatever the policy says.

/// Words that make a promise absolute, in the languages of the notice.
const ABSOLUTE: &[&str] = &[
    // English
    "100%",
    "absolutely",
    "completely",
    "entirely",
    "fully",
    "guaranteed",
    "perfectly",
    "totally",
    // German
    "absolut",
    "garantiert",
    "hundertprozentig",
    "komplett",
    "vollkommen",
    "vollständig",
    "völlig",
    // Spanish and Portuguese
    "absolutamente",
    "completamente",
    "perfectamente",
    "perfeitamente",
    "totalmente",
    // French
    "absolument",
    "complètement",
    "entièrement",
    "parfaitement",
    "totalement",
    // Dutch
    "absoluut",
    "compleet",
    "helemaal",
    "honderdprocent",
    "volkomen",
    "volledig",
];

/// What cannot be promised absolutely.
const PROMISED: &[&str] = &[
    // English
    "anonymised",
    "anonymized",
    "anonymous",
    "confidential",
    "private",
    "safe",
    "secure",
    "untraceable",
    // German
    "anonym",
    "anonyme",
    "anonymen",
    "anonymisiert",
    "sicher",
    "sichere",
    "sicheren",
    "vertraulich",
    // Spanish
    "anónima",
    "anónimas",
    "anónimo",
    "anónimos",
    "confidencial",
    "confidenciales",
    "segura",
    "seguras",
    "seguro",
    "seguros",
    // Portuguese
    "anônima",
    "anônimas",
    "anônimo",
    "anônimos",
    "confidenciais",
    // French
    "anonymes",
    "anonymisé",
    "anonymisée",
    "anonymisées",
    "anonymisés",
    "confidentiel",
    "confidentielle",
    "sécurisé",
    "sécurisée",
    "sécurisées",
    "sécurisés",
    "sûr",
    "sûre",
    "sûres",
    "sûrs",
    // Dutch
    "anoniem",
    "geanonimiseerd",
    "veilig",
    "vertrouwelijk",
];

/// Words before a promise that take it back.
const NEGATION: &[&str] = &[
    "jamais", "nada", "nem", "never", "nicht", "nie", "niemals", "niet", "no", "nooit", "not", "nunca",
    "não", "pas",
];

/// The first absolute promise in a text, as two words.
pub(super) fn absolute_claim(text: &str) -> Option<String> {
    let text = text.to_lowercase().replace("100 %", "100%").replace("100 percent", "100%");
    let words: Vec<&str> =
        text.split(|c: char| !(c.is_alphanumeric() || c == '%')).filter(|word| !word.is_empty()).collect();
    words.windows(2).enumerate().find_map(|(index, pair)| {
        let is_negated = index > 0 && NEGATION.contains(&words[index - 1]);
        let claims = ABSOLUTE.contains(&pair[0]) && PROMISED.contains(&pair[1]) && !is_negated;
        claims.then(|| pair.join(" "))
    })
}

#[cfg(test)]
mod tests {
    use super::absolute_claim;

    #[test]
    fn absolutes_are_found_and_honest_words_are_not() {
        for text in [
            "Your data is 100% secure.",
            "It is 100 % safe",
            "Completely\n  secure storage",
            "Everything is FULLY anonymous!",
            "Alles ist völlig anonym.",
            "C'est totalement sécurisé",
            "Het is volledig anoniem",
            "É totalmente seguro.",
        ] {
            assert!(absolute_claim(text).is_some(), "{text}");
        }
        for text in [
            "Keep devices secure.",
            "Counts are not fully anonymous: your employer can link them.",
            "Find devices that are fully patched.",
            "Collect 100% of security updates",
            "",
        ] {
            assert_eq!(absolute_claim(text), None, "{text}");
        }
    }
}
