{{/*
OpenTelemetry's own variables, which Deno reads by itself, and which pod it is, by the downward API:
nobody has to ask the API server. Takes theirs, names that the user sets, and root.
*/}}
{{- define "asya-gateway.telemetryEnv" -}}
{{- $theirs := .theirs -}}
{{- $telemetry := .root.Values.telemetry -}}
{{- $pod := dict "K8S_NODE_NAME" "spec.nodeName" "K8S_POD_NAME" "metadata.name" "K8S_POD_UID" "metadata.uid" -}}
{{- $attributes := list
  (printf "k8s.namespace.name=%s" .root.Release.Namespace)
  (printf "k8s.deployment.name=%s" (include "asya-gateway.fullname" .root))
  "k8s.container.name=gateway"
  "k8s.node.name=$(K8S_NODE_NAME)"
  "k8s.pod.name=$(K8S_POD_NAME)"
  "k8s.pod.uid=$(K8S_POD_UID)"
  (printf "service.instance.id=%s.$(K8S_POD_NAME).gateway" .root.Release.Namespace)
-}}
{{- $own := dict
  "OTEL_DENO" "true"
  "OTEL_DENO_CONSOLE" (ternary "capture" "ignore" $telemetry.logs)
  "OTEL_DENO_METRICS" (toString $telemetry.metrics)
  "OTEL_EXPORTER_OTLP_ENDPOINT" $telemetry.endpoint
  "OTEL_EXPORTER_OTLP_PROTOCOL" $telemetry.protocol
  "OTEL_EXPORTER_OTLP_TIMEOUT" "2000"
  "OTEL_RESOURCE_ATTRIBUTES" (join "," $attributes)
  "OTEL_SERVICE_NAME" "asya-gateway"
  "OTEL_TRACES_SAMPLER" "parentbased_traceidratio"
  "OTEL_TRACES_SAMPLER_ARG" $telemetry.samplingRatio
-}}
{{- range $name, $path := $pod }}
{{- if not (has $name $theirs) }}
- name: {{ $name }}
  valueFrom:
    fieldRef:
      fieldPath: {{ $path }}
{{- end }}
{{- end }}
{{- range $name, $value := $own }}
{{- if not (has $name $theirs) }}
- name: {{ $name }}
  value: {{ $value | quote }}
{{- end }}
{{- end }}
{{- if and $telemetry.headersSecret (not (has "OTEL_EXPORTER_OTLP_HEADERS" $theirs)) }}
- name: OTEL_EXPORTER_OTLP_HEADERS
  valueFrom:
    secretKeyRef:
      name: {{ $telemetry.headersSecret }}
      key: {{ $telemetry.headersKey }}
{{- end }}
{{- end -}}

{{/* The port of who takes telemetry. */}}
{{- define "asya-gateway.telemetryPort" -}}
{{- $url := urlParse .Values.telemetry.endpoint -}}
{{- regexFind "[0-9]+$" (regexFind ":[0-9]+$" $url.host) | default (ternary "443" "80" (eq $url.scheme "https")) -}}
{{- end -}}
