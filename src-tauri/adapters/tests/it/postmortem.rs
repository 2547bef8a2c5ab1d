//! HTML and PDF, made from hostile documents and read back; a branch, pushed and read back by git.

mod branch;
mod clocks;

use std::io::Write;
use std::process::{Command, Stdio};

use lastgood_adapters::postmortem::html::html;
use lastgood_adapters::postmortem::pdf::pdf;
use lastgood_core::postmortem::drawing::{Anchor, Drawing, Mark, Tone};
use lastgood_core::postmortem::export::Written;

#[test]
fn scripts_frames_and_remote_pictures_do_nothing_in_the_html() {
    let text = "---\ntitle: x\n---\n# T\n\n<script>alert(1)</script>\n<iframe src=\"https://evil.example\"></iframe>\n\n\
                <img src=x onerror=alert(2)> <b>bold</b> [x](javascript:alert(3)) <svg onload=alert(4)></svg>\n\n```\n<script>kept()</script>\n```\n";
    let page = html(&written(text), "p", "T <script>");
    for word in ["<script", "<iframe", "onerror", "onload", "javascript:", "title: x"] {
        assert!(!page.contains(word), "{word} in {page}");
    }
    assert!(page.contains("<b>bold</b>") && page.contains("&lt;script&gt;kept()&lt;/script&gt;"), "{page}");
    assert!(page.contains("default-src 'none'"));
}

#[test]
fn two_megabytes_of_logs_and_of_what_would_do_harm_are_whole_and_harmless_in_the_html() {
    let log = "ERROR <b>plugin</b> ran out of fuel \u{202e}desrever\u{202c} 🔥\r\n".repeat(40_000);
    let text = format!(
        "# قف الآن 🚒\r\n\r\n</main></body><script>alert(1)</script>\r\n<iframe src=\"https://evil.example\"></iframe>\r\n\r\n\
         <img src=x onerror=alert(2)> <style>* {{ display: none }}</style> [x](javascript:alert(3))\r\n\r\n\
         ```\r\n{log}```\r\n\r\nשלום עולם, afterwards\r\n"
    );
    assert!(text.len() > 2_000_000);
    let page = html(&written(&text), "p", "قف الآن");
    for word in ["<script", "<iframe", "onerror", "javascript:", "display: none"] {
        assert!(!page.contains(word), "{word} is in the page");
    }
    assert_eq!((page.matches("</main>").count(), page.matches("</body>").count()), (1, 1));
    assert_eq!(
        page.matches("ERROR &lt;b&gt;plugin&lt;/b&gt; ran out of fuel \u{202e}desrever\u{202c} 🔥").count(),
        40_000
    );
    assert!(page.contains("<h1>قف الآن 🚒</h1>") && page.contains("שלום עולם, afterwards"));
}

#[test]
fn pictures_stand_in_the_html_itself_and_nothing_can_pose_as_one() {
    let page = html(&written("![What ran](p/rollback.svg)\n\nlastgoodpicture0x\n"), "p", "T");
    assert_eq!(page.matches("<svg ").count(), 1);
    assert!(page.contains("<p>lastgoodpicture0x</p>") && page.contains("Restored &amp; well"), "{page}");
    assert!(!page.contains("<img"));
}

#[test]
fn the_pdfs_text_is_read_back_whole_in_every_script_and_over_pages() {
    let rows: String = (0..120).map(|row| format!("| 10:00:{row:03} | row number {row} |\n")).collect();
    let text = format!(
        "# Checkout failed\n\n![What ran](p/rollback.svg)\n\nSome **bold** and `code` and [a link](https://example.com).\n\n\
         - one\n- two\n  1. inner\n\n<script>alert(1)</script>\n\n| Time | What |\n| --- | --- |\n{rows}\n```\n  indented | log\n```\n\nΕλληνικά ффф end\n"
    );
    let bytes = pdf(&written(&text), "p", "Checkout failed").unwrap();
    keep("tables.pdf", &bytes);
    let read = read_back(&bytes);
    let in_line =
        read.lines().map(|line| line.split_whitespace().collect::<Vec<_>>().join(" ")).collect::<Vec<_>>().join("\n");
    for words in [
        "Checkout failed",
        "Some bold and code and a link",
        "• one",
        "1. inner",
        "<script>alert(1)</script>",
        "Ελληνικά ффф end",
        "Restored & well",
    ] {
        assert!(in_line.contains(words), "{words} in {read}");
    }
    for row in 0..120 {
        assert_eq!(read.matches(&format!("row number {row}\n")).count(), 1, "row {row}");
    }
    let pages: usize = read.matches('\u{c}').count();
    assert!(pages > 2 && read.contains(&format!("{pages} of {pages}")), "{pages}");
    assert_eq!(read.matches("Time").count(), read.matches("What\n").count(), "each page has the table's head");
}

#[test]
fn a_cell_longer_than_a_page_and_a_huge_log_are_set_all_the_same() {
    let cell = "word ".repeat(6_000);
    let log = "ERROR plugin ran out of fuel \u{1f525}\n".repeat(70_000);
    let text = format!("# T\n\n| a | b |\n| - | - |\n| {cell} | end of row |\n\n```\n{log}```\n\nafterwards\n");
    let read = read_back(&pdf(&written(&text), "p", "T").unwrap());
    assert_eq!(read.matches("word").count(), 6_000);
    assert!(read.contains("68000 more lines are in the Markdown") && read.contains("afterwards"));
}

#[test]
fn right_to_left_text_and_emoji_are_set_and_read_back() {
    let text =
        "# قف الآن\n\n| متى | ماذا |\n| --- | --- |\n| 10:00 | שלום עולם |\n\nfire 🔥 and crew 🚒 and a1 עברית b2\n";
    let read = read_back(&pdf(&written(text), "p", "قف الآن").unwrap());
    let letters: String = read.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
    for letter in "שלוםע".chars().chain("قف".chars()) {
        assert!(letters.contains(letter), "{letter} in {read}");
    }
    for words in ["fire", "crew", "a1", "b2", "10:00"] {
        assert!(read.contains(words), "{words} in {read}");
    }
}

#[test]
fn no_page_is_empty_and_nothing_stands_outside_of_a_page() {
    let rows: String = (0..160).map(|row| format!("| 10:00:{row:03} | {} |\n", "a long cell ".repeat(12))).collect();
    let log = "ERROR plugin ran out of fuel\n".repeat(400);
    let text = format!(
        "# T\n\n![What ran](p/rollback.svg)\n\n| Time | What |\n| --- | --- |\n{rows}\n```\n{log}```\n\n{}\n\n{}\n",
        "unbroken".repeat(80),
        "| a | b | c | d | e | f |\n| - | - | - | - | - | - |\n| 1 | 2 | 3 | 4 | 5 | supercalifragilistic |"
    );
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("pages.pdf");
    std::fs::write(&file, pdf(&written(&text), "p", "T").unwrap()).unwrap();
    let shown = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).current_dir(folder.path()).output();
        let output = output.unwrap_or_else(|error| panic!("the tests need {program} (poppler-utils): {error}"));
        assert!(output.status.success(), "{program}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    shown("pdftoppm", &["-gray", "-r", "24", "pages.pdf", "page"]);
    let mut pages = 0;
    for entry in std::fs::read_dir(folder.path())
        .unwrap()
        .flatten()
        .filter(|entry| entry.path().extension().is_some_and(|kind| kind == "pgm"))
    {
        pages += 1;
        let bytes = std::fs::read(entry.path()).unwrap();
        // The foot with the page's number is no content: it stands in the lower margin, a fifteenth of the page.
        let head = bytes.iter().enumerate().filter(|(_, byte)| byte.is_ascii_whitespace()).nth(3).unwrap().0 + 1;
        let dots = &bytes[head..];
        let dark = dots[..dots.len() * 14 / 15].iter().filter(|dot| **dot < 200).count();
        assert!(dark > 20, "{:?} is empty: {dark} dark dots", entry.path());
    }
    assert!(pages > 5, "{pages}");
    let boxes = shown("pdftotext", &["-bbox", "pages.pdf", "-"]);
    let number = |line: &str, name: &str| -> f64 {
        line.split_once(&format!("{name}=\"")).unwrap().1.split_once('"').unwrap().0.parse().unwrap()
    };
    let (mut width, mut height) = (0.0, 0.0);
    for line in boxes.lines() {
        if line.contains("<page ") {
            (width, height) = (number(line, "width"), number(line, "height"));
        }
        if line.contains("<word ") {
            let inside = number(line, "xMin") >= 0.0 && number(line, "xMax") <= width + 0.5;
            assert!(inside && number(line, "yMin") >= 0.0 && number(line, "yMax") <= height, "{line}");
        }
    }
}

fn written(text: &str) -> Written {
    let words = |y: f64, anchor, text: &str| Mark::Text {
        x: 380.0,
        y,
        size: 12.0,
        anchor,
        bold: false,
        tone: Tone::Text,
        text: text.to_owned(),
    };
    let drawing = Drawing {
        width: 760.0,
        height: 90.0,
        title: "What ran".to_owned(),
        description: "v2.4.0".to_owned(),
        marks: vec![
            Mark::Rect {
                x: 20.0,
                y: 30.0,
                width: 300.0,
                height: 30.0,
                radius: 6.0,
                fill: Tone::BadSoft,
                stroke: Some(Tone::Bad),
            },
            Mark::Line { from: (0.0, 80.0), to: (760.0, 80.0), tone: Tone::Rule, dashed: true },
            Mark::Dot { x: 400.0, y: 40.0, radius: 5.0, tone: Tone::Good },
            words(20.0, Anchor::Middle, "Restored & well"),
        ],
    };
    Written { markdown: text.to_owned(), pictures: vec![("rollback.svg".to_owned(), drawing)] }
}

fn read_back(bytes: &[u8]) -> String {
    read_as(bytes, "-layout")
}

/// `-raw`: cell by cell.
fn read_as(bytes: &[u8], order: &str) -> String {
    let mut command = Command::new("pdftotext");
    command.args([order, "-", "-"]).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("the tests need pdftotext");
    let mut input = child.stdin.take().unwrap();
    let bytes = bytes.to_vec();
    let feeding = std::thread::spawn(move || input.write_all(&bytes).unwrap());
    let output = child.wait_with_output().unwrap();
    feeding.join().unwrap();
    assert!(output.status.success());
    String::from_utf8(output.stdout).unwrap()
}

fn keep(name: &str, bytes: &[u8]) {
    std::fs::write(std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join(name), bytes).unwrap();
}
