#!/bin/sh
# Installs Deno into .tools/ of this checkout, and nowhere else: from npm, or by Deno's own
# installer where there is no npm. Any number of these may run at once: each works in a folder of
# its own, and the last step, a rename, leaves one whole file whoever comes last.
#
#   scripts/install_deno.sh
#
#   --help                show this
set -eu

case ${1-} in
  '') ;;
  -h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" && exit ;;
  *) echo "${0##*/}: \"$1\" is no option; allowed: --help says" >&2 && exit 2 ;;
esac

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
version=$(cat "$root/.dvmrc")
target="$root/.tools/deno-$version"
mkdir -p "$target"
work=$(mktemp -d "$root/.tools/installing.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

fail() {
  echo "Deno $version could not be installed: $1" >&2
  echo "You can install it yourself (https://docs.deno.com/runtime/getting_started/installation/)" >&2
  echo "and run this again: a Deno on PATH from $version up to, not with, 3.0 is used as it is." >&2
  exit 1
}

# The package's own start-up script runs on Node; the program itself lies in a package per platform.
from_npm() {
  npm install --prefix "$work" --ignore-scripts --no-audit --no-fund --loglevel=error \
    "deno@$version" >&2 || return 1
  for program in "$work"/node_modules/@deno/*/deno; do
    chmod +x "$program" 2>/dev/null || continue
    if "$program" --version >/dev/null 2>&1; then
      mv -f "$program" "$target/deno"
      return
    fi
  done
  echo "npm has no Deno that runs on $(uname -sm)" >&2
  return 1
}

# CI=1 keeps the installer from asking to change the shell's start-up files.
from_installer() {
  command -v unzip >/dev/null || command -v 7z >/dev/null ||
    fail "without npm, Deno's installer is used, and that needs unzip or 7z"
  curl -fsSL https://deno.land/install.sh -o "$work/install.sh" || return 1
  CI=1 DENO_INSTALL="$work" sh "$work/install.sh" "v$version" >&2 || return 1
  "$work/bin/deno" --version >/dev/null 2>&1 || return 1
  mv -f "$work/bin/deno" "$target/deno"
}

if command -v npm >/dev/null; then
  echo "Installing Deno $version into .tools/ from npm (about 45 MB, once) ..." >&2
  from_npm || fail "npm install deno@$version failed (see above)"
elif command -v curl >/dev/null; then
  echo "Installing Deno $version into .tools/ by its own installer (about 45 MB, once) ..." >&2
  from_installer || fail "Deno's installer failed (see above)"
else
  fail "neither npm nor curl is on PATH; one of them is needed"
fi
echo "Deno $version is in .tools/deno-$version/" >&2
