//! How long a key takes to a painted frame in the real window: in an empty post-mortem, and in one of 200 KB.
//!
//! Prints for each the median and the 95th percentile, in milliseconds, on a line of its own.
#![expect(clippy::print_stdout, reason = "what is measured is the answer to whoever started it")]

#[cfg(target_os = "linux")]
fn main() -> Result<(), lastgood_e2e::Failure> {
    measured::measure()
}

#[cfg(not(target_os = "linux"))]
fn main() {
    println!("Only WebKitGTK, on Linux, has a WebDriver for this window.");
}

#[cfg(target_os = "linux")]
mod measured {
    use std::path::Path;
    use std::time::Duration;

    use lastgood_e2e::{By, Desk, Failure, Look, Rehearsal, Window, keys};
    use serde_json::Value;

    const LARGE: usize = 200_000;
    /// So many in each round, at the pace of a person; some of them come while a save is on its way.
    const KEYS: usize = 100;
    /// The first one warms both up and does not count.
    const ROUNDS: usize = 3;
    const COMES_WITHIN: Duration = Duration::from_secs(60);

    pub(super) fn measure() -> Result<(), Failure> {
        let mut desk = Desk::start(Look::Light)?;
        let rehearsal = Rehearsal::start(&mut desk, 10)?;
        let folder = rehearsal.clone_folder();
        terminal(&desk, &folder, &["postmortem", "new", "--title", "Empty"])?;
        let large = terminal(&desk, &folder, &["postmortem", "new", "--title", "Large"])?;
        let file = desk.home().join("large.md");
        std::fs::write(&file, text()).map_err(|error| Failure::new(error.to_string()))?;
        let id = large["id"].as_str().unwrap_or_default();
        terminal(&desk, &folder, &["postmortem", "write", id, "--from", &file.to_string_lossy()])?;
        let window = desk.open(&[&folder.to_string_lossy()])?;
        let mut times = [Vec::new(), Vec::new()];
        for round in 0..ROUNDS {
            for (title, times) in ["Empty", "Large"].into_iter().zip(&mut times) {
                open(&window, title)?;
                let typed = typed(&window)?;
                times.extend(if round == 0 { Vec::new() } else { typed });
            }
        }
        for times in &mut times {
            times.sort_by(f64::total_cmp);
            println!("{:.2} {:.2}", times[times.len() / 2], times[times.len() * 95 / 100]);
        }
        Ok(())
    }

    /// As long ones are: prose, a table, a log.
    fn text() -> String {
        let mut text = "---\ntitle: Large\n---\n\n# Large\n\n## Summary\n\n".to_owned();
        for paragraph in 0.. {
            if text.len() > LARGE {
                break;
            }
            text.push_str(&format!(
                "The **{paragraph}.** thing that happened was found by `probe` and [told](https://example.invalid).\n\n\
                 | Time | What |\n| --- | --- |\n| 10:00 | looked |\n\n```\nERROR plugin ran out of fuel\n```\n\n"
            ));
        }
        text + "## Impact\n\n"
    }

    fn open(window: &Window, title: &str) -> Result<(), Failure> {
        window.click(&By::role("button", "Post-mortems"))?;
        let line = format!(
            "const one = [...document.querySelectorAll('[data-testid=postmortem-line]')]
               .find((one) => one.textContent.includes('{title}'));
             one?.click(); return one !== undefined"
        );
        window.wait_until(title, COMES_WITHIN, |window| Ok(window.execute(&line, &[])? == true))?;
        let focus = "const root = document.querySelector('[data-testid=paper]')?.shadowRoot;
            root?.querySelector('.cm-content')?.focus(); return root?.activeElement !== null && root !== undefined";
        window.wait_until("the editor", COMES_WITHIN, |window| Ok(window.execute(focus, &[])? == true))?;
        window.press(&[keys::CONTROL, keys::END])
    }

    /// From each key, as the web view had it, to the frame behind it.
    fn typed(window: &Window) -> Result<Vec<f64>, Failure> {
        let listen = "window.times = [];
            window.timed ??= (window.addEventListener('keydown', (event) => requestAnimationFrame(() => {
              const painted = new MessageChannel();
              painted.port1.onmessage = () => window.times.push(performance.now() - event.timeStamp);
              painted.port2.postMessage(null);
            }), true), true)";
        window.execute(listen, &[])?;
        for (number, letter) in "the quick brown fox ".chars().cycle().take(KEYS).enumerate() {
            window.press(&[letter])?;
            // A person's next key comes after they saw this one.
            let painted = format!("return window.times.length > {number}");
            window
                .wait_until("the frame of a key", COMES_WITHIN, |window| Ok(window.execute(&painted, &[])? == true))?;
        }
        let times = window.execute("return window.times", &[])?;
        Ok(times.as_array().into_iter().flatten().filter_map(Value::as_f64).collect())
    }

    fn terminal(desk: &Desk, folder: &Path, words: &[&str]) -> Result<Value, Failure> {
        let output = desk.terminal()?.current_dir(folder).args(words).arg("--json").output();
        let output = output.map_err(|error| Failure::new(error.to_string()))?;
        let told = String::from_utf8_lossy(&output.stdout).into_owned();
        if !output.status.success() {
            return Err(Failure::new(format!("{words:?}: {told}{}", String::from_utf8_lossy(&output.stderr))));
        }
        Ok(serde_json::from_str(told.lines().last().unwrap_or_default()).unwrap_or_default())
    }
}
