{{/* PostgreSQL itself. Its probes go over TCP, not the socket: while the image sets the database up, only the socket answers. */}}
{{- define "postgres.container" -}}
name: postgres
image: {{ include "postgres.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
{{- with .Values.settings }}
args:
  - postgres
  - -c
  - listen_addresses=*
  {{- range $name, $value := . }}
  - -c
  - {{ printf "%s=%v" $name $value | quote }}
  {{- end }}
{{- end }}
env:
  - name: POSTGRES_USER
    value: {{ .Values.global.dicom.database.username | quote }}
  - name: POSTGRES_DB
    value: {{ .Values.global.dicom.database.name | quote }}
  - name: POSTGRES_PASSWORD_FILE
    value: /run/secrets/postgres/postgres-password
  # A folder below the mount: a volume's root may hold `lost+found`, which initdb refuses.
  - name: PGDATA
    value: /pgdata/data
ports:
  - name: tcp-postgres
    containerPort: 5432
startupProbe:
  exec: { command: [pg_isready, --quiet, --host=127.0.0.1] }
  periodSeconds: 1
  timeoutSeconds: 3
  failureThreshold: 300
readinessProbe:
  exec: { command: [pg_isready, --quiet, --host=127.0.0.1] }
  periodSeconds: 5
  timeoutSeconds: 3
livenessProbe:
  exec: { command: [pg_isready, --quiet, --host=127.0.0.1] }
  periodSeconds: 20
  timeoutSeconds: 5
  failureThreshold: 6
lifecycle:
  preStop:
    exec:
      # A fast shutdown, also by images whose stop signal is another: a smart one waits until clients leave, and Orthanc stays.
      command: [sh, -c, kill -INT 1]
# Meets the restricted Pod Security Standard; what it must write to are volumes.
securityContext:
  allowPrivilegeEscalation: false
  readOnlyRootFilesystem: true
  capabilities:
    drop: [ALL]
resources:
  {{- toYaml .Values.resources | nindent 2 }}
volumeMounts:
  - name: data
    mountPath: /pgdata
  - name: password
    mountPath: /run/secrets/postgres
    readOnly: true
  - name: run
    mountPath: /var/run/postgresql
  - name: tmp
    mountPath: /tmp
{{- end }}
