{{/* What the names of all parts begin with; short enough for what Kubernetes adds to names. */}}
{{- define "routing.release" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{- define "routing.labels" -}}
app.kubernetes.io/name: dicom
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: routing
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The labels of all pods of the release, whatever else runs in the namespace. */}}
{{- define "routing.podLabels" -}}
app.kubernetes.io/name: dicom
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "routing.orthancHost" -}}
{{ include "routing.release" . }}-orthanc.{{ .Release.Namespace }}.svc.cluster.local
{{- end }}

{{/* The Secret that the gateway takes its certificate from. The release's namespace is part of the name, since many releases
     share the gateway's namespace. */}}
{{- define "routing.tlsName" -}}
{{ .Values.tls.existingSecret | default (printf "%s-%s-tls" .Release.Namespace (include "routing.release" .)) }}
{{- end }}

{{/* The names in the certificate, as a JSON list. A wildcard that means any SNI is no name. */}}
{{- define "routing.certificateNames" -}}
{{ concat (list .Values.web.host) (without .Values.dicom.hosts "*") .Values.tls.names | uniq | toJson }}
{{- end }}

{{/* Not empty when the chart issues a certificate for a first DICOM client: its own CA is the one that the gateway asks for. */}}
{{- define "routing.issuesClientCertificate" -}}
{{- $own := not (or .Values.tls.existingSecret (and .Values.tls.certManager.enabled .Values.tls.certManager.issuer.name)) -}}
{{- if and $own .Values.dicom.clientCertificates.required (not .Values.dicom.clientCertificates.authorities) }}yes{{ end -}}
{{- end }}

{{/* Who may call Orthanc, as `from` of an AuthorizationPolicy. Istio reads `cluster.local` as the mesh's own trust domain. */}}
{{- define "routing.callers" -}}
{{- $gateway := dict "namespaces" (list .Values.gateway.namespace) -}}
{{- with .Values.gateway.serviceAccount -}}
{{- $gateway = dict "principals" (list (printf "cluster.local/ns/%s/sa/%s" $.Values.gateway.namespace .)) -}}
{{- end -}}
{{- range prepend .Values.authorization.from $gateway }}
- source:
    {{- toYaml . | nindent 4 }}
{{- end }}
{{- end }}
