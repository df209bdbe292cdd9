{{/*
A Secret in the gateway's namespace with a certificate that the chart's own CA signed. The one that is there stays while CA
and names are the same, and until the last third of its time. Takes a dict: root, authority (Cert, Key), name, commonName,
names, addresses.
*/}}
{{- define "routing.signedSecret" -}}
{{- $namespace := .root.Values.gateway.namespace -}}
{{- $authorityData := .authority.Cert | b64enc -}}
{{- $subject := join "," (concat .names .addresses) -}}
{{- $kept := lookup "v1" "Secret" $namespace .name -}}
{{- $marks := dig "metadata" "annotations" dict $kept -}}
{{- $renewAfter := get $marks "flotilla.dev/renew-after" -}}
{{- $data := dict -}}
{{- if and (eq (get $marks "flotilla.dev/hosts") $subject) (eq (dig "data" "ca.crt" "" $kept) $authorityData) (lt (now | unixEpoch | int64) (int64 $renewAfter)) -}}
{{- $data = $kept.data -}}
{{- else -}}
{{- $days := int .root.Values.tls.validityDays -}}
{{- $signed := genSignedCert .commonName .addresses .names $days .authority -}}
{{- $data = dict "tls.crt" (b64enc $signed.Cert) "tls.key" (b64enc $signed.Key) -}}
{{- $renewAfter = add (now | unixEpoch | int64) (mul $days 57600) -}}
{{- end -}}
apiVersion: v1
kind: Secret
metadata:
  name: {{ .name }}
  namespace: {{ $namespace }}
  labels:
    {{- include "routing.labels" .root | nindent 4 }}
  annotations:
    flotilla.dev/hosts: {{ $subject | quote }}
    # Seconds since 1970.
    flotilla.dev/renew-after: {{ $renewAfter | quote }}
type: kubernetes.io/tls
data:
  ca.crt: {{ $authorityData }}
  tls.crt: {{ get $data "tls.crt" }}
  tls.key: {{ get $data "tls.key" }}
{{- end }}
