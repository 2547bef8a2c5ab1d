use std::fmt;

/// How an element is found: as a person with a screen reader would, or by CSS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum By {
    Css(String),
    /// The role and the accessible name that the browser computed.
    Role {
        role: String,
        name: String,
    },
    /// The innermost element with exactly this text, white space joined.
    Text(String),
}

impl By {
    pub fn css(selector: &str) -> Self {
        Self::Css(selector.to_owned())
    }

    pub fn test_id(id: &str) -> Self {
        Self::Css(format!("[data-testid=\"{id}\"]"))
    }

    pub fn role(role: &str, name: &str) -> Self {
        Self::Role { role: role.to_owned(), name: name.to_owned() }
    }

    pub fn text(text: &str) -> Self {
        Self::Text(text.to_owned())
    }

    /// The WebDriver strategy and its value; for a role, the elements that may have it.
    pub(crate) fn locator(&self) -> (&'static str, String) {
        match self {
            Self::Css(selector) => ("css selector", selector.clone()),
            Self::Role { role, .. } => ("css selector", candidates(role)),
            Self::Text(text) => {
                let text = literal(text);
                ("xpath", format!("//*[normalize-space(.)={text}][not(*[normalize-space(.)={text}])]"))
            }
        }
    }
}

impl fmt::Display for By {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Css(selector) => write!(out, "{selector}"),
            Self::Role { role, name } => write!(out, "{role} “{name}”"),
            Self::Text(text) => write!(out, "the text “{text}”"),
        }
    }
}

/// Elements with this role of their own (HTML Accessibility API Mappings) or by attribute.
fn candidates(role: &str) -> String {
    let native = match role {
        "button" => "button,summary,input[type=button],input[type=submit]",
        "checkbox" => "input[type=checkbox]",
        "combobox" => "select,input[list]",
        "dialog" => "dialog",
        "heading" => "h1,h2,h3,h4,h5,h6",
        "img" | "image" => "img,svg",
        "link" => "a[href]",
        "list" => "ul,ol",
        "listitem" => "li",
        "main" => "main",
        "navigation" => "nav",
        "radio" => "input[type=radio]",
        "region" => "section",
        "row" => "tr",
        "switch" => "input[type=checkbox]",
        "table" => "table",
        "textbox" | "searchbox" => "input:not([type=checkbox]):not([type=radio]),textarea,[contenteditable]",
        _ => "",
    };
    let by_attribute = format!("[role=\"{role}\"]");
    if native.is_empty() { by_attribute } else { format!("{native},{by_attribute}") }
}

/// XPath has no escape inside a string: a text with both quotes is joined from pieces.
fn literal(text: &str) -> String {
    if !text.contains('"') {
        return format!("\"{text}\"");
    }
    let pieces: Vec<String> = text.split('"').map(|piece| format!("\"{piece}\"")).collect();
    format!("concat({})", pieces.join(",'\"',"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_with_quotes_becomes_one_xpath_string() {
        assert_eq!(literal("don't"), "\"don't\"");
        assert_eq!(literal("say \"go\""), "concat(\"say \",'\"',\"go\",'\"',\"\")");
    }

    #[test]
    fn a_role_is_looked_for_in_its_native_elements_and_by_attribute() {
        assert_eq!(candidates("tab"), "[role=\"tab\"]");
        assert_eq!(candidates("link"), "a[href],[role=\"link\"]");
    }
}
