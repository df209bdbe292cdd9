{{/* What the pod is made from. */}}
{{- define "postgres.pod" -}}
serviceAccountName: {{ include "postgres.fullname" . }}
automountServiceAccountToken: false
enableServiceLinks: false
# Time to write everything out.
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
containers:
  - {{- include "postgres.container" . | nindent 4 }}
volumes:
  - name: data
    {{- if .Values.persistence.enabled }}
    persistentVolumeClaim:
      claimName: {{ .Values.persistence.existingClaim | default (include "postgres.fullname" .) }}
    {{- else }}
    emptyDir: {}
    {{- end }}
  - name: password
    secret:
      secretName: {{ include "postgres.credentialsName" . }}
      defaultMode: 288 # octal 0440, which YAML 1.1 and 1.2 read differently
      items:
        - key: postgres-password
          path: postgres-password
  - name: run
    emptyDir: {}
  - name: tmp
    emptyDir: {}
{{- end }}
