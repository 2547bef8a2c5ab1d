//! A drawing as SVG. Presentation attributes hold the colours of light ground; a style on top follows the window's
//! variables or the reader's preference. Who does not know variables reads the attributes.

use super::{Anchor, Drawing, Mark, Tone};

/// One SVG, for a file of its own or within HTML. `name` keeps the ids of two pictures on one page apart.
pub fn svg(drawing: &Drawing, name: &str) -> String {
    let (width, height) = (number(drawing.width), number(drawing.height));
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" class=\"lastgood-picture\" role=\"img\" \
         aria-labelledby=\"{name}-title {name}-about\" viewBox=\"0 0 {width} {height}\" width=\"{width}\" \
         height=\"{height}\" font-family=\"{FONTS}\">\n\
         <title id=\"{name}-title\">{}</title>\n<desc id=\"{name}-about\">{}</desc>\n<style>{}</style>\n",
        escaped(&drawing.title),
        escaped(&drawing.description),
        style(),
    );
    for mark in &drawing.marks {
        out.push_str(&written(mark));
        out.push('\n');
    }
    out.push_str("</svg>\n");
    out
}

/// Text and attribute values alike. What XML 1.0 has no character for is shown as one that says so.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            '\t' | '\n' => out.push(c),
            c if c.is_control() => out.push('\u{fffd}'),
            c => out.push(c),
        }
    }
    out
}

/// The window's, then what most machines have.
const FONTS: &str =
    "Inter Variable, Inter, system-ui, -apple-system, Segoe UI, Liberation Sans, DejaVu Sans, sans-serif";

impl Tone {
    const ALL: [Self; 13] = [
        Self::Text,
        Self::Muted,
        Self::Rule,
        Self::Ground,
        Self::Accent,
        Self::Good,
        Self::GoodSoft,
        Self::Warn,
        Self::WarnSoft,
        Self::Bad,
        Self::BadSoft,
        Self::InfoSoft,
        Self::NeutralSoft,
    ];

    fn class(self) -> &'static str {
        match self {
            Self::Text => "t",
            Self::Muted => "m",
            Self::Rule => "r",
            Self::Ground => "o",
            Self::Accent => "a",
            Self::Good => "g",
            Self::GoodSoft => "gs",
            Self::Warn => "w",
            Self::WarnSoft => "ws",
            Self::Bad => "b",
            Self::BadSoft => "bs",
            Self::InfoSoft => "is",
            Self::NeutralSoft => "ns",
        }
    }

    /// The window's variable.
    fn variable(self) -> &'static str {
        match self {
            Self::Text => "--text",
            Self::Muted => "--muted",
            Self::Rule => "--line",
            Self::Ground => "--surface",
            Self::Accent => "--accent",
            Self::Good => "--good",
            Self::GoodSoft => "--good-soft",
            Self::Warn => "--warn",
            Self::WarnSoft => "--warn-soft",
            Self::Bad => "--bad",
            Self::BadSoft => "--bad-soft",
            Self::InfoSoft => "--info-soft",
            Self::NeutralSoft => "--raised",
        }
    }

    /// On light ground, as red, green, blue.
    pub fn light(self) -> [u8; 3] {
        match self {
            Self::Text => [0x1d, 0x22, 0x2b],
            Self::Muted => [0x53, 0x5b, 0x67],
            Self::Rule => [0xdb, 0xdf, 0xe4],
            Self::Ground => [0xff, 0xff, 0xff],
            Self::Accent => [0x00, 0x79, 0x63],
            Self::Good => [0x00, 0x71, 0x43],
            Self::GoodSoft => [0xd8, 0xee, 0xe1],
            Self::Warn => [0x86, 0x55, 0x00],
            Self::WarnSoft => [0xf8, 0xe9, 0xcd],
            Self::Bad => [0xc1, 0x1f, 0x2b],
            Self::BadSoft => [0xfa, 0xe0, 0xde],
            Self::InfoSoft => [0xdd, 0xea, 0xf8],
            Self::NeutralSoft => [0xec, 0xef, 0xf2],
        }
    }

    /// On dark ground.
    fn dark(self) -> [u8; 3] {
        match self {
            Self::Text => [0xee, 0xf0, 0xf3],
            Self::Muted => [0xa7, 0xae, 0xb8],
            Self::Rule => [0x2d, 0x32, 0x39],
            Self::Ground => [0x17, 0x1a, 0x1f],
            Self::Accent => [0x53, 0xd8, 0xb3],
            Self::Good => [0x62, 0xd9, 0x99],
            Self::GoodSoft => [0x1d, 0x35, 0x2a],
            Self::Warn => [0xf6, 0xbb, 0x5a],
            Self::WarnSoft => [0x3a, 0x2f, 0x1d],
            Self::Bad => [0xff, 0x7d, 0x7b],
            Self::BadSoft => [0x3e, 0x23, 0x25],
            Self::InfoSoft => [0x1e, 0x2f, 0x42],
            Self::NeutralSoft => [0x2a, 0x2f, 0x36],
        }
    }
}

/// The picture's own variables come from the window's, so that one rule for each role serves both grounds.
fn style() -> String {
    let own = |colour: fn(Tone) -> [u8; 3]| {
        let one = |tone: &Tone| format!("--p-{}:var({},{});", tone.class(), tone.variable(), hex(colour(*tone)));
        Tone::ALL.iter().map(one).collect::<String>()
    };
    let mut css = format!(".lastgood-picture{{{}}}", own(Tone::light));
    css.push_str(&format!("@media (prefers-color-scheme:dark){{.lastgood-picture{{{}}}}}", own(Tone::dark)));
    css.push_str(&format!("@media print{{.lastgood-picture{{{}}}}}", own(Tone::light)));
    for tone in Tone::ALL {
        let class = tone.class();
        css.push_str(&format!(
            ".lastgood-picture .f-{class}{{fill:var(--p-{class})}}.lastgood-picture .s-{class}{{stroke:var(--p-{class})}}"
        ));
    }
    css
}

fn written(mark: &Mark) -> String {
    match mark {
        Mark::Rect { x, y, width, height, radius, fill, stroke } => {
            let (stroke_class, stroke) = match stroke {
                Some(tone) => (format!(" s-{}", tone.class()), format!(" stroke=\"{}\"", hex(tone.light()))),
                None => (String::new(), String::new()),
            };
            format!(
                "<rect class=\"f-{}{stroke_class}\" fill=\"{}\"{stroke} x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"{}\"/>",
                fill.class(),
                hex(fill.light()),
                number(*x),
                number(*y),
                number(*width),
                number(*height),
                number(*radius)
            )
        }
        Mark::Line { from, to, tone, dashed } => format!(
            "<line class=\"s-{}\" stroke=\"{}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"{}/>",
            tone.class(),
            hex(tone.light()),
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1),
            if *dashed { " stroke-dasharray=\"4 3\"" } else { "" }
        ),
        Mark::Dot { x, y, radius, tone } => format!(
            "<circle class=\"f-{}\" fill=\"{}\" cx=\"{}\" cy=\"{}\" r=\"{}\"/>",
            tone.class(),
            hex(tone.light()),
            number(*x),
            number(*y),
            number(*radius)
        ),
        Mark::Text { x, y, size, anchor, bold, tone, text } => format!(
            "<text class=\"f-{}\" fill=\"{}\" x=\"{}\" y=\"{}\" font-size=\"{}\" text-anchor=\"{}\"{}>{}</text>",
            tone.class(),
            hex(tone.light()),
            number(*x),
            number(*y),
            number(*size),
            anchor_name(*anchor),
            if *bold { " font-weight=\"600\"" } else { "" },
            escaped(text)
        ),
    }
}

fn anchor_name(anchor: Anchor) -> &'static str {
    match anchor {
        Anchor::Start => "start",
        Anchor::Middle => "middle",
        Anchor::End => "end",
    }
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

fn number(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}
