#!/bin/sh
# Removes the Kind cluster that deploy.sh makes, with all that is in it.
#
#   tests/e2e/scripts/cleanup.sh [OPTION…]
#
#   --name NAME           the cluster (asya-e2e)
#   --help                show this
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/../../.." && pwd)
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

name=asya-e2e
while [ $# -gt 0 ]; do
  case $1 in
    --name) name=${2:?"--name needs a value"} && shift ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done
need kind https://kind.sigs.k8s.io/docs/user/quick-start/
kind delete cluster --name "$name"
