{{/*
What an operator may do with the namespaces that it serves: what it does, and nothing else. The same
rules stand in operator/config/rbac.yaml, for those who bind them by hand; a test compares.
*/}}
{{- define "asya-operator.rules" -}}
- apiGroups: [asya.io]
  resources: [asyncactors]
  verbs: [list, watch, patch]
- apiGroups: [asya.io]
  resources: [asyncactors/status]
  verbs: [patch]
# Who makes an object whose owner's end has to wait for it needs this right over the owner.
- apiGroups: [asya.io]
  resources: [asyncactors/finalizers]
  verbs: [update]
- apiGroups: [apps]
  resources: [deployments, statefulsets]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [batch]
  resources: [jobs]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [""]
  resources: [configmaps, serviceaccounts]
  verbs: [get, list, watch, create, patch, delete]
# Secrets are neither listed nor watched: only those are read that an actor names.
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, create, patch, delete]
- apiGroups: [networking.k8s.io]
  resources: [networkpolicies]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [keda.sh]
  resources: [scaledobjects, triggerauthentications]
  verbs: [get, list, watch, create, patch, delete]
- apiGroups: [events.k8s.io]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{/* What it may do in its own namespace besides: say who of several works. */}}
{{- define "asya-operator.leaderRules" -}}
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  verbs: [create]
- apiGroups: [coordination.k8s.io]
  resources: [leases]
  resourceNames: [{{ include "asya-operator.leaseName" . }}]
  verbs: [get, update]
{{- end -}}
