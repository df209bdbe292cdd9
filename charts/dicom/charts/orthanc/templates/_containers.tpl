{{/*
Orthanc ends when its database does not answer. Waiting here keeps a first start free of crashes; after five minutes it
fails, so that the pod shows what it lacks. A connection alone proves nothing, since a sidecar takes any: PostgreSQL answers
an SSLRequest with one letter (PostgreSQL's protocol, "Message Formats").
*/}}
{{- define "orthanc.waitForDatabase" -}}
name: wait-for-database
image: {{ include "orthanc.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
command:
  - /bin/bash
  - -c
  - |
    answers() {
      exec 3<>"/dev/tcp/$DATABASE_HOST/$DATABASE_PORT" && printf '\0\0\0\10\4\322\26\57' >&3 &&
        read -r -N 1 -t 3 letter <&3 && [[ $letter == [SN] ]]
    }
    until (answers) 2>/dev/null; do
      if [ "$SECONDS" -ge 300 ]; then
        echo "$DATABASE_HOST:$DATABASE_PORT did not answer within five minutes" >&2
        exit 1
      fi
      sleep 0.5
    done
env:
  - name: DATABASE_HOST
    value: {{ include "orthanc.databaseHost" . | quote }}
  - name: DATABASE_PORT
    value: {{ include "orthanc.databasePort" . | quote }}
securityContext:
  {{- include "orthanc.containerSecurityContext" . | nindent 2 }}
resources:
  requests: { cpu: 10m, memory: 32Mi }
  limits: { memory: 64Mi }
{{- end }}

{{/* Orthanc itself. */}}
{{- define "orthanc.container" -}}
name: orthanc
image: {{ include "orthanc.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
env:
  - name: WEB_PASSWORD
    valueFrom:
      secretKeyRef: { name: {{ include "orthanc.credentialsName" . }}, key: orthanc-password }
  - name: DATABASE_PASSWORD
    valueFrom:
      secretKeyRef: { name: {{ include "orthanc.credentialsName" . }}, key: postgres-password }
  {{- if .Values.global.dicom.database.caSecret }}
  # With a CA here, libpq's `sslmode=require` checks the certificate (libpq, "SSL Support").
  - name: PGSSLROOTCERT
    value: /run/secrets/database/ca.crt
  {{- end }}
  {{- with .Values.extraEnv }}
  {{- toYaml . | nindent 2 }}
  {{- end }}
ports:
  - name: http
    containerPort: 8042
  - name: tcp-dicom
    containerPort: 4242
# By TCP: HTTP would need the password. Orthanc opens the port only after its database has answered.
startupProbe:
  tcpSocket: { port: http }
  periodSeconds: 1
  failureThreshold: 120
readinessProbe:
  tcpSocket: { port: http }
  periodSeconds: 5
livenessProbe:
  tcpSocket: { port: http }
  periodSeconds: 20
  failureThreshold: 3
securityContext:
  {{- include "orthanc.containerSecurityContext" . | nindent 2 }}
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  # Hides the files that an image brings: this configuration is the whole of it.
  - name: config
    mountPath: /etc/orthanc
    readOnly: true
  # DCMTK builds DICOM UIDs from the host's id: it must differ from pod to pod. The image would write one.
  - name: host-id
    mountPath: /etc/hostid
    subPath: hostid
    readOnly: true
  # Where orthancteam's image puts the plugins it enables.
  - name: plugins
    mountPath: /run/orthanc/plugins
  - name: data
    mountPath: /var/lib/orthanc/db
  - name: tmp
    mountPath: /tmp
  {{- if .Values.global.dicom.database.caSecret }}
  - name: database-ca
    mountPath: /run/secrets/database
    readOnly: true
  {{- end }}
{{- end }}
