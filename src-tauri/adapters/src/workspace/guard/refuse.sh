# Refuses to deploy while ENVIRONMENT is held, and where that cannot be read. Any POSIX shell with git, od and awk.
set -eu
refuse() { echo "Refused: $1"; exit 1; }
[ -n "${ENVIRONMENT:-}" ] || refuse 'ENVIRONMENT is empty.'
[ -n "${REMOTE:-}" ] || refuse 'REMOTE is empty.'

# The environment's name as Lastgood spells it in a ref.
name=$(printf '%s' "$ENVIRONMENT" | LC_ALL=C od -An -v -tx1 | LC_ALL=C awk '
  function plain(h) { return (h >= "30" && h <= "39") || (h >= "61" && h <= "7a") || h == "2d" || h == "5f" }
  function byte(h) { return sprintf("%c", 16 * (index(x, substr(h, 1, 1)) - 1) + index(x, substr(h, 2, 1)) - 1) }
  BEGIN { x = "0123456789abcdef" }
  { for (i = 1; i <= NF; i++) b[++n] = $i "" }
  END {
    for (i = 1; i <= n; i++) {
      dot = b[i] == "2e" && i > 1 && i < n && plain(b[i - 1]) && plain(b[i + 1])
      if (n - i == 4 && b[i + 1] b[i + 2] b[i + 3] b[i + 4] == "6c6f636b") dot = 0
      printf "%s", (plain(b[i]) || dot) ? byte(b[i]) : "%" b[i]
    }
  }')
[ -n "$name" ] && [ "${#name}" -le 200 ] || refuse "the name of $ENVIRONMENT is too long to look for."
hold="refs/lastgood/hold/$name"

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
git init --quiet . || refuse 'git does not work here.'
if [ -n "${TOKEN:-}" ]; then
  basic=$(printf 'x-access-token:%s' "$TOKEN" | base64 | tr -d '\n')
  export GIT_CONFIG_COUNT=1 GIT_CONFIG_KEY_0=http.extraHeader GIT_CONFIG_VALUE_0="Authorization: Basic $basic"
fi
export GIT_TERMINAL_PROMPT=0

listed=$(git ls-remote --quiet "$REMOTE" "$hold") || refuse "whether $ENVIRONMENT is held cannot be read."
if [ -z "$listed" ]; then echo "$ENVIRONMENT is not held."; exit 0; fi
git fetch --quiet --depth=1 "$REMOTE" "$hold" || refuse "$ENVIRONMENT is held; by whom cannot be read."
text=$(git log -1 --format=%B FETCH_HEAD) || refuse "$ENVIRONMENT is held; by whom cannot be read."
line() { printf '%s\n' "$text" | sed -n "s/^$1: //p" | head -n 1; }

# The rollback that holds the environment may deploy to it.
if [ -n "${ROLLBACK:-}" ] && [ "$(line Rollback)" = "$ROLLBACK" ]; then
  echo "$ENVIRONMENT is held for this very rollback."
  exit 0
fi
until=$(line Expires-seconds)
case "$until" in
  '' | *[!0-9]*) refuse "$ENVIRONMENT is held; until when cannot be read." ;;
esac
if [ "$(date +%s)" -ge "$until" ]; then echo "The hold of $ENVIRONMENT has expired."; exit 0; fi
refuse "$ENVIRONMENT is held by $(line Owner) until $(line Expires): $(line Reason)"
