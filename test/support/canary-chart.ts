import { packChart } from "./chart-archive.ts";

/** Fails in the way that `fail` names, and quotes its values as it does. */
const TEMPLATE = `{{- $quoted := list .Values.db.password .Values.apiToken .Values.tls.key .Values.file.adminPassword .Values.set.password .Values.set.token -}}
{{- if eq .Values.fail "template" }}{{ fail (printf "refused: %s | %s" (join " | " $quoted) (toJson $quoted)) }}{{ end -}}
{{- if eq .Values.fail "encoded" }}{{ fail (printf "refused: %s | %s" (toJson $quoted | b64enc) (join "&" $quoted | urlquery)) }}{{ end -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: app
  labels: { echo: {{ .Values.fail | quote }} }
data:
  sums: {{ toJson .Values | sha256sum }}
{{- if eq .Values.fail "admission" }}
  quoted: {{ join " | " $quoted | replace "\\n" " " | quote }}
{{- end }}
`;

/** With `fail: schema` no value under these keys is right; Helm says so and quotes them. */
const never = { type: "string", pattern: "^never$" };
const SCHEMA = {
  if: { properties: { fail: { const: "schema" } } },
  // eslint-disable-next-line unicorn/no-thenable -- JSON Schema's own word
  then: {
    properties: {
      db: { properties: { password: never } },
      apiToken: never,
      set: { properties: { password: never, token: never } },
    },
  },
};

/** A chart that quotes its values when it is told to fail: by template, by schema, or by what the cluster says. */
export function packCanaryChart(): Promise<Buffer> {
  return packChart({
    name: "app",
    version: "1.0.0",
    files: {
      "values.yaml": "fail: none\n",
      "values.schema.json": JSON.stringify(SCHEMA),
      "templates/config.yaml": TEMPLATE,
    },
  });
}

/** A policy that refuses the chart's object with \`fail: admission\` and echoes what stands in it. */
export const ECHOING_POLICY = {
  metadata: { name: "echo" },
  spec: {
    failurePolicy: "Fail",
    matchConstraints: {
      resourceRules: [
        { apiGroups: [""], apiVersions: ["v1"], operations: ["CREATE", "UPDATE"], resources: ["configmaps"] },
      ],
    },
    matchConditions: [
      {
        name: "asked",
        expression: "has(object.metadata.labels) && object.metadata.labels[?'echo'].orValue('') == 'admission'",
      },
    ],
    validations: [{ expression: "false", messageExpression: "'refused: ' + object.data.quoted" }],
  },
};
