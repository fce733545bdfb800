//! The English words for fields and the like, from `collector-proto/locales/en.ftl`, for the reference page.

use super::vocabulary::Wording;
use anyhow::{Context, Result, anyhow};
use fluent_bundle::{FluentBundle, FluentResource};
use std::fs;
use std::path::Path;

/// The English locale, relative to the workspace.
const ENGLISH: &str = "collector-proto/locales/en.ftl";

/// A locale's messages.
pub(crate) struct Locale(FluentBundle<FluentResource>);

/// A message's two texts.
pub(crate) struct Heading {
    pub(crate) title: String,
    pub(crate) description: String,
}

impl Locale {
    /// Loads the English locale of the workspace.
    pub(crate) fn english(root: &Path) -> Result<Self> {
        let text = fs::read_to_string(root.join(ENGLISH)).with_context(|| format!("reading {ENGLISH}"))?;
        Self::parse(text).with_context(|| format!("parsing {ENGLISH}"))
    }

    fn parse(text: String) -> Result<Self> {
        let resource = FluentResource::try_new(text).map_err(|(_, errors)| anyhow!("{errors:?}"))?;
        let mut bundle = FluentBundle::default();
        bundle.set_use_isolating(false);
        bundle.add_resource(resource).map_err(|errors| anyhow!("{errors:?}"))?;
        Ok(Self(bundle))
    }

    /// The texts for a term. Messages with parameters are not asked for here.
    pub(crate) fn words(&self, group: Wording, term: &str) -> Result<Heading> {
        let id = group.message_id(term);
        let message = self.0.get_message(&id).with_context(|| format!("{ENGLISH} has no message `{id}`"))?;
        let title = message.value().with_context(|| format!("`{id}` has no value"))?;
        let description = message
            .get_attribute("description")
            .with_context(|| format!("`{id}` has no description"))?
            .value();
        let mut errors = Vec::new();
        let words = Heading {
            title: self.0.format_pattern(title, None, &mut errors).into_owned(),
            description: self.0.format_pattern(description, None, &mut errors).into_owned(),
        };
        if errors.is_empty() { Ok(words) } else { Err(anyhow!("`{id}`: {errors:?}")) }
    }
}
