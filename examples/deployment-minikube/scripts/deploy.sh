#!/bin/sh
# Brings a whole mesh into a cluster, into the namespace asya: RabbitMQ, KEDA, Prometheus, Grafana,
# the operator, the gateway with PostgreSQL, and the actors of tests/e2e/mesh.yaml.
#
#   examples/deployment-minikube/scripts/deploy.sh [OPTION…]
#
#   --context CONTEXT     the cluster, as kubectl knows it (minikube)
#   --tag TAG             the tag of Asya's images (the version of this checkout)
#   --skip-images         the images are in the cluster already; else they are built and loaded
#   --skip-keda           KEDA is in the cluster already; else its release is applied
#   --node-ports          serve the gateway on port 30080 of each node, and Grafana on 30300
#   --timeout DURATION    how long all actors may take to be ready (600s)
#   --help                show this
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
root=${here%/examples/*}
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

keda=https://github.com/kedacore/keda/releases/download/v2.20.0/keda-2.20.0.yaml
tag=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$root/mesh/deno.json")
context=minikube images=yes ports='' timeout=600s
while [ $# -gt 0 ]; do
  case $1 in
    --context) context=${2:?"--context needs a value"} && shift ;;
    --tag) tag=${2:?"--tag needs a value"} && shift ;;
    --skip-images) images='' ;;
    --skip-keda) keda='' ;;
    --timeout) timeout=${2:?"--timeout needs a value"} && shift ;;
    --node-ports) ports=yes ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done
need kubectl https://kubernetes.io/docs/tasks/tools/
need helm https://helm.sh/docs/intro/install/

kube() {
  kubectl --context "$context" "$@"
}
# chart NAME [OPTION…]: the chart of that name, with the values of this folder.
chart() {
  name=$1 && shift
  helm upgrade --install "$name" "$root/deploy/helm-charts/$name" --kube-context "$context" \
    --namespace asya --set-string image.tag="$tag" "$@" --values "$here/values-${name#asya-}.yaml"
}
# secret NAME KEY: made once, and never written over.
secret() {
  kube --namespace asya get secret "$1" >/dev/null 2>&1 ||
    kube --namespace asya create secret generic "$1" \
      --from-literal="$2"="$(od -An -N16 -tx1 /dev/urandom | tr -d ' \n')"
}
need_cluster "$context"

if [ -n "$images" ]; then
  need docker https://docs.docker.com/engine/install/
  "$root/scripts/load-images-minikube.sh" --build --tag "$tag" --profile "$context"
  BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build --tag "asya-e2e:$tag" "$root/tests/e2e"
  minikube image load --profile "$context" "asya-e2e:$tag"
fi

kube create namespace asya --dry-run=client --output yaml | kube apply -f -
secret asya-rabbitmq password
secret asya-internal-token token
kube apply --server-side -f "$root/operator/config/crd/"
if [ -n "$keda" ]; then
  kube apply --server-side -f "$keda"
  kube --namespace keda wait --for=condition=Available deployment --all --timeout=300s
fi
kube --namespace asya apply -f "$root/examples/deployment-minimal/rabbitmq.yaml"
kube apply -k "$here"

mesh=$(mktemp -d)
trap 'rm -rf "$mesh"' EXIT
"$root/scripts/asya" export "$root/tests/e2e/mesh.yaml" --out "$mesh" --namespace asya \
  --image "asya-e2e:$tag" --actors-image "asya-actors:$tag" --transport amqp://asya@rabbitmq:5672
token=internalToken.existingSecret=asya-internal-token
chart asya-operator --set "$token"
chart asya-actors --set "$token" --values "$mesh/values-actors.yaml"
kube apply -k "$mesh"
chart asya-gateway --set "$token" --values "$mesh/values-gateway.yaml" \
  ${ports:+--set service.type=NodePort --set service.nodePort=30080}
if [ -n "$ports" ]; then
  kube --namespace asya patch service grafana \
    --patch '{"spec": {"type": "NodePort", "ports": [{"port": 3000, "nodePort": 30300}]}}'
fi
kube --namespace asya wait --for=condition=Available deployment/asya-operator \
  deployment/asya-gateway --timeout=300s
kube --namespace asya wait --for=condition=Ready asyncactors --all --timeout="$timeout"
kube --namespace asya get asyncactors
