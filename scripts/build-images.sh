#!/bin/sh
# Builds the images of Asya: asya-gateway, asya-sidecar, asya-runtime, asya-operator, asya-actors.
#
#   scripts/build-images.sh [OPTION…] [NAME…]
#
#   --variant VARIANT     deno: bundles and the Deno that runs them, as operator and charts start them
#                         (this is what is built); compiled: one executable each, with its permissions
#                         in it, tagged TAG-compiled; all: both
#   --tag TAG             the images' tag (the version of this checkout)
#   --registry REGISTRY   what stands before their names, such as registry.example.com/asya
#   --platform LIST       platforms, such as linux/amd64,linux/arm64 (this machine's); more than one
#                         needs --push with docker
#   --handlers FOLDER     where the handler is that asya-runtime:TAG-compiled hosts (examples/hello)
#   --handler FILE        that handler, from there (hello.ts)
#   --permissions FLAGS   what it may do, in one word, such as "--allow-net=api.example.com"
#   --push                push them; with docker they get a provenance and an SBOM then
#   --engine ENGINE       docker or podman (the one that answers, docker first)
#   --dry-run             print the commands instead
#   --help                show this
#
# NAME is gateway, sidecar, runtime, operator or actors; without any, all of them are built. The
# base of all can be another one, with a C library: BASE=gcr.io/distroless/cc-debian12:nonroot, with
# @sha256:… behind it for one that never changes. OTEL_DENO=true makes executables that export traces
# and metrics.
set -eu

root=$(CDPATH='' cd -- "$(dirname -- "$0")/.." && pwd)
# shellcheck source=scripts/need.sh
. "$root/scripts/need.sh"

all="gateway sidecar runtime operator actors"
tag=$(sed -n 's/^ *"version": "\(.*\)",$/\1/p' "$root/mesh/deno.json")
registry='' platform='' push='' engine='' run='' names='' variants=deno
handlers='' handler='' permissions=''

value() {
  [ -n "${2:-}" ] || fail "$1 needs a value" 2
}

while [ $# -gt 0 ]; do
  case $1 in
    --variant)
      value "$@"
      case $2 in
        deno | compiled) variants=$2 ;;
        all) variants="deno compiled" ;;
        *) fail "--variant is \"$2\"; allowed: deno, compiled, all" 2 ;;
      esac
      shift
      ;;
    --tag) value "$@" && tag=$2 && shift ;;
    --registry) value "$@" && registry=${2%/}/ && shift ;;
    --platform) value "$@" && platform=$2 && shift ;;
    --handlers) value "$@" && handlers=$2 && shift ;;
    --handler) value "$@" && handler=$2 && shift ;;
    --permissions) value "$@" && permissions=$2 && shift ;;
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

# What labels say: of a commit, not of the moment, so that the same checkout is the same image.
git_says() {
  if said=$(git -C "$root" "$@" 2>/dev/null); then echo "$said"; else echo unknown; fi
}
revision=$(git_says rev-parse HEAD)
epoch=$(git_says log -1 --format=%ct)
created=$(TZ=UTC0 git_says log -1 --format=%cd --date=format-local:%Y-%m-%dT%H:%M:%SZ)
# An address to clone from may hold a name and a password, which are nobody's to read.
source=$(git_says config --get remote.origin.url | sed -n 's|^\(https://\)\([^/]*@\)\{0,1\}|\1|p')

build() { # NAME VARIANT
  image=${registry}asya-$1:$tag
  target=$1-deno
  if [ "$2" = compiled ]; then
    image=$image-compiled
    target=$1
  fi
  set -- --target "$target" --build-arg "VERSION=$tag" --build-arg "REVISION=$revision"
  [ "$created" = unknown ] ||
    set -- "$@" --build-arg "CREATED=$created" --build-arg "SOURCE_DATE_EPOCH=$epoch"
  [ -z "$source" ] || set -- "$@" --build-arg "SOURCE=$source"
  [ -z "${BASE:-}" ] || set -- "$@" --build-arg "BASE=$BASE"
  [ -z "${OTEL_DENO:-}" ] || set -- "$@" --build-arg "OTEL_DENO=$OTEL_DENO"
  [ -z "$handlers" ] || set -- "$@" --build-context "handlers=$handlers"
  [ -z "$handler" ] || set -- "$@" --build-arg "HANDLER=$handler"
  [ -z "$permissions" ] || set -- "$@" --build-arg "HANDLER_PERMISSIONS=$permissions"
  [ -z "$platform" ] || set -- "$@" --platform "$platform"
  case $engine/$platform/$push in
    podman/*,*/*)
      $run podman build "$@" --manifest "$image" "$root"
      [ -z "$push" ] || $run podman manifest push --all "$image"
      ;;
    docker/*/yes)
      $run docker buildx build "$@" --provenance mode=max --sbom true --tag "$image" --push "$root"
      ;;
    *)
      $run "$engine" build "$@" --tag "$image" "$root"
      [ -z "$push" ] || $run "$engine" push "$image"
      ;;
  esac
  [ -n "$run" ] || echo "built $image"
}

for name in ${names:-$all}; do
  for variant in $variants; do build "$name" "$variant"; done
done
