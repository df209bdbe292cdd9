{{/* The prefix of the objects' names: the release's name, with the chart's when it does not hold it already. */}}
{{- define "dicom.fullname" -}}
{{- $name := default .Chart.Name .Values.nameOverride -}}
{{- $full := contains $name .Release.Name | ternary .Release.Name (printf "%s-%s" .Release.Name $name) -}}
{{- default $full .Values.fullnameOverride | trunc 40 | trimSuffix "-" -}}
{{- end }}

{{/* The labels that a component's Service and Deployment select by. Takes a dict: root, component. */}}
{{- define "dicom.selectorLabels" -}}
app.kubernetes.io/name: {{ .root.Chart.Name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
app.kubernetes.io/component: {{ .component }}
{{- end }}

{{/* The labels of every object. Takes a dict: root, component. */}}
{{- define "dicom.labels" -}}
{{ include "dicom.selectorLabels" . }}
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* An image's full name. Takes the image's values. */}}
{{- define "dicom.image" -}}
{{ .repository }}:{{ .tag }}{{ with .digest }}@{{ . }}{{ end }}
{{- end }}

{{/* The Secret with the passwords: the user's or the chart's. */}}
{{- define "dicom.credentialsName" -}}
{{- .Values.credentials.existingSecret | default (printf "%s-credentials" (include "dicom.fullname" .)) -}}
{{- end }}

{{/* The Secret that the gateway takes its certificate from. The release's namespace is part of the name, since many
     releases share the gateway's namespace. */}}
{{- define "dicom.tlsName" -}}
{{- .Values.tls.existingSecret | default (printf "%s-%s-tls" .Release.Namespace (include "dicom.fullname" .)) -}}
{{- end }}
