{{/* The name of everything that this release has once. */}}
{{- define "asya-actors.fullname" -}}
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

{{- define "asya-actors.labels" -}}
app.kubernetes.io/name: {{ default .Chart.Name .Values.nameOverride }}
app.kubernetes.io/instance: {{ .Release.Name }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/part-of: asya
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end -}}

{{- define "asya-actors.image" -}}
{{- with .Values.image.registry -}}{{ . }}/{{- end -}}
{{ .Values.image.repository }}{{ with .Values.image.digest }}@{{ . }}{{ else }}:{{ default .Chart.AppVersion .Values.image.tag }}{{ end }}
{{- end -}}

{{/* A host and port of a URL, as Deno's flags have them. */}}
{{- define "asya-actors.address" -}}
{{- $url := urlParse . -}}
{{- $port := ternary "443" "80" (eq $url.scheme "https") -}}
{{ ternary $url.host (printf "%s:%s" $url.host $port) (regexMatch ":[0-9]+$" $url.host) }}
{{- end -}}

{{/* One variable from a Secret of the user's, or ours. Takes name, existing, key, ours, root. */}}
{{- define "asya-actors.fromSecret" -}}
- name: {{ .name }}
  valueFrom:
    secretKeyRef:
      name: {{ default (include "asya-actors.fullname" .root) .existing }}
      key: {{ if .existing }}{{ .key }}{{ else }}{{ .ours }}{{ end }}
{{- end -}}

{{/* A value as text: helm reads numbers of files as floating ones, and writes large ones as 1e+06. */}}
{{- define "asya-actors.text" -}}
{{- if kindIs "float64" . }}{{ int64 . }}{{ else if not (kindIs "invalid" .) }}{{ . }}{{ end -}}
{{- end -}}

{{/*
Variables by name, with the user's behind them, who win: no name stands twice, and an empty value is
left out, so that a program's own default holds. Takes own and theirs.
*/}}
{{- define "asya-actors.variables" -}}
{{- $names := list -}}
{{- range .theirs }}{{ $names = append $names .name }}{{ end -}}
{{- range $name, $value := .own }}
{{- $text := include "asya-actors.text" $value }}
{{- if not (or (eq $text "") (has $name $names)) }}
- name: {{ $name }}
  value: {{ $text | quote }}
{{- end }}
{{- end }}
{{- with .theirs }}
{{ toYaml . }}
{{- end }}
{{- end -}}

{{- define "asya-actors.hasKeys" -}}
{{- if or .Values.s3.existingSecret .Values.s3.accessKey -}}true{{- end -}}
{{- end -}}

{{/* Exactly what these values make the handlers need. a test holds it to actors/permissions.json. */}}
{{- define "asya-actors.permissions" -}}
{{- $s3 := .Values.s3 -}}
{{- $hasKeys := include "asya-actors.hasKeys" . -}}
{{- $onAws := and $s3.bucket (not $s3.endpoint) -}}
{{- $byChain := and $onAws (not $hasKeys) -}}
env: ["ASYA_*", AWS_REGION{{ if $byChain }}, "AWS_*", HOME{{ end }}]
{{- $net := list -}}
{{- with .Values.gateway.url }}{{ $net = append $net (include "asya-actors.address" .) }}{{ end -}}
{{- if and $s3.bucket $s3.endpoint }}{{ $net = append $net (include "asya-actors.address" $s3.endpoint) }}{{ end -}}
{{- if $onAws }}{{ $net = concat $net (list "*.amazonaws.com:443" "*.amazonaws.com.cn:443") }}{{ end -}}
{{- if $byChain }}{{ $net = concat $net (list "169.254.169.254:80" "169.254.170.2:80" "169.254.170.23:80" "[fd00:ec2::23]:80") }}{{ end -}}
{{- with $net }}
net: {{ toJson . }}
{{- end }}
{{- if $s3.bucket }}
sys: [osRelease, uid, homedir]
{{- end }}
{{- if $byChain }}
# Where EKS mounts who a pod is.
read:
  - /var/run/secrets/eks.amazonaws.com/serviceaccount/token
  - /var/run/secrets/pods.eks.amazonaws.com/serviceaccount/eks-pod-identity-token
{{- end }}
{{- end -}}

{{/* The variables of both handlers. Takes prefix and root. */}}
{{- define "asya-actors.env" -}}
{{- $values := .root.Values -}}
{{- $own := dict
  "ASYA_LOG_LEVEL" $values.logLevel
  "ASYA_LOG_FORMAT" "json"
  "ASYA_CONCURRENCY" $values.concurrency
  "ASYA_IS_TERMINAL" "true"
  "ASYA_GATEWAY_URL" $values.gateway.url
  "ASYA_DLQ_NAME" $values.deadLetterQueue
  "ASYA_S3_BUCKET" $values.s3.bucket
-}}
{{- if $values.s3.bucket -}}
{{- $_ := set $own "ASYA_S3_ENDPOINT" $values.s3.endpoint -}}
{{- $_ := set $own "ASYA_S3_REGION" $values.s3.region -}}
{{- $_ := set $own "ASYA_S3_BASE_PREFIX" .prefix -}}
{{- end -}}
{{- include "asya-actors.variables" (dict "own" (merge (default dict .further) $own) "theirs" .extraEnv) }}
{{- $theirs := list -}}
{{- range .extraEnv }}{{ $theirs = append $theirs .name }}{{ end -}}
{{- with $values.internalToken }}
{{- if and (or .existingSecret .value) (not (has "ASYA_INTERNAL_TOKEN" $theirs)) }}
{{ include "asya-actors.fromSecret" (dict "name" "ASYA_INTERNAL_TOKEN" "existing" .existingSecret "key" .key "ours" "internal-token" "root" $.root) }}
{{- end }}
{{- end }}
{{- if and $values.s3.bucket (include "asya-actors.hasKeys" .root) }}
{{- with $values.s3 }}
{{ include "asya-actors.fromSecret" (dict "name" "ASYA_S3_ACCESS_KEY" "existing" .existingSecret "key" .accessKeyKey "ours" "s3-access-key" "root" $.root) }}
{{ include "asya-actors.fromSecret" (dict "name" "ASYA_S3_SECRET_KEY" "existing" .existingSecret "key" .secretKeyKey "ours" "s3-secret-key" "root" $.root) }}
{{- end }}
{{- end }}
{{- end -}}

{{/* The variables of both sidecars. */}}
{{- define "asya-actors.sidecarEnv" -}}
{{- $own := dict
  "ASYA_LOG_LEVEL" .Values.logLevel
  "ASYA_LOG_FORMAT" "json"
  "ASYA_RABBITMQ_EXCHANGE" .Values.rabbitmq.exchange
  "ASYA_RABBITMQ_QUEUE_TYPE" .Values.rabbitmq.queueType
  "ASYA_RABBITMQ_PREFETCH" .Values.concurrency
  "ASYA_IS_TERMINAL" "true"
  "ASYA_DLQ_NAME" .Values.deadLetterQueue
-}}
{{- include "asya-actors.variables" (dict "own" $own "theirs" .Values.sidecar.extraEnv) -}}
{{- end -}}

{{/* One terminal actor. Takes name, handler, values, further (variables) and root. */}}
{{- define "asya-actors.actor" -}}
{{- $values := .root.Values -}}
{{- $rabbitmq := $values.rabbitmq -}}
apiVersion: asya.io/v1alpha1
kind: AsyncActor
metadata:
  name: {{ .name }}
  namespace: {{ .root.Release.Namespace }}
  labels:
    {{- include "asya-actors.labels" .root | nindent 4 }}
spec:
  queueName: {{ .name }}
  handler: {{ .handler }}
  transport:
    type: rabbitmq
    rabbitmq:
      host: {{ $rabbitmq.host }}
      port: {{ $rabbitmq.port }}
      managementPort: {{ $rabbitmq.managementPort }}
      username: {{ $rabbitmq.username | quote }}
      vhost: {{ $rabbitmq.vhost | quote }}
      {{- if or $rabbitmq.existingSecret $rabbitmq.password }}
      passwordSecretRef:
        name: {{ default (include "asya-actors.fullname" .root) $rabbitmq.existingSecret }}
        key: {{ if $rabbitmq.existingSecret }}{{ $rabbitmq.passwordKey }}{{ else }}rabbitmq-password{{ end }}
      {{- end }}
      {{- if $rabbitmq.tls.enabled }}
      tls:
        enabled: true
        {{- with $rabbitmq.tls.caSecret }}
        caSecretRef: { name: {{ . }}, key: {{ $rabbitmq.tls.caKey }} }
        {{- end }}
      {{- end }}
  permissions:
    {{- include "asya-actors.permissions" .root | nindent 4 }}
  socket:
    maxSize: {{ $values.maxFrameBytes | quote }}
  timeout:
    processing: {{ $values.timeoutSeconds }}
    gracefulShutdown: {{ $values.gracefulShutdownSeconds }}
  scaling:
    enabled: {{ .values.scaling.enabled }}
    minReplicas: {{ .values.scaling.minReplicas }}
    maxReplicas: {{ .values.scaling.maxReplicas }}
    queueLength: {{ .values.scaling.queueLength }}
  networkPolicy:
    enabled: {{ $values.networkPolicy.enabled }}
  {{- with $values.telemetry }}
  telemetry:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  sidecar:
    {{- with $values.sidecar.image }}
    image: {{ . }}
    {{- end }}
    imagePullPolicy: {{ $values.image.pullPolicy }}
    env:
      {{- include "asya-actors.sidecarEnv" .root | trim | nindent 6 }}
    resources:
      {{- toYaml $values.sidecar.resources | nindent 6 }}
  workload:
    type: Deployment
    {{- if not .values.scaling.enabled }}
    replicas: {{ .values.replicas }}
    {{- end }}
    template:
      {{- if or $values.podLabels $values.podAnnotations }}
      metadata:
        {{- with $values.podLabels }}
        labels:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with $values.podAnnotations }}
        annotations:
          {{- toYaml . | nindent 10 }}
        {{- end }}
      {{- end }}
      spec:
        {{- with $values.serviceAccountName }}
        serviceAccountName: {{ . }}
        {{- end }}
        # Who a pod is to AWS comes by a volume of its own.
        automountServiceAccountToken: false
        enableServiceLinks: false
        {{- with $values.imagePullSecrets }}
        imagePullSecrets:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        securityContext:
          {{- toYaml $values.podSecurityContext | nindent 10 }}
        {{- with $values.priorityClassName }}
        priorityClassName: {{ . }}
        {{- end }}
        containers:
          - name: handler
            image: {{ include "asya-actors.image" .root }}
            imagePullPolicy: {{ $values.image.pullPolicy }}
            workingDir: /opt/asya/actors
            env:
              {{- include "asya-actors.env" (dict "prefix" .values.prefix "further" .further "extraEnv" .values.extraEnv "root" .root) | trim | nindent 14 }}
            securityContext:
              {{- toYaml $values.securityContext | nindent 14 }}
            resources:
              {{- toYaml .values.resources | nindent 14 }}
        {{- with $values.nodeSelector }}
        nodeSelector:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with $values.tolerations }}
        tolerations:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with $values.affinity }}
        affinity:
          {{- toYaml . | nindent 10 }}
        {{- end }}
        {{- with $values.topologySpreadConstraints }}
        topologySpreadConstraints:
          {{- toYaml . | nindent 10 }}
        {{- end }}
{{- end -}}

{{/* What is wrong with values that each may be right. */}}
{{- define "asya-actors.check" -}}
{{- $s3 := .Values.s3 -}}
{{- if and (not $s3.bucket) (or $s3.endpoint $s3.existingSecret $s3.accessKey) -}}
{{- fail "s3.endpoint or keys are set, but s3.bucket is not; set both, or neither" -}}
{{- end -}}
{{- if ne (empty $s3.accessKey) (empty $s3.secretKey) -}}
{{- fail "one of s3.accessKey and s3.secretKey is set; set both, or neither" -}}
{{- end -}}
{{- end -}}
