#!/bin/sh
# Checks the mesh in the Kind cluster that deploy.sh makes.
#
#   tests/e2e/scripts/test-e2e.sh [OPTION…]
#
#   --name NAME           the cluster (asya-e2e)
#   --url URL             its gateway (http://localhost:8080)
#   --no-scaling          leave out what needs KEDA and several minutes
#   --help                show this
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=${here%/tests/*}
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

name=asya-e2e url=http://localhost:8080 scaling=''
while [ $# -gt 0 ]; do
  case $1 in
    --name) name=${2:?"--name needs a value"} && shift ;;
    --url) url=${2:?"--url needs a value"} && shift ;;
    --no-scaling) scaling=--no-scaling ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done
need kubectl https://kubernetes.io/docs/tasks/tools/
exec "$root/examples/deployment-minikube/scripts/test-e2e.sh" --context "kind-$name" \
  --url "$url" ${scaling:+"$scaling"}
