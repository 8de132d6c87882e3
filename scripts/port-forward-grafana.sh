#!/bin/sh
# Shows Grafana of a cluster on this machine, until Ctrl-C.
#
#   scripts/port-forward-grafana.sh [OPTION…]
#
#   --namespace NAME      where Grafana is (asya)
#   --port PORT           the port on this machine (3000)
#   --context CONTEXT     the cluster, as kubectl knows it (its current one)
#   --help                show this
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

namespace=asya port=3000 context=''
while [ $# -gt 0 ]; do
  case $1 in
    --namespace) namespace=${2:?"--namespace needs a value"} && shift ;;
    --port) port=${2:?"--port needs a value"} && shift ;;
    --context) context=${2:?"--context needs a value"} && shift ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done
need kubectl https://kubernetes.io/docs/tasks/tools/
set -- --namespace "$namespace"
[ -z "$context" ] || set -- "$@" --context "$context"
kubectl get service grafana "$@" >/dev/null ||
  fail "there is no service grafana in namespace $namespace; --namespace names another"

echo "Grafana: http://localhost:$port"
exec kubectl port-forward service/grafana "$port:3000" "$@"
