//! minijinja, set up so that a value can do nothing but stand where it was put.

use std::fmt;
use std::sync::{Arc, LazyLock};

use minijinja::syntax::SyntaxConfig;
use minijinja::value::{Enumerator, Object, ObjectRepr, ValueKind};
use minijinja::{AutoEscape, Environment, Error, ErrorKind, Output, State, UndefinedBehavior, Value};

use super::{NAMES, TemplateFault, Values};
use crate::message::mark;

/// Instructions one template may run: the longest shipped one needs about a thousandth.
const FUEL: u64 = 200_000;

/// Blocks in one another.
const DEPTH: usize = 40;

/// A value that is not known.
#[derive(Debug)]
pub(super) struct Gap(pub(super) &'static str);

impl Object for Gap {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Iterable
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Empty
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", mark::GAP, self.0, mark::GAP_END)
    }
}

/// A value that is known, by its name and the filters that were put on it, to be linked to again.
#[derive(Debug)]
pub(super) struct Linked(pub(super) String);

impl Object for Linked {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}{}", mark::LINK, self.0, mark::LINK_END)
    }
}

static ENGINE: LazyLock<Environment<'static>> = LazyLock::new(|| {
    let mut engine = Environment::new();
    engine.set_debug(true);
    engine.set_undefined_behavior(UndefinedBehavior::Strict);
    engine.set_fuel(Some(FUEL));
    engine.set_recursion_limit(DEPTH);
    // Each channel's renderer escapes for its channel; here everything is still text.
    engine.set_auto_escape_callback(|_| AutoEscape::None);
    // A line that holds a condition and nothing else leaves no empty line behind.
    if let Ok(syntax) = SyntaxConfig::builder().trim_blocks(true).lstrip_blocks(true).build() {
        engine.set_syntax(syntax);
    }
    engine.set_formatter(write);
    engine.add_filter("default", |value: Value, other: Option<Value>| {
        if value.is_undefined() || is_gap(&value) { other.unwrap_or_else(|| Value::from("")) } else { value }
    });
    engine.add_filter("join", |value: Value, between: Option<String>| {
        if is_gap(&value) || is_link(&value) {
            Ok(value)
        } else {
            joined(&value, between.as_deref().unwrap_or(", ")).map(Value::from)
        }
    });
    engine.add_filter("sentence", |value: Value| match value.downcast_object_ref::<Linked>() {
        Some(Linked(name)) => Value::from_object(Linked(format!("{name}|sentence"))),
        None if is_gap(&value) => value,
        None => sentence(&value.to_string()),
    });
    engine.add_test("defined", |value: Value| !value.is_undefined() && !is_gap(&value));
    engine
});

/// The template's text with marked values in it.
pub(super) fn run(name: &str, source: &str, values: &Values) -> Result<String, TemplateFault> {
    let rendered = ENGINE.template_from_named_str(name, source).and_then(|template| template.render(values.context()));
    rendered.map_err(|error| fault(name, source, &error))
}

fn write(out: &mut Output, _: &mut State, value: &Value) -> Result<(), Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let text = match value.kind() {
        _ if is_gap(value) => value.to_string(),
        ValueKind::None => return Ok(()),
        ValueKind::Seq | ValueKind::Iterable => joined(value, ", ")?,
        ValueKind::Undefined
        | ValueKind::Bool
        | ValueKind::Number
        | ValueKind::String
        | ValueKind::Bytes
        | ValueKind::Map
        | ValueKind::Plain
        | ValueKind::Invalid
        | _ => value.to_string(),
    };
    let written = if text.is_empty() { Ok(()) } else { write_marked(out, &text) };
    written.map_err(|error| Error::new(ErrorKind::WriteFailure, "the text could not be written").with_source(error))
}

fn write_marked(out: &mut Output, text: &str) -> fmt::Result {
    use fmt::Write as _;
    out.write_char(mark::VALUE)?;
    out.write_str(text)?;
    out.write_char(mark::VALUE_END)
}

fn is_link(value: &Value) -> bool {
    value.downcast_object_ref::<Linked>().is_some()
}

fn is_gap(value: &Value) -> bool {
    value.downcast_object_ref::<Gap>().is_some()
}

fn joined(value: &Value, between: &str) -> Result<String, Error> {
    let parts: Vec<String> = value.try_iter()?.map(|part| part.to_string()).collect();
    Ok(parts.join(between))
}

/// With a capital letter and a full stop, as a person would write it; an address stays as it is.
fn sentence(text: &str) -> Value {
    let text = text.trim();
    let mut chars = text.chars();
    let Some(first) = chars.next() else { return Value::from("") };
    let address = text.split_whitespace().next().is_some_and(|word| word.contains("://") || word.starts_with("www."));
    let capital: String = if address { first.to_string() } else { first.to_uppercase().collect() };
    let end = if text.ends_with(['.', '!', '?', '…', ':']) { "" } else { "." };
    Value::from(format!("{capital}{}{end}", chars.as_str()))
}

fn fault(name: &str, source: &str, error: &Error) -> TemplateFault {
    let range = error.range().filter(|range| source.get(range.clone()).is_some());
    let marked = range.clone().map_or("", |range| &source[range]);
    let (line, column) = match &range {
        Some(range) => place(source, range.start),
        None => (error.line().unwrap_or(1), 1),
    };
    let (sentence, hint) = words(error, marked);
    TemplateFault { template: name.to_owned(), line, column, length: marked.chars().count(), sentence, hint }
}

fn words(error: &Error, marked: &str) -> (String, String) {
    let known = || format!("Known are: {}.", NAMES.map(|(name, _)| name).join(", "));
    match error.kind() {
        ErrorKind::UndefinedError => {
            let what = if marked.is_empty() { "A value" } else { marked };
            let near = NAMES.iter().map(|(name, _)| *name).find(|name| is_near(name, marked));
            let hint = near.map_or_else(known, |name| format!("Did you mean {name}?"));
            (format!("{what} is no value that a template knows."), hint)
        }
        ErrorKind::OutOfFuel => ("The template runs too long.".to_owned(), "Take loops in loops out of it.".to_owned()),
        ErrorKind::NonPrimitive
        | ErrorKind::NonKey
        | ErrorKind::InvalidOperation
        | ErrorKind::SyntaxError
        | ErrorKind::TemplateNotFound
        | ErrorKind::TooManyArguments
        | ErrorKind::MissingArgument
        | ErrorKind::UnknownFilter
        | ErrorKind::UnknownTest
        | ErrorKind::UnknownFunction
        | ErrorKind::UnknownMethod
        | ErrorKind::BadEscape
        | ErrorKind::BadSerialization
        | ErrorKind::BadInclude
        | ErrorKind::EvalBlock
        | ErrorKind::CannotUnpack
        | ErrorKind::WriteFailure
        | ErrorKind::InvalidDelimiter
        | _ => {
            let detail = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
            (format!("{detail}."), "Mend it there; the shipped template of that name works.".to_owned())
        }
    }
}

/// One letter more, less, different or in its neighbour's place.
fn is_near(name: &str, typed: &str) -> bool {
    let (name, typed): (Vec<char>, Vec<char>) = (name.chars().collect(), typed.chars().collect());
    if name.len().abs_diff(typed.len()) > 1 {
        return false;
    }
    let start = name.iter().zip(&typed).take_while(|(a, b)| a == b).count();
    let end = name[start..].iter().rev().zip(typed[start..].iter().rev()).take_while(|(a, b)| a == b).count();
    name.len().max(typed.len()) - start - end <= if name.len() == typed.len() { 2 } else { 1 }
}

fn place(source: &str, offset: usize) -> (usize, usize) {
    let before = source.get(..offset).unwrap_or(source);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    (line, column)
}
