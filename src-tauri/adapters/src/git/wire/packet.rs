//! Lines with their length before them: four hexadecimal digits that count themselves.
//! <https://git-scm.com/docs/gitprotocol-common>, "pkt-line Format".

/// The end of a part.
pub(super) const FLUSH: &[u8] = b"0000";

/// Takes the first line off; `Some(None)` is the end of a part. `None`: no whole line is there.
pub(super) fn take<'a>(bytes: &mut &'a [u8]) -> Option<Option<&'a [u8]>> {
    let length = length(bytes.get(..4)?)?;
    if length == 0 {
        *bytes = &bytes[4..];
        return Some(None);
    }
    let line = bytes.get(4..length)?;
    *bytes = &bytes[length..];
    Some(Some(line))
}

/// The lines up to the end of the part, which has to be there.
pub(super) fn part<'a>(bytes: &mut &'a [u8]) -> Option<Vec<&'a [u8]>> {
    let mut lines = Vec::new();
    while let Some(line) = take(bytes)? {
        lines.push(line);
    }
    Some(lines)
}

/// Puts a line behind what is there; it is shorter than the longest that git takes (65 516 bytes), or left out.
pub(super) fn put(bytes: &mut Vec<u8>, line: &str) {
    let length = line.len() + 4;
    if length <= 65_520 {
        bytes.extend_from_slice(format!("{length:04x}{line}").as_bytes());
    }
}

/// What the four digits say. One to three are marks of another version of the protocol.
pub(super) fn length(digits: &[u8]) -> Option<usize> {
    let length = usize::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok()?;
    (length == 0 || length >= 4).then_some(length)
}

#[cfg(test)]
mod tests {
    use super::{FLUSH, part, put, take};

    #[test]
    fn lines_are_read_as_they_were_written() {
        let mut bytes = Vec::new();
        put(&mut bytes, "one\n");
        put(&mut bytes, "two");
        bytes.extend_from_slice(FLUSH);
        assert_eq!(bytes, b"0008one\n0007two0000");
        assert_eq!(part(&mut bytes.as_slice()), Some(vec![b"one\n".as_slice(), b"two"]));
    }

    #[test]
    fn what_breaks_off_or_is_no_length_is_nothing() {
        for broken in [b"".as_slice(), b"00", b"0008on", b"0001", b"zzzz", b"0008one\n"] {
            assert_eq!(part(&mut &broken[..]), None, "{broken:?}");
        }
        assert_eq!(take(&mut b"0003x".as_slice()), None);
    }
}
