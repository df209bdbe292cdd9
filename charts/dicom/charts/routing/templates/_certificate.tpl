{{/* A Certificate of cert-manager's. Takes a dict: root, issuer, name, commonName, names, addresses, usage. */}}
{{- define "routing.certificate" -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ .name }}
  namespace: {{ .root.Values.gateway.namespace }}
  labels:
    {{- include "routing.labels" .root | nindent 4 }}
spec:
  secretName: {{ .name }}
  commonName: {{ .commonName | quote }}
  {{- with .names }}
  dnsNames:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  {{- with .addresses }}
  ipAddresses:
    {{- toYaml . | nindent 4 }}
  {{- end }}
  duration: {{ .root.Values.tls.certManager.duration }}
  renewBefore: {{ .root.Values.tls.certManager.renewBefore }}
  usages: [digital signature, key encipherment, {{ .usage }}]
  # RSA: older DICOM devices know nothing else.
  privateKey: { algorithm: RSA, size: 2048, rotationPolicy: Always }
  issuerRef:
    {{- toYaml .issuer | nindent 4 }}
{{- end }}
