{{/* A value as text: helm reads numbers of files as floating ones, and writes large ones as 1e+06. */}}
{{- define "asya-gateway.text" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else if not (kindIs "invalid" .) }}{{ . }}{{ end -}}
{{- end -}}

{{/*
The variables of a gateway, by name: what stands later wins, and no name stands twice. Empty values
are left out, so that a program's own default holds.
*/}}
{{- define "asya-gateway.env" -}}
{{- $rabbitmq := .Values.rabbitmq -}}
{{- $own := dict
  "ASYA_LOG_LEVEL" .Values.log.level
  "ASYA_LOG_FORMAT" .Values.log.format
  "ASYA_GATEWAY_HOST" .Values.host
  "ASYA_GATEWAY_PORT" .Values.port
  "ASYA_TRANSPORT" "rabbitmq"
  "ASYA_RABBITMQ_USERNAME" $rabbitmq.username
  "ASYA_RABBITMQ_VHOST" $rabbitmq.vhost
  "ASYA_RABBITMQ_EXCHANGE" $rabbitmq.exchange
  "ASYA_RABBITMQ_QUEUE_TYPE" $rabbitmq.queueType
  "ASYA_DLQ_NAME" .Values.deadLetterQueue
  "ASYA_AUTH" .Values.auth.mode
  "ASYA_PUBLIC_URL" .Values.publicUrl
  "ASYA_TRUSTED_PROXIES" .Values.trustedProxies
  "ASYA_RATE_LIMIT" .Values.rateLimit
  "ASYA_MAX_STREAMS_PER_CALLER" .Values.maxStreamsPerCaller
  "ASYA_MAX_BODY_BYTES" .Values.maxBodyBytes
  "ASYA_JOB_TTL" .Values.jobTtl
  "ASYA_JOB_TOOL" .Values.jobTool
  "ASYA_SHUTDOWN_GRACE" .Values.shutdownGraceSeconds
-}}
{{- if $rabbitmq.tls.enabled -}}
{{- $_ := set $own "ASYA_RABBITMQ_URL" (printf "amqps://%s:%v/" $rabbitmq.host $rabbitmq.port) -}}
{{- else -}}
{{- $_ := set $own "ASYA_RABBITMQ_HOST" $rabbitmq.host -}}
{{- $_ := set $own "ASYA_RABBITMQ_PORT" $rabbitmq.port -}}
{{- end -}}
{{- if include "asya-gateway.rabbitmqCa" . -}}
{{- $_ := set $own "ASYA_RABBITMQ_CA_FILE" "/etc/asya/rabbitmq/ca.crt" -}}
{{- end -}}
{{- if include "asya-gateway.databaseCa" . -}}
{{- $_ := set $own "ASYA_DATABASE_CA_FILE" "/etc/asya/database/ca.crt" -}}
{{- end -}}
{{- if eq .Values.database.type "memory" -}}
{{- $_ := set $own "ASYA_DATABASE_URL" "memory:" -}}
{{- else -}}
{{- $_ := set $own "ASYA_DATABASE_POOL_SIZE" .Values.database.poolSize -}}
{{- end -}}
{{- if or .Values.tools.existingConfigMap .Values.tools.config -}}
{{- $_ := set $own "ASYA_CONFIG_PATH" "/etc/asya/tools" -}}
{{- end -}}
{{- if .Values.allowedHosts -}}
{{- $_ := set $own "ASYA_ALLOWED_HOSTS" (printf "%s,%s" (include "asya-gateway.ownHosts" .) (join "," .Values.allowedHosts)) -}}
{{- end -}}
{{- if eq .Values.auth.mode "jwt" -}}
{{- $_ := set $own "ASYA_JWT_ISSUER" .Values.auth.jwt.issuer -}}
{{- $_ := set $own "ASYA_JWT_AUDIENCE" (join "," .Values.auth.jwt.audience) -}}
{{- $_ := set $own "ASYA_JWT_JWKS_URL" .Values.auth.jwt.jwksUrl -}}
{{- $_ := set $own "ASYA_JWT_CLOCK_TOLERANCE" .Values.auth.jwt.clockTolerance -}}
{{- end -}}
{{- $theirs := list -}}
{{- range .Values.extraEnv }}{{ $theirs = append $theirs .name }}{{ end -}}
{{- range $key, $value := $own }}
{{- $text := include "asya-gateway.text" $value }}
{{- if not (or (eq $text "") (has $key $theirs)) }}
- name: {{ $key }}
  value: {{ $text | quote }}
{{- end }}
{{- end }}
{{- if and (ne .Values.database.type "memory") (not (has "ASYA_DATABASE_URL" $theirs)) }}
{{ include "asya-gateway.databaseUrl" . }}
{{- end }}
{{- if and (or $rabbitmq.existingSecret $rabbitmq.password) (not (has "ASYA_RABBITMQ_PASSWORD" $theirs)) }}
- name: ASYA_RABBITMQ_PASSWORD
  {{- include "asya-gateway.secretRef" (dict "existing" $rabbitmq.existingSecret "key" $rabbitmq.passwordKey "ours" "rabbitmq-password" "root" .) | nindent 2 }}
{{- end }}
{{- with .Values.auth }}
{{- if and (eq .mode "token") (not (has "ASYA_API_TOKENS" $theirs)) }}
- name: ASYA_API_TOKENS
  {{- include "asya-gateway.secretRef" (dict "existing" .existingSecret "key" .tokensKey "ours" "api-tokens" "root" $) | nindent 2 }}
{{- end }}
{{- end }}
{{- with .Values.internalToken }}
{{- if and (or .existingSecret .value) (not (has "ASYA_INTERNAL_TOKEN" $theirs)) }}
- name: ASYA_INTERNAL_TOKEN
  {{- include "asya-gateway.secretRef" (dict "existing" .existingSecret "key" .key "ours" "internal-token" "root" $) | nindent 2 }}
{{- end }}
{{- if and .existingSecret .keyBefore (not (has "ASYA_INTERNAL_TOKEN_BEFORE" $theirs)) }}
- name: ASYA_INTERNAL_TOKEN_BEFORE
  valueFrom:
    secretKeyRef:
      name: {{ .existingSecret }}
      key: {{ .keyBefore }}
{{- end }}
{{- end }}
{{- if .Values.telemetry.enabled }}
{{ include "asya-gateway.telemetryEnv" (dict "theirs" $theirs "root" .) | trim }}
{{- end }}
{{- with .Values.extraEnv }}
{{ toYaml . }}
{{- end }}
{{- end -}}
