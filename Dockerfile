# syntax=docker/dockerfile:1
# The images of Asya, two targets for each program:
#
#   gateway, sidecar, runtime, operator, actors
#       one executable each, which `deno compile` makes: its permissions, and the handlers that it
#       hosts, are in it, and nobody can give it more
#   gateway-deno, sidecar-deno, runtime-deno, operator-deno, actors-deno
#       bundles and the Deno that runs them: whoever starts one may give it less than its entry point
#       does, as operator and charts do; runtime-deno loads handlers at its start
#
# scripts/build-images.sh makes them all; docs/images.md says how they are run. Each is a base with
# the C library and what is copied here. It runs as user 65532 and writes to /tmp and to volumes:
# its own files may be read-only.

ARG DENO_VERSION=2.9.6
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

FROM denoland/deno:bin-${DENO_VERSION} AS deno

# The handler in the target runtime: --build-context handlers=FOLDER puts a folder in its place.
FROM scratch AS handlers
COPY examples/hello/hello.ts /

# Bundles are the same on every platform, so they are made on the one that builds.
FROM --platform=${BUILDPLATFORM:-linux/amd64} denoland/deno:debian-${DENO_VERSION} AS builder
WORKDIR /src
COPY . .
# Packages are kept from one build to the next, so that a changed line fetches none again.
RUN --mount=type=cache,target=/deno-dir deno ci && deno task build

# Deno looks through a file that it has not seen, which makes the operator's start longer and holds 40
# MB: what it found is kept for the path that the bundle has in its image, where nothing is written.
# A program that ends by itself leaves the files beside it that a reader needs who may not write.
RUN mkdir -p /empty /opt/asya && cp -r dist/operator /opt/asya/ && export DENO_DIR=/opt/asya/operator/seen && \
    deno cache --quiet /opt/asya/operator/main.js && for run in 1 2; do \
    deno run --no-prompt --ignore-env "--allow-env=ASYA_*" /opt/asya/operator/main.js --help; done

# Executables are made for other platforms than the one that builds, too. Whether they export traces
# and metrics is decided here; bundles are told at their start.
FROM builder AS compiler
ARG TARGETARCH
ARG OTEL_DENO=false
ARG HANDLER=hello.ts
ARG HANDLER_PERMISSIONS=
COPY --from=handlers / /handlers/
RUN --mount=type=cache,target=/deno-dir deno task compile "--arch=${TARGETARCH}" \
    "--handler=/handlers/${HANDLER}" "--handler-permissions=${HANDLER_PERMISSIONS}"

FROM ${BASE} AS base
ARG BASE
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG CREATED=1970-01-01T00:00:00Z
ARG SOURCE=unknown
LABEL org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.vendor="Asya" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.created="${CREATED}" \
      org.opencontainers.image.source="${SOURCE}" \
      org.opencontainers.image.base.name="${BASE}"
# A new volume belongs to whom the folder in its place belongs to.
COPY --from=builder --chown=65532:65532 /empty /var/lib/asya
COPY --from=builder --chown=65532:65532 /empty /tmp/sockets
ENV NO_COLOR=1 \
    DENO_DIR=/tmp/deno \
    DENO_NO_UPDATE_CHECK=1
USER 65532:65532

# What both images of a program have in common stands before them.

FROM base AS gateway-base
LABEL org.opencontainers.image.title="asya-gateway" \
      org.opencontainers.image.description="Takes calls over MCP and REST, keeps jobs, shows their progress"
ENV ASYA_GATEWAY_HOST=0.0.0.0
EXPOSE 8080

FROM gateway-base AS gateway
COPY --from=builder /src/dist/gateway/sbom.cdx.json /src/dist/gateway/THIRD_PARTY_NOTICES.txt /src/dist/gateway/LICENSE /opt/asya/gateway/
COPY --from=compiler /src/dist/compiled/asya-gateway /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/asya-gateway"]

FROM gateway-base AS gateway-deno
COPY --from=deno /deno /usr/local/bin/
COPY --from=builder /src/dist/gateway /opt/asya/gateway
ENTRYPOINT ["deno", "run", "--no-prompt", "--ignore-env", "--v8-flags=--heap-growing-percent=50", "--allow-env=ASYA_*", "--allow-net", "--allow-read=/etc/asya,/run,/tmp,/var", "--allow-write=/run,/tmp,/var", "/opt/asya/gateway/main.js"]

# An actor's socket may be in any folder.
FROM base AS sidecar-base
LABEL org.opencontainers.image.title="asya-sidecar" \
      org.opencontainers.image.description="Carries messages between a queue and the handler beside it"
EXPOSE 8080

FROM sidecar-base AS sidecar
COPY --from=builder /src/dist/sidecar/sbom.cdx.json /src/dist/sidecar/THIRD_PARTY_NOTICES.txt /src/dist/sidecar/LICENSE /opt/asya/sidecar/
COPY --from=compiler /src/dist/compiled/asya-sidecar /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/asya-sidecar"]

FROM sidecar-base AS sidecar-deno
COPY --from=deno /deno /usr/local/bin/
COPY --from=builder /src/dist/sidecar /opt/asya/sidecar
ENTRYPOINT ["deno", "run", "--no-prompt", "--ignore-env", "--v8-flags=--max-semi-space-size=8,--heap-growing-percent=50", "--allow-env=ASYA_*", "--allow-net", "--allow-read=/", "--allow-write=/", "/opt/asya/sidecar/main.js"]

FROM base AS runtime-base
LABEL org.opencontainers.image.title="asya-runtime" \
      org.opencontainers.image.description="Hosts a handler on a Unix socket, in a process of its own"

# Hosts the one handler that was compiled in, on the one socket that it may open.
FROM runtime-base AS runtime
COPY --from=builder /src/dist/runtime/sbom.cdx.json /src/dist/runtime/THIRD_PARTY_NOTICES.txt /src/dist/runtime/LICENSE /opt/asya/runtime/
COPY --from=compiler /src/dist/compiled/asya-runtime /usr/local/bin/
ENV ASYA_HANDLER=./handler.js \
    ASYA_SOCKET_PATH=/tmp/sockets/app.sock
ENTRYPOINT ["/usr/local/bin/asya-runtime"]

# Loads handlers at its start, from /app or from elsewhere; behind its entry point stand the
# permissions of a handler. It also brings the runtime into pods whose own image has no Deno.
FROM runtime-base AS runtime-deno
COPY --from=deno /deno /usr/local/bin/
COPY --from=builder /src/dist/runtime /opt/asya/runtime
WORKDIR /app
ENTRYPOINT ["deno", "run", "--no-prompt", "--ignore-env", "--allow-env=ASYA_*", "--allow-read=/", "--allow-write=/", "--allow-run=deno,cat", "/opt/asya/runtime/main.js"]

FROM base AS operator-base
LABEL org.opencontainers.image.title="asya-operator" \
      org.opencontainers.image.description="Turns AsyncActor resources into running, autoscaled actors"
# What it puts into ConfigMaps for pods whose image has Deno.
COPY --from=builder /src/dist/runtime /opt/asya/runtime
EXPOSE 8080

FROM operator-base AS operator
COPY --from=builder /src/dist/operator/sbom.cdx.json /src/dist/operator/THIRD_PARTY_NOTICES.txt /src/dist/operator/LICENSE /opt/asya/operator/
COPY --from=compiler /src/dist/compiled/asya-operator /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/asya-operator"]

FROM operator-base AS operator-deno
COPY --from=deno /deno /usr/local/bin/
COPY --from=builder /opt/asya/operator /opt/asya/operator
ENV DENO_DIR=/opt/asya/operator/seen
ENTRYPOINT ["deno", "run", "--no-prompt", "--ignore-env", "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=30", "--allow-env=ASYA_*,HOSTNAME,KUBECONFIG,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT", "--allow-net", "--allow-read=/etc/asya,/opt/asya/runtime,/run,/tmp,/var", "/opt/asya/operator/main.js"]

FROM base AS actors-base
LABEL org.opencontainers.image.title="asya-actors" \
      org.opencontainers.image.description="The handlers happy-end, error-end and join, which every mesh has"

# ASYA_HANDLER says which: ./happy_end.js#HappyEnd.handle, ./error_end.js#ErrorEnd.handle or
# ./join.js#Join.handle.
FROM actors-base AS actors
COPY --from=builder /src/dist/actors/sbom.cdx.json /src/dist/actors/THIRD_PARTY_NOTICES.txt /src/dist/actors/LICENSE /opt/asya/actors/
COPY --from=compiler /src/dist/compiled/asya-actors /usr/local/bin/
ENTRYPOINT ["/usr/local/bin/asya-actors"]

# Its handlers are hosted by the runtime that the operator brings.
FROM actors-base AS actors-deno
COPY --from=deno /deno /usr/local/bin/
COPY --from=builder /src/dist/actors /src/actors/permissions.json /opt/asya/actors/
WORKDIR /opt/asya/actors
