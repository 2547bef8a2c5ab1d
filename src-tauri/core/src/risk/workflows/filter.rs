//! GitHub's filter patterns for branches and tags: `*` stays before a slash, `**` does not, `?` and `+` count the
//! character before them, `[…]` is one of several, and a leading `!` takes back what came before.
//!
//! Source: "Workflow syntax for GitHub Actions", "Filter pattern cheat sheet".

use regex::Regex;

/// The pattern that takes this name in the end; `None` where none does. Later ones count more.
pub(super) fn taking<'a>(patterns: &'a [String], name: &str) -> Option<&'a str> {
    let mut taking = None;
    for pattern in patterns {
        match pattern.strip_prefix('!') {
            Some(not) if fits(not, name) => taking = None,
            None if fits(pattern, name) => taking = Some(pattern.as_str()),
            Some(_) | None => {}
        }
    }
    taking
}

fn fits(pattern: &str, name: &str) -> bool {
    expression(pattern).is_some_and(|expression| expression.is_match(name))
}

/// `None` where it is no pattern.
fn expression(pattern: &str) -> Option<Regex> {
    let mut built = String::from(r"\A");
    let mut rest = pattern.chars().peekable();
    while let Some(next) = rest.next() {
        match next {
            '*' if rest.next_if_eq(&'*').is_some() => built.push_str("(?s:.*)"),
            '*' => built.push_str("[^/]*"),
            '?' | '+' => built.push(next),
            '[' => {
                let set: String = rest.by_ref().take_while(|c| *c != ']').collect();
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                if set.is_empty() || !set.chars().all(plain) {
                    return None;
                }
                built.extend(["[", &set, "]"]);
            }
            '\\' => built.push_str(&regex::escape(&rest.next()?.to_string())),
            plain => built.push_str(&regex::escape(&plain.to_string())),
        }
    }
    built.push_str(r"\z");
    Regex::new(&built).ok()
}
