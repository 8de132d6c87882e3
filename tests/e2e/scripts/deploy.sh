#!/bin/sh
# Makes a Kind cluster with a whole mesh in it: the gateway on http://localhost:8080, Grafana on
# http://localhost:3000. In a cluster that is there already, pods keep the images that they run: after a
# change, cleanup.sh comes first.
#
#   tests/e2e/scripts/deploy.sh [OPTION…]
#
#   --name NAME           the cluster (asya-e2e)
#   --skip-build          the images are built already, with the tag e2e
#   --help                show this
set -eu

here=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
root=${here%/tests/*}
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

name=asya-e2e build=yes
while [ $# -gt 0 ]; do
  case $1 in
    --name) name=${2:?"--name needs a value"} && shift ;;
    --skip-build) build='' ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done
need kind https://kind.sigs.k8s.io/docs/user/quick-start/
need docker https://docs.docker.com/engine/install/
need kubectl https://kubernetes.io/docs/tasks/tools/
need helm https://helm.sh/docs/intro/install/

if [ -n "$build" ]; then
  "$root/scripts/build-images.sh" --tag e2e --engine docker
  BUILDX_NO_DEFAULT_ATTESTATIONS=1 docker build --tag asya-e2e:e2e "$here"
fi
kind get clusters | grep -qx "$name" || kind create cluster --name "$name" --config "$here/kind.yaml"
kind load docker-image --name "$name" asya-gateway:e2e asya-sidecar:e2e asya-runtime:e2e \
  asya-operator:e2e asya-actors:e2e asya-e2e:e2e
"$root/examples/deployment-minikube/scripts/deploy.sh" --context "kind-$name" --tag e2e \
  --skip-images --node-ports
echo "the gateway is http://localhost:8080, Grafana http://localhost:3000"
