{{/* What every pod may call: name service and, where there is a mesh, istiod, which the sidecar needs. */}}
{{- define "dicom.egressOfAll" -}}
- ports:
    - port: 53
      protocol: UDP
    - port: 53
      protocol: TCP
{{- if .Values.routing.enabled }}
- ports:
    - port: 15012
{{- end }}
{{- end }}
