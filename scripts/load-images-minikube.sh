#!/bin/sh
# Brings the images of Asya, as scripts/build-images.sh makes them, into minikube.
#
#   scripts/load-images-minikube.sh [OPTION…]
#
#   --build               build them first
#   --tag TAG             the images' tag (the version of this checkout)
#   --profile PROFILE     the cluster of minikube (minikube)
#   --help                show this
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

tag=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$root/mesh/deno.json")
profile=minikube build=''
while [ $# -gt 0 ]; do
  case $1 in
    --build) build=yes ;;
    --tag) tag=${2:?"--tag needs a value"} && shift ;;
    --profile) profile=${2:?"--profile needs a value"} && shift ;;
    -h | --help) show_help && exit ;;
    *) fail "\"$1\" is no option; allowed: --help says" 2 ;;
  esac
  shift
done
need minikube https://minikube.sigs.k8s.io/docs/start/
minikube status --profile "$profile" >/dev/null ||
  fail "minikube's cluster $profile does not run; start it: minikube start --profile $profile"

[ -z "$build" ] || "$root/scripts/build-images.sh" --tag "$tag"
for name in gateway sidecar runtime operator actors; do
  echo "loading asya-$name:$tag"
  minikube image load --profile "$profile" "asya-$name:$tag"
done
