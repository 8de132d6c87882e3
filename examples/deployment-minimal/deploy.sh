#!/bin/sh
# Brings the least that works into a cluster, into the namespace asya.
#
#   examples/deployment-minimal/deploy.sh [OPTION…]
#
#   --context CONTEXT     the cluster, as kubectl knows it (its current one)
#   --tag TAG             the tag of Asya's images (the version of this checkout)
#   --help                show this
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)
root=${here%/examples/*}
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

tag='' context=''
while [ $# -gt 0 ]; do
  case $1 in
    --context) context=${2:?"--context needs a value"} && shift ;;
    --tag) tag=${2:?"--tag needs a value"} && shift ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done
need kubectl https://kubernetes.io/docs/tasks/tools/
need helm https://helm.sh/docs/intro/install/

kube() {
  kubectl ${context:+--context "$context"} --namespace asya "$@"
}
chart() {
  helm upgrade --install "$1" "$root/deploy/helm-charts/$1" --namespace asya \
    --values "$here/$2" ${tag:+--set-string image.tag="$tag"} ${context:+--kube-context "$context"}
}
need_cluster "$context"

kube apply --server-side -f "$root/operator/config/crd/"
kube create namespace asya --dry-run=client --output yaml | kube apply -f -
# A password is made once: RabbitMQ keeps the one that it began with.
kube get secret asya-rabbitmq >/dev/null 2>&1 ||
  kube create secret generic asya-rabbitmq \
    --from-literal=password="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
kube apply -f "$here/rabbitmq.yaml"
chart asya-operator values-operator.yaml
chart asya-actors values-actors.yaml
chart asya-gateway values-gateway.yaml
kube apply -f "$here/hello.yaml"
kube wait --for=condition=Available deployment/asya-operator deployment/asya-gateway --timeout=300s
kube wait --for=condition=Ready asyncactors --all --timeout=300s
kube get asyncactors
