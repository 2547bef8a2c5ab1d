//! A section in a release's notes, between marks of its own: written twice it stands there once, and what people wrote
//! around it stays.

/// The notes with this section above everything else, in place of an earlier one of the same name.
pub fn with_section(notes: &str, name: &str, section: &str) -> String {
    let (start, end) = (format!("<!-- lastgood:{name} -->"), format!("<!-- /lastgood:{name} -->"));
    let rest = match (notes.find(&start), notes.find(&end)) {
        (Some(from), Some(to)) if from < to => format!("{}{}", &notes[..from], &notes[to + end.len()..]),
        _ => notes.to_owned(),
    };
    format!("{start}\n{section}\n{end}\n\n{}", rest.trim_start())
}
