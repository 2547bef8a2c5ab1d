//! The run's title, which is how GitHub tells one dispatched run from another: it shows the input that takes a rollback's id.
//! A title of its own also tells the version, which GitHub shows nowhere else. In a run without either GitHub chooses the
//! title, as before.

use lastgood_core::ports::forge::titles;
use serde_yaml_ng::Value;

use super::{indent, is_said};

const KEY: &str = "run-name";

/// Adds the title where there is none, and the key at the end of one that is there.
pub(super) fn put(
    lines: &mut Vec<String>,
    after: &mut Value,
    version: Option<&str>,
    input: &str,
) -> Result<(), String> {
    let shown = show(input);
    let whole = match after.get(KEY) {
        None => version.map(show).into_iter().chain([shown.clone()]).collect::<Vec<_>>().join(" "),
        Some(Value::String(title)) if titles(title, input) => return Ok(()),
        Some(Value::String(title)) => format!("{title} {shown}"),
        Some(_) => return Err(by_hand(&shown)),
    };
    match lines.iter().position(|line| is_title(line)) {
        Some(at) => {
            let line = lines.get_mut(at).ok_or_else(|| by_hand(&shown))?;
            *line = longer(line, &shown).ok_or_else(|| by_hand(&shown))?;
        }
        None if after.get(KEY).is_some() => return Err(by_hand(&shown)),
        None => {
            let at = place(lines).ok_or_else(|| by_hand(&shown))?;
            lines.insert(at, format!("{KEY}: {whole}"));
        }
    }
    if let Some(file) = after.as_mapping_mut() {
        file.insert(Value::from(KEY), Value::from(whole));
    }
    Ok(())
}

fn show(input: &str) -> String {
    format!("${{{{ inputs.{input} }}}}")
}

/// Behind the workflow's name, else before whatever is said first.
fn place(lines: &[String]) -> Option<usize> {
    let top = |line: &&String| is_said(line) && !line.starts_with([' ', '-', '{', '%']);
    let name = lines.iter().position(|line| line.starts_with("name:"));
    // A name of several lines goes on below it.
    let behind = name.map(|name| name + 1).filter(|next| lines.get(*next).is_none_or(|_| indent(lines, *next) == 0));
    behind.or_else(|| lines.iter().position(|line| top(&line)))
}

fn is_title(line: &str) -> bool {
    line.split_once(':').is_some_and(|(name, _)| name.trim_end().trim_matches(['"', '\'']) == KEY)
        && !line.starts_with(' ')
}

/// The same line with more at the end of its value, before a closing quote and a comment. `None` where the value goes on in
/// other lines.
fn longer(line: &str, more: &str) -> Option<String> {
    let (key, value) = line.split_once(':')?;
    let said = value.trim_start();
    let start = line.len() - said.len();
    let end = match said.chars().next()? {
        quote @ ('"' | '\'') => start + said.rfind(quote).filter(|end| *end > 0)?,
        '|' | '>' | '&' | '*' | '#' => return None,
        _ => start + said.split(" #").next()?.trim_end().len(),
    };
    (key.len() < end)
        .then(|| format!("{} {more}{}", line.get(..end).unwrap_or(line), line.get(end..).unwrap_or_default()))
}

fn by_hand(shown: &str) -> String {
    format!("The title of its runs cannot be changed by a program: add `{shown}` to `{KEY}` by hand.")
}
