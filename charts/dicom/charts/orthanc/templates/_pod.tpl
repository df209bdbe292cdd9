{{/* What Orthanc's pods are made from. */}}
{{- define "orthanc.pod" -}}
serviceAccountName: {{ include "orthanc.fullname" . }}
automountServiceAccountToken: false
# Else each Service becomes variables named ORTHANC_…, and the image takes some of those for configuration.
enableServiceLinks: false
# Time to finish the associations that are open.
terminationGracePeriodSeconds: 60
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
securityContext:
  {{- toYaml .Values.podSecurityContext | nindent 2 }}
{{- with .Values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.affinity }}
affinity:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .Values.topologySpreadConstraints }}
topologySpreadConstraints:
  {{- range . }}
  - {{- toYaml . | nindent 4 }}
    labelSelector:
      matchLabels:
        {{- include "orthanc.selectorLabels" $ | nindent 8 }}
  {{- end }}
{{- end }}
initContainers:
  - {{- include "orthanc.waitForDatabase" . | nindent 4 }}
containers:
  - {{- include "orthanc.container" . | nindent 4 }}
volumes:
  - name: config
    configMap:
      name: {{ include "orthanc.fullname" . }}
  - name: host-id
    downwardAPI:
      items:
        - path: hostid
          fieldRef: { fieldPath: metadata.uid }
  - name: plugins
    emptyDir: {}
  - name: data
    {{- if eq .Values.storage "volume" }}
    persistentVolumeClaim:
      claimName: {{ .Values.persistence.existingClaim | default (include "orthanc.fullname" .) }}
    {{- else }}
    # Empty but for Orthanc's own bookkeeping: index and images are elsewhere.
    emptyDir: {}
    {{- end }}
  - name: tmp
    emptyDir: {}
  {{- with .Values.global.dicom.database.caSecret }}
  - name: database-ca
    secret:
      secretName: {{ . }}
      items:
        - key: ca.crt
          path: ca.crt
  {{- end }}
{{- end }}

{{/* A container that meets the restricted Pod Security Standard; what it must write to are volumes. */}}
{{- define "orthanc.containerSecurityContext" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end }}
