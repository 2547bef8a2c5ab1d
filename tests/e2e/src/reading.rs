//! What stands in a picture of the screen, as a machine reads it.

use std::path::Path;
use std::process::Stdio;

use lastgood_desk::{Failure, require};

use crate::Desk;

/// As many letters in a row are no accident.
const PART: usize = 8;

impl Desk {
    /// Takes a picture of the whole screen and reads it.
    pub fn read_screen(&self, name: &str) -> Result<String, Failure> {
        let file = self.picture(name)?;
        // Letters of a screen are small for a reader of scanned pages.
        let large = file.with_extension("large.png");
        let enlarge = ["-resize", "200%", "-colorspace", "Gray"];
        self.run("convert", "imagemagick", &[&[path(&file)?], &enlarge[..], &[path(&large)?]].concat())?;
        let read = ["stdout", "--psm", "11", "-l", "eng"];
        let text = self.run("tesseract", "tesseract-ocr", &[&[path(&large)?], &read[..]].concat());
        // Nobody looks at the large one, and it may be gone.
        drop(std::fs::remove_file(&large));
        text
    }

    fn run(&self, program: &str, package: &str, arguments: &[&str]) -> Result<String, Failure> {
        let mut command = self.command(&require(program, package)?);
        let answer = command.args(arguments).stdin(Stdio::null()).env("OMP_THREAD_LIMIT", "1").output();
        let answer = answer.map_err(|error| Failure::new(format!("{program} did not start: {error}")))?;
        if answer.status.success() {
            return Ok(String::from_utf8_lossy(&answer.stdout).into_owned());
        }
        Err(Failure::new(format!("{program}: {}", String::from_utf8_lossy(&answer.stderr))))
    }
}

/// Whether a part of this text was read. Letters that look alike are taken for one.
pub fn reads_part_of(read: &str, text: &str) -> bool {
    let (read, text) = (seen(read), seen(text));
    text.windows(PART).any(|part| read.windows(PART).any(|window| window == part))
}

fn seen(text: &str) -> Vec<char> {
    let alike = |letter: char| match letter.to_ascii_lowercase() {
        'o' | 'q' => '0',
        'l' | 'i' | '|' | '!' | ']' | '[' | 't' | 'f' => '1',
        's' | '$' => '5',
        'z' => '2',
        'b' | '&' => '8',
        'g' => '9',
        other => other,
    };
    text.chars().filter(|letter| letter.is_alphanumeric() || "|![]$&".contains(*letter)).map(alike).collect()
}

fn path(file: &Path) -> Result<&str, Failure> {
    file.to_str().ok_or_else(|| Failure::new("the folder of pictures has a name that is no text"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_recognised_through_letters_that_look_alike() {
        let token = "rehearsal_3523499e80edc2b532f8270b89afdc9e";
        assert!(reads_part_of("Token: 8Oedc2b532f827Ob", token));
        assert!(!reads_part_of("Signed in as platform-lead, 5000 calls left", token));
        assert!(!reads_part_of("3523499", token), "too short to tell");
    }
}
