#!/bin/sh
# Builds the images of Asya: asya-gateway, asya-sidecar, asya-runtime, asya-operator, asya-actors.
#
#   scripts/build-images.sh [OPTION…] [NAME…]
#
#   --tag TAG             the images' tag (the version of this checkout)
#   --registry REGISTRY   what stands before their names, such as registry.example.com/asya
#   --platform LIST       platforms, such as linux/amd64,linux/arm64 (this machine's); more than one
#                         needs --push with docker
#   --push                push them
#   --engine ENGINE       docker or podman (the one that answers, docker first)
#   --dry-run             print the commands instead
#   --help                show this
#
# NAME is gateway, sidecar, runtime, operator or actors; without any, all of them are built. The
# base of all can be another one, with a C library: BASE=gcr.io/distroless/cc-debian12:nonroot.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

all="gateway sidecar runtime operator actors"
tag=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$root/mesh/deno.json")
registry='' platform='' push='' engine='' run='' names=''

value() {
  [ -n "${2:-}" ] || fail "$1 needs a value" 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --tag) value "$@" && tag=$2 && shift ;;
    --registry) value "$@" && registry=${2%/}/ && shift ;;
    --platform) value "$@" && platform=$2 && shift ;;
    --engine) value "$@" && engine=$2 && shift ;;
    --push) push=yes ;;
    --dry-run) run="echo" ;;
    -h | --help) show_help && exit ;;
    gateway | sidecar | runtime | operator | actors) names="$names $1" ;;
    *) fail "\"$1\" is no option and no image; allowed: --help says" 2 ;;
  esac
  shift
done
case $engine in
  '' | docker | podman) ;;
  *) fail "--engine is \"$engine\"; allowed: docker, podman" 2 ;;
esac

# An engine that is installed but does not answer builds nothing.
answers() {
  command -v "$1" >/dev/null && "$1" info >/dev/null 2>&1
}

if [ -z "$run" ]; then
  for one in ${engine:-docker podman}; do
    if answers "$one"; then found=$one && break; fi
  done
  engine=${found:-$(fail "no container engine answers (tried ${engine:-docker, podman}); start one")}
fi
engine=${engine:-docker}
case $engine/$platform/$push in
  docker/*,*/) fail "docker keeps images of several platforms nowhere; add --push, or name one" 2 ;;
esac

# Attestations make of one image an index of several, which Kind and minikube fail to load.
[ -n "$push" ] || export BUILDX_NO_DEFAULT_ATTESTATIONS=1
revision=$(git -C "$root" rev-parse --short HEAD 2>/dev/null || echo unknown)
for name in ${names:-$all}; do
  image=${registry}asya-$name:$tag
  set -- --target "$name" --build-arg "VERSION=$tag" --build-arg "REVISION=$revision"
  [ -z "${BASE:-}" ] || set -- "$@" --build-arg "BASE=$BASE"
  [ -z "$platform" ] || set -- "$@" --platform "$platform"
  case $engine/$platform in
    podman/*,*)
      $run podman build "$@" --manifest "$image" "$root"
      [ -z "$push" ] || $run podman manifest push --all "$image"
      ;;
    docker/*,*) $run docker buildx build "$@" --tag "$image" --push "$root" ;;
    *)
      $run "$engine" build "$@" --tag "$image" "$root"
      [ -z "$push" ] || $run "$engine" push "$image"
      ;;
  esac
  [ -n "$run" ] || echo "built $image"
done
