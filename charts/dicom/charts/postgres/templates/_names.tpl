{{/* What the names of all parts begin with; short enough for what Kubernetes adds to names. */}}
{{- define "postgres.release" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The name of the part's objects; Orthanc relies on the Service's. */}}
{{- define "postgres.fullname" -}}
{{ include "postgres.release" . }}-postgres
{{- end }}

{{/* The Secret with the passwords: the user's or the one that the dicom chart makes. */}}
{{- define "postgres.credentialsName" -}}
{{ .Values.global.dicom.credentials.existingSecret | default (printf "%s-credentials" (include "postgres.release" .)) }}
{{- end }}

{{/* The labels that the Service, policies and the controller select the pod by. */}}
{{- define "postgres.selectorLabels" -}}
app.kubernetes.io/name: dicom
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: postgres
{{- end }}

{{- define "postgres.labels" -}}
{{ include "postgres.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The image's full name; the mirror's, where there is one. */}}
{{- define "postgres.image" -}}
{{- $repository := .Values.image.repository -}}
{{- with .Values.global.imageRegistry -}}
{{- $repository = printf "%s/%s" . (regexReplaceAll "^[^/]*[.:][^/]*/" $repository "") -}}
{{- end -}}
{{ $repository }}:{{ .Values.image.tag }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}
