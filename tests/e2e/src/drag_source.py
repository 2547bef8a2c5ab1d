"""A window that gives away the address in its first argument to whoever drags it out."""
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

window = Gtk.Window(title="Drag from here", decorated=False)
window.set_default_size(120, 80)
window.set_keep_above(True)
window.move(0, 0)
handle = Gtk.EventBox()
handle.add(Gtk.Label(label="folder"))
window.add(handle)
target = Gtk.TargetEntry.new("text/uri-list", 0, 0)
handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, [target], Gdk.DragAction.COPY)
handle.connect("drag-data-get", lambda _w, _c, data, _i, _t: data.set_uris([sys.argv[1]]))
handle.connect("drag-end", lambda _w, _c: Gtk.main_quit())
window.show_all()
Gtk.main()
