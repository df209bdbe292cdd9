{{/* What the names of all parts begin with; short enough for what Kubernetes adds to names. The parts do it the same way. */}}
{{- define "dicom.release" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The labels of the pods of a part. Takes a list: root, the part's name. */}}
{{- define "dicom.podLabels" -}}
app.kubernetes.io/name: dicom
app.kubernetes.io/instance: {{ (index . 0).Release.Name }}
app.kubernetes.io/component: {{ index . 1 }}
{{- end }}

{{/* The labels of what belongs to no part. Takes a list: root, what it is for. */}}
{{- define "dicom.labels" -}}
{{- $root := index . 0 -}}
{{ include "dicom.podLabels" . }}
app.kubernetes.io/version: {{ $root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ $root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" $root.Chart.Name $root.Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The Secret with the passwords: the user's or the chart's. */}}
{{- define "dicom.credentialsName" -}}
{{ .Values.global.dicom.credentials.existingSecret | default (printf "%s-credentials" (include "dicom.release" .)) }}
{{- end }}
