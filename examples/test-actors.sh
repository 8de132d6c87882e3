#!/bin/sh
# Applies each AsyncActor of examples/asyas to a cluster, waits until the operator has made what
# belongs to it, and takes it away again.
#
#   examples/test-actors.sh [OPTION…] [FILE…]
#
#   --context CONTEXT     the cluster, as kubectl knows it (its current one)
#   --namespace NAME      where to; made where it is missing (asya-examples)
#   --ready               wait until each is ready, for which its images and its broker have to be
#                         there; else only for its objects
#   --timeout DURATION    how long one may take (120s)
#   --help                show this
#
# The operator has to be there. Without FILE, all actors of examples/asyas are applied.
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=${here%/examples}
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

context='' namespace=asya-examples timeout=120s files=''
until='--for=jsonpath={.status.workloadRef.name}'
while [ $# -gt 0 ]; do
  case $1 in
    --context) context=${2:?"--context needs a value"} && shift ;;
    --namespace) namespace=${2:?"--namespace needs a value"} && shift ;;
    --ready) until=--for=condition=Ready ;;
    --timeout) timeout=${2:?"--timeout needs a value"} && shift ;;
    -h | --help) show_help && exit ;;
    -*) fail "\"$1\" is no option; allowed: --help says" 2 ;;
    *) files="$files $1" ;;
  esac
  shift
done
need kubectl https://kubernetes.io/docs/tasks/tools/

kube() {
  kubectl ${context:+--context "$context"} --namespace "$namespace" "$@"
}
kube get customresourcedefinition asyncactors.asya.io >/dev/null ||
  fail "the cluster does not know AsyncActors; kubectl apply -f operator/config/crd/"
kube create namespace "$namespace" --dry-run=client --output yaml | kube apply -f -
kube get secret asya-rabbitmq >/dev/null 2>&1 ||
  kube create secret generic asya-rabbitmq --from-literal=password=guest
kube apply -f "$here/asyas/handlers.yaml"

for file in ${files:-"$here"/asyas/*-actor.yaml}; do
  actor=$(kube apply -f "$file" --output name)
  kube wait "$until" --timeout="$timeout" "$actor" || {
    kube describe "$actor"
    fail "$actor is not as it should be (above: what the operator says of it)"
  }
  kube get "$actor"
  kube delete --wait --timeout="$timeout" "$actor"
done
kube delete -f "$here/asyas/handlers.yaml"
echo "all actors were made, and are gone again"
