#!/bin/sh
# Tries every example: the tests beside the handlers, the demo of each mesh on this machine, and each
# mesh written for a cluster.
#
#   examples/run-all-tests.sh [OPTION…]
#
#   --cluster             also apply the AsyncActors of examples/asyas to kubectl's cluster
#   --help                show this
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=${here%/examples}
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

cluster=''
while [ $# -gt 0 ]; do
  case $1 in
    --cluster) cluster=yes ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done

"$root/scripts/deno" task --quiet test unit-examples
written=$(mktemp -d)
trap 'rm -rf "$written"' EXIT
for mesh in "$here"/*/mesh.yaml; do
  name=${mesh%/mesh.yaml} && name=${name##*/}
  echo "== $name"
  "$root/scripts/asya" demo "$mesh" >/dev/null
  "$root/scripts/asya" export "$mesh" --out "$written/$name" >/dev/null
done
[ -z "$cluster" ] || "$here/test-actors.sh"
echo "every example works"
