{{/* The name of the part's objects. */}}
{{- define "orthanc.fullname" -}}
{{ include "orthanc.release" . }}-orthanc
{{- end }}

{{/* What the names of all parts begin with; short enough for what Kubernetes adds to names. */}}
{{- define "orthanc.release" -}}
{{ .Release.Name | trunc 40 | trimSuffix "-" }}
{{- end }}

{{/* The Secret with the passwords: the user's or the one that the dicom chart makes. */}}
{{- define "orthanc.credentialsName" -}}
{{ .Values.global.dicom.credentials.existingSecret | default (printf "%s-credentials" (include "orthanc.release" .)) }}
{{- end }}

{{/* The host of the database: the user's, or the Service of the postgres part. */}}
{{- define "orthanc.databaseHost" -}}
{{ .Values.global.dicom.database.host | default (printf "%s-postgres" (include "orthanc.release" .)) }}
{{- end }}

{{- define "orthanc.databasePort" -}}
{{ ternary 5432 (int .Values.global.dicom.database.port) (empty .Values.global.dicom.database.host) }}
{{- end }}

{{/* Not empty when there can be more than one pod. */}}
{{- define "orthanc.several" -}}
{{- if or .Values.autoscaling.enabled (gt (int .Values.replicas) 1) }}yes{{ end -}}
{{- end }}

{{/* The labels that Services, policies and controllers select the pods by. */}}
{{- define "orthanc.selectorLabels" -}}
app.kubernetes.io/name: dicom
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/component: orthanc
{{- end }}

{{- define "orthanc.labels" -}}
{{ include "orthanc.selectorLabels" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .Chart.Name .Chart.Version | replace "+" "_" }}
{{- end }}

{{/* The image's full name; the mirror's, where there is one. */}}
{{- define "orthanc.image" -}}
{{- $repository := .Values.image.repository -}}
{{- with .Values.global.imageRegistry -}}
{{- $repository = printf "%s/%s" . (regexReplaceAll "^[^/]*[.:][^/]*/" $repository "") -}}
{{- end -}}
{{ $repository }}:{{ .Values.image.tag }}{{ with .Values.image.digest }}@{{ . }}{{ end }}
{{- end }}
