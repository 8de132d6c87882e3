#!/bin/sh
# Brings Prometheus and its promtool into .tools/ of this checkout, and nowhere else: fetches Debian's
# package and unpacks it. Nothing is installed, nobody has to be root, and apt's own lists and locks
# are not touched. Any number of these may run at once: each works in a folder of its own, and the
# last step, a rename, leaves a whole folder whoever comes last.
#
#   scripts/install_prometheus.sh
#
#   --help                show this
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

case ${1-} in
  '') ;;
  -h | --help) show_help && exit ;;
  *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
esac

missing() {
  echo "Prometheus could not be fetched: $1" >&2
  echo "You can install it yourself (Debian, Ubuntu: prometheus), or name the folder that has" >&2
  echo "prometheus and promtool in ASYA_TEST_PROMETHEUS." >&2
  exit 1
}

for program in apt-get dpkg-deb; do
  command -v "$program" >/dev/null || missing "$program is not on PATH"
done
folder=$root/.tools/prometheus
mkdir -p "$root/.tools"
work=$(mktemp -d "$root/.tools/installing.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work/lists/partial" "$work/archives/partial"

apt() {
  apt-get -qq -o "Dir::State::Lists=$work/lists" -o "Dir::Cache=$work" -o Debug::NoLocking=1 \
    -o APT::Sandbox::User= "$@" >&2
}

echo "Fetching Prometheus into .tools/ from Debian (19 MB, once) ..." >&2
apt update || missing "apt-get update failed (see above)"
(cd "$work" && apt download prometheus) || missing "apt-get download failed (see above)"
for package in "$work"/prometheus_*.deb; do
  dpkg-deb -x "$package" "$work/unpacked"
done
"$work/unpacked/usr/bin/promtool" --version >/dev/null 2>&1 || missing "it does not run here"

# Another run may have been faster; one is as good as the other.
mv -T "$work/unpacked/usr/bin" "$folder" 2>/dev/null || [ -x "$folder/promtool" ]
echo "prometheus and promtool are in .tools/prometheus/" >&2
