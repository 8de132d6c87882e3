#!/bin/sh
# Checks the mesh that deploy.sh brings into a cluster: calls by MCP and REST, streams, routes,
# joins, retries, dead letters, and actors that come from zero.
#
#   examples/deployment-minikube/scripts/test-e2e.sh [OPTION…]
#
#   --context CONTEXT     the cluster, as kubectl knows it (minikube)
#   --url URL             the gateway, where it is reached already; else it is forwarded to a port
#   --no-scaling          leave out what needs KEDA and several minutes
#   --help                show this
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=${here%/examples/*}
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

context=minikube url='' scaling=yes port=18080
while [ $# -gt 0 ]; do
  case $1 in
    --context) context=${2:?"--context needs a value"} && shift ;;
    --url) url=${2:?"--url needs a value"} && shift ;;
    --no-scaling) scaling='' ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done
need kubectl https://kubernetes.io/docs/tasks/tools/

if [ -z "$url" ]; then
  kubectl --context "$context" --namespace asya port-forward service/asya-gateway "$port:8080" \
    >/dev/null &
  forwarding=$!
  trap 'kill "$forwarding" 2>/dev/null || true' EXIT
  url=http://localhost:$port
fi

[ -z "$scaling" ] || set -- "$context" asya
"$root/scripts/deno" run --no-prompt --allow-net --allow-env --allow-read --allow-run=kubectl \
  "$root/tests/e2e/main.ts" "$url" "$@"
