# syntax=docker/dockerfile:1
# The images of Asya, one target each: gateway, sidecar, runtime, operator, actors. All are made from
# one build, and scripts/build-images.sh makes them all.
#
# The last stage of each is small: a base with the C library, Deno, and bundles. It runs as user
# 65532 and writes nothing outside /tmp. An entry point grants what any settings may need; charts
# and operator start the same program with exactly what theirs need.

ARG DENO_VERSION=2.9.6
ARG BASE=gcr.io/distroless/cc-debian12:nonroot

FROM denoland/deno:bin-${DENO_VERSION} AS deno

# Bundles are the same on every platform, so they are made on the one that builds.
FROM --platform=${BUILDPLATFORM:-linux/amd64} denoland/deno:debian-${DENO_VERSION} AS builder
WORKDIR /src
COPY . .
# Packages are kept from one build to the next, so that a changed line fetches none again.
RUN --mount=type=cache,target=/deno-dir deno ci && deno task build

# Deno looks through a file that it has not seen, which makes the operator's start longer and holds 40
# MB: what it found is kept for the path that the bundle has in its image, where nothing is written.
# A program that ends by itself leaves the files beside it that a reader needs who may not write.
RUN mkdir -p /opt/asya && cp -r dist/operator /opt/asya/ && export DENO_DIR=/opt/asya/operator/seen && \
    deno cache --quiet /opt/asya/operator/main.js && for run in 1 2; do \
    deno run --no-prompt --ignore-env "--allow-env=ASYA_*" /opt/asya/operator/main.js --help; done

FROM ${BASE} AS base
COPY --from=deno /deno /usr/local/bin/deno
ENV DENO_DIR=/tmp/deno \
    DENO_NO_UPDATE_CHECK=1 \
    NO_COLOR=1
USER 65532:65532
# Behind what is large and seldom changes: every build has another revision.
ARG VERSION=0.1.0
ARG REVISION=unknown
LABEL org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}"

FROM base AS gateway
LABEL org.opencontainers.image.title="asya-gateway"
COPY --from=builder /src/dist/gateway /opt/asya/gateway
ENV ASYA_GATEWAY_HOST=0.0.0.0
EXPOSE 8080
ENTRYPOINT ["deno", "run", "--no-prompt", "--ignore-env", "--v8-flags=--heap-growing-percent=50", "--allow-env=ASYA_*", "--allow-net", "--allow-read=/etc/asya,/tmp", "--allow-write=/tmp", "/opt/asya/gateway/main.js"]

# Its socket, and the certificates that it trusts, may be in any folder.
FROM base AS sidecar
LABEL org.opencontainers.image.title="asya-sidecar"
COPY --from=builder /src/dist/sidecar /opt/asya/sidecar
EXPOSE 8080
ENTRYPOINT ["deno", "run", "--no-prompt", "--ignore-env", "--v8-flags=--max-semi-space-size=8,--heap-growing-percent=50", "--allow-env=ASYA_*", "--allow-net", "--allow-read", "--allow-write", "/opt/asya/sidecar/main.js"]

# Holds the runtime for pods whose own image has no Deno; behind its entry point stand the
# permissions of a handler.
FROM base AS runtime
LABEL org.opencontainers.image.title="asya-runtime"
COPY --from=builder /src/dist/runtime /opt/asya/runtime
WORKDIR /app
ENTRYPOINT ["deno", "run", "--no-prompt", "--ignore-env", "--allow-env=ASYA_*", "--allow-read", "--allow-write", "--allow-run=deno,cat", "/opt/asya/runtime/main.js"]

FROM base AS operator
LABEL org.opencontainers.image.title="asya-operator"
COPY --from=builder /opt/asya/operator /opt/asya/operator
ENV DENO_DIR=/opt/asya/operator/seen
# What it puts into ConfigMaps for pods whose image has Deno.
COPY --from=builder /src/dist/runtime /opt/asya/runtime
EXPOSE 8080
ENTRYPOINT ["deno", "run", "--no-prompt", "--ignore-env", "--v8-flags=--max-semi-space-size=4,--heap-growing-percent=30", "--allow-env=ASYA_*,HOSTNAME,KUBECONFIG,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT", "--allow-net", "--allow-read=/opt/asya,/etc/asya,/var/run/secrets,/tmp", "/opt/asya/operator/main.js"]

# The handlers of happy-end, error-end and joins. The operator brings the runtime that hosts them.
FROM base AS actors
LABEL org.opencontainers.image.title="asya-actors"
COPY --from=builder /src/dist/actors /src/actors/permissions.json /opt/asya/actors/
WORKDIR /opt/asya/actors
