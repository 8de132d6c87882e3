{{/* The name of everything that this release has once. */}}
{{- define "asya-operator.fullname" -}}
{{- if .Values.fullnameOverride -}}
{{- .Values.fullnameOverride | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- if contains $name .Release.Name -}}
{{- .Release.Name | trunc 52 | trimSuffix "-" -}}
{{- else -}}
{{- printf "%s-%s" .Release.Name $name | trunc 52 | trimSuffix "-" -}}
{{- end -}}
{{- end -}}
{{- end -}}

{{/* The name of what is not in a namespace: two releases of one name must not share it. */}}
{{- define "asya-operator.clusterName" -}}
{{- printf "%s-%s" .Release.Namespace (include "asya-operator.fullname" .) -}}
{{- end -}}

{{/* The Lease of a release: operators of another one are not replicas of these. */}}
{{- define "asya-operator.leaseName" -}}
{{- default (include "asya-operator.fullname" .) .Values.leaderElection.leaseName -}}
{{- end -}}

{{/* What a selector may hold: it never changes, whatever the version. */}}
{{- define "asya-operator.podLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: operator
{{- end -}}

{{- define "asya-operator.labels" -}}
{{ include "asya-operator.podLabels" . }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: asya
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{/* An image of ours. Takes name, root and, where it is the operator's own, digest. */}}
{{- define "asya-operator.image" -}}
{{- with .root.Values.image.registry -}}{{ . }}/{{- end -}}
{{ .name }}{{ with .digest }}@{{ . }}{{ else }}:{{ default .root.Chart.AppVersion .root.Values.image.tag }}{{ end }}
{{- end -}}

{{- define "asya-operator.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "asya-operator.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* What is wrong with values that each may be right. */}}
{{- define "asya-operator.check" -}}
{{- if and .Values.telemetry.enabled (not .Values.telemetry.endpoint) -}}
{{- fail "telemetry.enabled is true; set telemetry.endpoint, who takes OTLP over HTTP" -}}
{{- end -}}
{{- if and (gt (int .Values.replicaCount) 1) (not .Values.leaderElection.enabled) -}}
{{- fail "replicaCount is more than 1 and leaderElection.enabled is false; allowed: one operator, or leader election" -}}
{{- end -}}
{{- end -}}

{{/*
The command of an operator: exactly what these values make it need; a test holds it to
operator/permissions.json. It goes to any host, since the brokers of actors are in the actors.
*/}}
{{- define "asya-operator.command" -}}
{{- if .Values.command -}}
{{- toYaml .Values.command -}}
{{- else -}}
- deno
- run
- --no-prompt
- --ignore-env
- --v8-flags=--max-semi-space-size=4,--heap-growing-percent=30
- --allow-env=ASYA_*,HOSTNAME,KUBECONFIG,KUBERNETES_SERVICE_HOST,KUBERNETES_SERVICE_PORT
- --allow-net
- --allow-read={{ concat (list "/var/run/secrets/kubernetes.io/serviceaccount" "/opt/asya/runtime") .Values.permissions.read | join "," }}
- /opt/asya/operator/main.js
{{- end -}}
{{- end -}}

{{/* A value as text: helm reads numbers of files as floating ones, and writes large ones as 1e+06. */}}
{{- define "asya-operator.text" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else if not (kindIs "invalid" .) }}{{ . }}{{ end -}}
{{- end -}}

{{/*
The variables of an operator, by name: the user's win, no name stands twice, and an empty value is
left out, so that the program's own default holds.
*/}}
{{- define "asya-operator.env" -}}
{{- $own := dict
  "ASYA_LOG_LEVEL" .Values.log.level
  "ASYA_LOG_FORMAT" .Values.log.format
  "ASYA_WATCH_NAMESPACE" .Values.watchNamespace
  "ASYA_SIDECAR_IMAGE" (default (include "asya-operator.image" (dict "name" "asya-sidecar" "root" .)) .Values.actors.sidecarImage)
  "ASYA_SIDECAR_RUN" .Values.actors.sidecarRun
  "ASYA_RUNTIME_IMAGE" (default (include "asya-operator.image" (dict "name" "asya-runtime" "root" .)) .Values.actors.runtimeImage)
  "ASYA_RUNTIME_BUNDLE" "/opt/asya/runtime"
  "ASYA_GATEWAY_URL" .Values.gateway.url
  "ASYA_TELEMETRY_ENABLED" .Values.telemetry.enabled
  "ASYA_TELEMETRY_ENDPOINT" .Values.telemetry.endpoint
  "ASYA_COLLECTOR_IMAGE" .Values.telemetry.collectorImage
  "ASYA_LEADER_ELECTION" .Values.leaderElection.enabled
  "ASYA_LEASE_NAME" (include "asya-operator.leaseName" .)
  "ASYA_LEASE_NAMESPACE" .Release.Namespace
  "ASYA_LEASE_DURATION" .Values.leaderElection.leaseDuration
  "ASYA_RECONCILE_CONCURRENCY" .Values.reconcileConcurrency
  "ASYA_RESYNC_PERIOD" .Values.resyncPeriod
  "ASYA_OPERATOR_ADDR" (printf ":%v" .Values.port)
-}}
{{- $theirs := list -}}
{{- range .Values.extraEnv }}{{ $theirs = append $theirs .name }}{{ end -}}
{{- range $name, $value := $own }}
{{- $text := include "asya-operator.text" $value }}
{{- if not (or (eq $text "") (has $name $theirs)) }}
- name: {{ $name }}
  value: {{ $text | quote }}
{{- end }}
{{- end }}
{{- with .Values.internalToken }}
{{- if and (or .existingSecret .value) (not (has "ASYA_INTERNAL_TOKEN" $theirs)) }}
- name: ASYA_INTERNAL_TOKEN
  valueFrom:
    secretKeyRef:
      name: {{ default (include "asya-operator.fullname" $) .existingSecret }}
      key: {{ if .existingSecret }}{{ .key }}{{ else }}internal-token{{ end }}
{{- end }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
