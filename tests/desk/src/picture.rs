use std::path::Path;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::{Display, Failure, require};

/// An empty window, or one with a spinner, has fewer colours in the middle of the screen than this.
const PAINTED_COLOURS: u32 = 24;
/// Time a painted window may go on changing, as a fade or a clock does, before the picture is taken anyway.
const SETTLES: Duration = Duration::from_secs(5);
const BETWEEN_PICTURES: Duration = Duration::from_millis(400);

/// Waits until the middle of the screen shows a painted window that has come to rest, and leaves its picture in `file`.
///
/// `alive` is asked before each picture; its sentence ends the waiting.
pub fn wait_until_painted(
    display: &Display,
    file: &Path,
    limit: Duration,
    mut alive: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let start = Instant::now();
    let mut painted: Option<Instant> = None;
    let mut before = String::new();
    loop {
        alive()?;
        display.picture(file)?;
        let middle = look_at_middle(file)?;
        if middle.colours >= PAINTED_COLOURS {
            let since = *painted.get_or_insert_with(Instant::now);
            if middle.signature == before || since.elapsed() >= SETTLES {
                return Ok(());
            }
        }
        before = middle.signature;
        if start.elapsed() >= limit {
            return Err(Failure::new(format!(
                "the window was not painted within {} s; the last picture is {}",
                limit.as_secs(),
                file.display()
            )));
        }
        thread::sleep(BETWEEN_PICTURES);
    }
}

/// Writes a picture of the whole screen of `display`.
pub(crate) fn take(display: &str, file: &Path) -> Result<(), Failure> {
    let import = require("import", "imagemagick")?;
    let done = Command::new(import)
        .args(["-silent", "-window", "root"])
        .arg(file)
        .env("DISPLAY", display)
        .stdin(Stdio::null())
        .status();
    match done {
        Ok(status) if status.success() => Ok(()),
        Ok(status) => Err(Failure::new(format!("import of display {display}: {status}"))),
        Err(error) => Err(Failure::new(format!("import did not start: {error}"))),
    }
}

struct Middle {
    colours: u32,
    signature: String,
}

/// All but the edges of the screen: inside the window and outside its title bar, wherever that is placed.
fn look_at_middle(file: &Path) -> Result<Middle, Failure> {
    let answer = Command::new(require("identify", "imagemagick")?)
        .args(["-format", "%k %#"])
        .arg(format!("{}[1200x700+120+100]", file.display()))
        .stdin(Stdio::null())
        .output()
        .map_err(|error| Failure::new(format!("identify did not start: {error}")))?;
    let text = String::from_utf8_lossy(&answer.stdout).into_owned();
    let unreadable = || Failure::new(format!("identify could not read {}", file.display()));
    let (colours, signature) = text.trim().split_once(' ').ok_or_else(unreadable)?;
    Ok(Middle { colours: colours.parse().map_err(|_| unreadable())?, signature: signature.to_owned() })
}
