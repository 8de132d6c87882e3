#!/bin/sh
# Runs the tests that cross components: on this machine alone, or with a real API server too.
#
#   scripts/test-integration.sh [OPTION…] [PROGRAM]
#
#   --kubeconfig FILE     a cluster for the operator's tests, in namespaces of their own
#   --assets FOLDER       a folder with kube-apiserver and etcd, which the tests start themselves
#   --help                show this
#
# PROGRAM chooses the tests of one: sidecar, runtime, gateway, mesh, operator, … Without --kubeconfig
# and --assets, the operator's tests bring an API server of their own.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

program=''
while [ $# -gt 0 ]; do
  case $1 in
    --kubeconfig)
      KUBECONFIG=$(readlink -f -- "${2:?"--kubeconfig needs a value"}") && shift
      [ -f "$KUBECONFIG" ] || fail "there is no file $KUBECONFIG" 2
      export KUBECONFIG
      ;;
    --assets)
      KUBEBUILDER_ASSETS=$(readlink -f -- "${2:?"--assets needs a value"}") && shift
      [ -x "$KUBEBUILDER_ASSETS/kube-apiserver" ] ||
        fail "there is no kube-apiserver in $KUBEBUILDER_ASSETS" 2
      export KUBEBUILDER_ASSETS
      ;;
    -h | --help) show_help && exit ;;
    -*) fail "\"$1\" is no option; allowed: --help says" 2 ;;
    *) program=$1 ;;
  esac
  shift
done
exec "$root/scripts/deno" task --quiet test "integration${program:+-$program}"
