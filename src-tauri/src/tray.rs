//! The mark in the tray: how much is unread, when people hear more, and a short menu. A desktop without a tray goes without.

mod badge;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};

use tauri::image::Image;
use tauri::menu::{Menu, MenuItem};
use tauri::tray::{TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{App, AppHandle, Manager, Theme, Wry};

use crate::controller::Host;
use badge::Picture;

const OPEN: &str = "open";
const INBOX: &str = "inbox";
const QUIT: &str = "quit";

/// The mark with the line of its menu that changes.
struct Tray {
    icon: TrayIcon<Wry>,
    inbox: MenuItem<Wry>,
    /// The count that its picture shows.
    drawn: AtomicUsize,
}

/// Puts the mark there, where the desktop has a tray. Without one nothing is lost: the title and the inbox have it all.
pub(crate) fn begin(app: &App) {
    if !is_there() {
        tracing::info!("no tray: the library for it is not installed");
        return;
    }
    // The library is looked up while it is used, and what it does without a session bus is its own.
    match catch_unwind(AssertUnwindSafe(|| make(app))) {
        Ok(Ok(tray)) => drop(app.manage(tray)),
        Ok(Err(error)) => tracing::info!("no tray: {error}"),
        Err(_) => tracing::info!("no tray: its library gave up"),
    }
}

/// What the mark says now.
pub(crate) fn show(app: &AppHandle, unread: usize, title: &str, due: Option<&str>) {
    let Some(tray) = app.try_state::<Tray>() else { return };
    let count = (unread > 0).then(|| unread.to_string());
    let inbox = if unread == 0 { "Inbox".to_owned() } else { format!("Inbox ({unread} new)") };
    let line = due.map_or(inbox.clone(), |due| format!("{inbox} · {due}"));
    if tray.drawn.swap(unread, Ordering::Relaxed) != unread {
        drop(tray.icon.set_icon(Some(counted(mark(app), unread))));
    }
    // Each is a courtesy of the desktop's that it may not know.
    drop(tray.icon.set_title(count));
    drop(tray.icon.set_tooltip(Some(title)));
    drop(tray.inbox.set_text(line));
}

fn make(app: &App) -> tauri::Result<Tray> {
    let open = MenuItem::with_id(app, OPEN, "Open Lastgood", true, None::<&str>)?;
    let inbox = MenuItem::with_id(app, INBOX, "Inbox", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, QUIT, "Quit", true, None::<&str>)?;
    let menu = Menu::with_items(app, &[&open, &inbox, &quit])?;
    let icon = TrayIconBuilder::with_id("lastgood")
        .icon(mark(app.handle()))
        .tooltip("Lastgood")
        .menu(&menu)
        .show_menu_on_left_click(cfg!(target_os = "linux"))
        .on_menu_event(|app, event| match event.id().as_ref() {
            QUIT => app.exit(0),
            INBOX => app.state::<Host>().show_inbox(),
            _ => app.state::<Host>().show_window(),
        })
        .on_tray_icon_event(|tray, event| {
            if let TrayIconEvent::DoubleClick { .. } = event {
                tray.app_handle().state::<Host>().show_window();
            }
        })
        .build(app)?;
    Ok(Tray { icon, inbox, drawn: AtomicUsize::new(0) })
}

/// Not every tray shows what stands beside a mark; the picture is shown by all.
fn counted(mark: Image<'static>, unread: usize) -> Image<'static> {
    let picture = Picture { pixels: mark.rgba().to_vec(), width: mark.width(), height: mark.height() };
    let Picture { pixels, width, height } = badge::with_count(picture, unread);
    Image::new_owned(pixels, width, height)
}

fn mark(app: &AppHandle) -> Image<'static> {
    let theme = app.get_webview_window("main").and_then(|window| window.theme().ok());
    match theme {
        Some(Theme::Light) => tauri::include_image!("icons/tray-on-light.png"),
        Some(_) | None => tauri::include_image!("icons/tray-on-dark.png"),
    }
}

/// On Linux a tray needs a library that is loaded when it is first used, and whose absence would end the program.
fn is_there() -> bool {
    if !cfg!(target_os = "linux") {
        return true;
    }
    const NAMES: [&str; 2] = ["libayatana-appindicator3.so.1", "libappindicator3.so.1"];
    let cache = std::fs::read("/etc/ld.so.cache").unwrap_or_default();
    let listed = |name: &str| cache.windows(name.len()).any(|part| part == name.as_bytes());
    let folders = std::env::var("LD_LIBRARY_PATH").unwrap_or_default();
    let beside =
        |name: &str| folders.split(':').any(|folder| !folder.is_empty() && Path::new(folder).join(name).exists());
    NAMES.iter().any(|name| listed(name) || beside(name))
}
