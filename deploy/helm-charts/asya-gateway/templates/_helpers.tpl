{{/* The name of everything that this release has once. */}}
{{- define "asya-gateway.fullname" -}}
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

{{/* What a selector may hold: it never changes, whatever the version. */}}
{{- define "asya-gateway.selectorLabels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end -}}

{{- define "asya-gateway.gatewayLabels" -}}
{{ include "asya-gateway.selectorLabels" . }}
app.kubernetes.io/component: gateway
{{- end -}}

{{- define "asya-gateway.databaseLabels" -}}
{{ include "asya-gateway.selectorLabels" . }}
app.kubernetes.io/component: postgresql
{{- end -}}

{{- define "asya-gateway.labels" -}}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: asya
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "asya-gateway.image" -}}
{{- with .Values.image.registry -}}{{ . }}/{{- end -}}
{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end -}}

{{- define "asya-gateway.serviceAccountName" -}}
{{- if .Values.serviceAccount.create -}}
{{- default (include "asya-gateway.fullname" .) .Values.serviceAccount.name -}}
{{- else -}}
{{- default "default" .Values.serviceAccount.name -}}
{{- end -}}
{{- end -}}

{{/* The bundled database: short enough for a label with the name of its pod and of its revision. */}}
{{- define "asya-gateway.databaseName" -}}
{{- include "asya-gateway.fullname" . | trunc 41 | trimSuffix "-" }}-postgresql
{{- end -}}

{{/* The Secret of the bundled database, with the keys `password` and `url`. */}}
{{- define "asya-gateway.databaseSecret" -}}
{{- default (include "asya-gateway.databaseName" .) .Values.database.bundled.existingSecret -}}
{{- end -}}

{{/* Where a secret value comes from: a Secret of the user's, or ours. Takes existing, key, ours, root. */}}
{{- define "asya-gateway.secretRef" -}}
valueFrom:
  secretKeyRef:
    name: {{ default (include "asya-gateway.fullname" .root) .existing }}
    key: {{ if .existing }}{{ .key }}{{ else }}{{ .ours }}{{ end }}
{{- end -}}

{{/* The host and port of the database, as Deno's flags have them. */}}
{{- define "asya-gateway.databaseAddress" -}}
{{- $external := .Values.database.external -}}
{{- if eq .Values.database.type "bundled" -}}
{{ include "asya-gateway.databaseName" . }}:5432
{{- else if $external.existingSecret -}}
{{ $external.host }}:{{ $external.port }}
{{- else -}}
{{- $host := (urlParse $external.url).host -}}
{{ $host }}{{ if not (regexMatch ":[0-9]+$" $host) }}:5432{{ end }}
{{- end -}}
{{- end -}}

{{/* The host and port of the authorization server's keys. */}}
{{- define "asya-gateway.keysAddress" -}}
{{- $keys := urlParse .Values.auth.jwt.jwksUrl -}}
{{- $port := ternary "80" "443" (eq $keys.scheme "http") -}}
{{- ternary $keys.host (printf "%s:%s" $keys.host $port) (regexMatch ":[0-9]+$" $keys.host) -}}
{{- end -}}

{{/* The variable with the database's URL. */}}
{{- define "asya-gateway.databaseUrl" -}}
- name: ASYA_DATABASE_URL
  valueFrom:
    secretKeyRef:
      {{- if eq .Values.database.type "bundled" }}
      name: {{ include "asya-gateway.databaseSecret" . }}
      key: url
      {{- else if .Values.database.external.existingSecret }}
      name: {{ .Values.database.external.existingSecret }}
      key: {{ .Values.database.external.urlKey }}
      {{- else }}
      name: {{ include "asya-gateway.fullname" . }}
      key: database-url
      {{- end }}
{{- end -}}

{{/* Whether certificates are mounted for the database. */}}
{{- define "asya-gateway.databaseCa" -}}
{{- if eq .Values.database.type "external" -}}{{ .Values.database.external.caSecret }}{{- end -}}
{{- end -}}

{{- define "asya-gateway.rabbitmqCa" -}}
{{- if .Values.rabbitmq.tls.enabled -}}{{ .Values.rabbitmq.tls.caSecret }}{{- end -}}
{{- end -}}

{{/* The names under which the cluster reaches the gateway. */}}
{{- define "asya-gateway.ownHosts" -}}
{{- $name := include "asya-gateway.fullname" . -}}
{{- $space := printf "%s.%s" $name .Release.Namespace -}}
{{ list $name $space (printf "%s.svc" $space) (printf "%s.svc.cluster.local" $space) | join "," }}
{{- end -}}

{{/* The command of a gateway: exactly what these values make it need. a test holds it to gateway/permissions.json. */}}
{{- define "asya-gateway.command" -}}
{{- if .Values.command -}}
{{- toYaml .Values.command -}}
{{- else -}}
{{- $rabbitmq := .Values.rabbitmq -}}
{{- $net := list (printf "%s:%v" $rabbitmq.host $rabbitmq.port) -}}
{{- $net = append $net (printf "%s:%v" (ternary "[::]" .Values.host (eq .Values.host "::")) .Values.port) -}}
{{- if ne .Values.database.type "memory" -}}
{{- $net = append $net (include "asya-gateway.databaseAddress" .) -}}
{{- end -}}
{{- if eq .Values.auth.mode "jwt" -}}
{{- $net = append $net (include "asya-gateway.keysAddress" .) -}}
{{- end -}}
{{- $read := list -}}
{{- if include "asya-gateway.rabbitmqCa" . }}{{ $read = append $read "/etc/asya/rabbitmq/ca.crt" }}{{ end -}}
{{- if include "asya-gateway.databaseCa" . }}{{ $read = append $read "/etc/asya/database/ca.crt" }}{{ end -}}
{{- if or .Values.tools.existingConfigMap .Values.tools.config }}{{ $read = append $read "/etc/asya/tools" }}{{ end -}}
- deno
- run
- --no-prompt
- --ignore-env
- --v8-flags=--heap-growing-percent=50
- --allow-env=ASYA_*
- --allow-net={{ concat $net .Values.permissions.net | join "," }}
{{- with concat $read .Values.permissions.read }}
- --allow-read={{ join "," . }}
{{- end }}
- /opt/asya/gateway/main.js
{{- end -}}
{{- end -}}

{{/* What is wrong with values that each may be right. */}}
{{- define "asya-gateway.check" -}}
{{- $external := .Values.database.external -}}
{{- if and (eq .Values.database.type "external") (not $external.existingSecret) (not $external.url) -}}
{{- fail "database.type is external; set database.external.existingSecret and .host, or database.external.url" -}}
{{- end -}}
{{- if and (eq .Values.database.type "external") $external.existingSecret (not $external.host) -}}
{{- fail "database.external.existingSecret is set; set database.external.host too, the host in its URL, which the gateway is permitted to connect to" -}}
{{- end -}}
{{- if and (eq .Values.database.type "memory") (or (gt (int .Values.replicaCount) 1) .Values.autoscaling.enabled) -}}
{{- fail "database.type is memory, which gateways cannot share; set replicaCount to 1 and autoscaling.enabled to false" -}}
{{- end -}}
{{- if and (eq .Values.auth.mode "token") (not .Values.auth.existingSecret) (not .Values.auth.tokens) -}}
{{- fail "auth.mode is token; set auth.existingSecret, or auth.tokens" -}}
{{- end -}}
{{- if and (eq .Values.auth.mode "jwt") (not (and .Values.auth.jwt.issuer .Values.auth.jwt.audience .Values.auth.jwt.jwksUrl)) -}}
{{- fail "auth.mode is jwt; set auth.jwt.issuer, .audience and .jwksUrl" -}}
{{- end -}}
{{- if and .Values.telemetry.enabled (not .Values.telemetry.endpoint) -}}
{{- fail "telemetry.enabled is true; set telemetry.endpoint, who takes OTLP over HTTP" -}}
{{- end -}}
{{- if and .Values.httpRoute.enabled (not .Values.httpRoute.parentRefs) -}}
{{- fail "httpRoute.enabled is true; set httpRoute.parentRefs, the Gateways that it belongs to" -}}
{{- end -}}
{{- end -}}
