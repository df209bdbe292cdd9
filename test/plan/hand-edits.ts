import type { KubeJson } from "../support/cluster-api.ts";

/** What people, controllers and cloud providers do to objects of a release, and what flotilla is to say of it. */
export interface HandEdit {
  readonly what: string;
  /** `Kind/name` among {@link MANIFEST}. */
  readonly object: string;
  /** Changes the live object in place; null deletes it. */
  readonly edit: ((live: Editable) => void) | null;
  readonly answer: "changed" | "missing" | "ignored";
  /** Why no API server of ours takes the edit: the row is tried on paper only. */
  readonly onPaper?: string;
}

/** An object as raw as a test needs it. */
// eslint-disable-next-line typescript/no-explicit-any -- edits reach deep into raw objects
export type Editable = any;

const container = (live: Editable): Editable => live.spec.template.spec.containers[0];

/** The table: written before the code that has to agree with it. */
export const HAND_EDITS: readonly HandEdit[] = [
  // Deployments
  {
    what: "a label changed",
    object: "Deployment/web",
    edit: (it) => (it.metadata.labels.team = "b"),
    answer: "changed",
  },
  {
    what: "a label removed",
    object: "Deployment/web",
    edit: (it) => delete it.metadata.labels.team,
    answer: "changed",
  },
  { what: "a label added", object: "Deployment/web", edit: (it) => (it.metadata.labels.cost = "7"), answer: "ignored" },
  {
    what: "an annotation changed",
    object: "Deployment/web",
    edit: (it) => (it.metadata.annotations.owner = "me"),
    answer: "changed",
  },
  {
    what: "kubectl rollout restart",
    object: "Deployment/web",
    edit: (it) =>
      (it.spec.template.metadata.annotations = { "kubectl.kubernetes.io/restartedAt": "2026-11-26T09:00:00Z" }),
    answer: "ignored",
  },
  { what: "kubectl rollout pause", object: "Deployment/web", edit: (it) => (it.spec.paused = true), answer: "ignored" },
  {
    what: "kubectl scale, no autoscaler",
    object: "Deployment/web",
    edit: (it) => (it.spec.replicas = 5),
    answer: "changed",
  },
  {
    what: "scaled by an autoscaler",
    object: "Deployment/scaled",
    edit: (it) => (it.spec.replicas = 3),
    answer: "ignored",
  },
  {
    what: "kubectl set image",
    object: "Deployment/web",
    edit: (it) => (container(it).image = "registry.example/app:2"),
    answer: "changed",
  },
  {
    what: "an argument added",
    object: "Deployment/web",
    edit: (it) => container(it).args.push("--debug"),
    answer: "changed",
  },
  {
    what: "a variable changed",
    object: "Deployment/web",
    edit: (it) => (container(it).env[0].value = "debug"),
    answer: "changed",
  },
  {
    what: "a variable added",
    object: "Deployment/web",
    edit: (it) => container(it).env.push({ name: "EXTRA", value: "1" }),
    answer: "ignored",
  },
  { what: "a variable removed", object: "Deployment/web", edit: (it) => container(it).env.shift(), answer: "changed" },
  {
    what: "an empty variable without its empty value",
    object: "Deployment/web",
    edit: (it) => delete container(it).env[1].value,
    answer: "ignored",
  },
  {
    what: "variables in another order",
    object: "Deployment/web",
    edit: (it) => (container(it).env = container(it).env.toReversed()),
    answer: "ignored",
  },
  {
    what: "a limit in another spelling",
    object: "Deployment/web",
    edit: (it) => (container(it).resources.limits.cpu = "1"),
    answer: "ignored",
  },
  {
    what: "a limit raised",
    object: "Deployment/web",
    edit: (it) => (container(it).resources.limits.memory = "1Gi"),
    answer: "changed",
  },
  {
    what: "allowPrivilegeEscalation: false taken away",
    object: "Deployment/web",
    edit: (it) => delete container(it).securityContext.allowPrivilegeEscalation,
    answer: "changed",
  },
  {
    what: "an emptyDir made a host path",
    object: "Deployment/web",
    edit: (it) => (it.spec.template.spec.volumes[0] = { name: "scratch", hostPath: { path: "/var/scratch" } }),
    answer: "changed",
  },
  {
    what: "a container added",
    object: "Deployment/web",
    edit: (it) => it.spec.template.spec.containers.push({ name: "agent", image: "registry.example/agent:1" }),
    answer: "ignored",
  },
  { what: "a Deployment deleted", object: "Deployment/web", edit: null, answer: "missing" },
  // Services
  {
    what: "a Service's port changed",
    object: "Service/web",
    edit: (it) => (it.spec.ports[0].port = 8080),
    answer: "changed",
  },
  {
    what: "a target port changed",
    object: "Service/web",
    edit: (it) => (it.spec.ports[0].targetPort = 9999),
    answer: "changed",
  },
  {
    what: "a port added",
    object: "Service/web",
    edit: (it) => it.spec.ports.push({ name: "metrics", port: 9090, targetPort: 9090, protocol: "TCP" }),
    answer: "ignored",
  },
  {
    what: "a selector changed",
    object: "Service/web",
    edit: (it) => (it.spec.selector.app = "other"),
    answer: "changed",
  },
  { what: "made a NodePort", object: "Service/web", edit: (it) => (it.spec.type = "NodePort"), answer: "changed" },
  {
    what: "a cloud's annotation",
    object: "Service/web",
    edit: (it) => (it.metadata.annotations = { "cloud.google.com/neg-status": "{}" }),
    answer: "ignored",
  },
  {
    what: "a load balancer's finalizer",
    object: "Service/web",
    edit: (it) => (it.metadata.finalizers = ["example.dev/load-balancer"]),
    answer: "ignored",
  },
  { what: "a Service deleted", object: "Service/web", edit: null, answer: "missing" },
  // Configuration
  {
    what: "a ConfigMap's value changed",
    object: "ConfigMap/settings",
    edit: (it) => (it.data.level = "debug"),
    answer: "changed",
  },
  {
    what: "a ConfigMap's key removed",
    object: "ConfigMap/settings",
    edit: (it) => delete it.data.level,
    answer: "changed",
  },
  {
    what: "a ConfigMap's key added",
    object: "ConfigMap/settings",
    edit: (it) => (it.data.extra = "1"),
    answer: "ignored",
  },
  {
    what: "a Secret's value changed",
    object: "Secret/credentials",
    edit: (it) => (it.data.password = Buffer.from("hand-made-password").toString("base64")),
    answer: "changed",
  },
  {
    what: "a Secret's key removed",
    object: "Secret/credentials",
    edit: (it) => delete it.data.password,
    answer: "changed",
  },
  {
    what: "a Secret's key added",
    object: "Secret/credentials",
    edit: (it) => (it.data.more = "bW9yZQ=="),
    answer: "ignored",
  },
  // Rights
  {
    what: "a pull secret added to a ServiceAccount",
    object: "ServiceAccount/web",
    edit: (it) => (it.imagePullSecrets = [{ name: "registry" }]),
    answer: "ignored",
  },
  {
    what: "a token mounted again",
    object: "ServiceAccount/web",
    edit: (it) => (it.automountServiceAccountToken = true),
    answer: "changed",
  },
  {
    what: "a verb added to a Role",
    object: "Role/web",
    edit: (it) => it.rules[0].verbs.push("delete"),
    answer: "changed",
  },
  { what: "a Role's rule removed", object: "Role/web", edit: (it) => it.rules.pop(), answer: "changed" },
  {
    what: "a subject added",
    object: "RoleBinding/web",
    edit: (it) => it.subjects.push({ kind: "User", name: "eve", apiGroup: "rbac.authorization.k8s.io" }),
    answer: "changed",
  },
  {
    what: "an aggregated ClusterRole filled by its controller",
    object: "ClusterRole/hand-edits",
    edit: (it) => (it.rules = [{ apiGroups: [""], resources: ["pods"], verbs: ["get"] }]),
    answer: "ignored",
  },
  // Policies and scaling
  {
    what: "a disruption budget changed",
    object: "PodDisruptionBudget/web",
    edit: (it) => (it.spec.minAvailable = 0),
    answer: "changed",
  },
  {
    what: "a network policy opened",
    object: "NetworkPolicy/web",
    edit: (it) => it.spec.ingress.push({}),
    answer: "changed",
  },
  {
    what: "a network policy opened to everybody",
    object: "NetworkPolicy/web",
    edit: (it) => delete it.spec.ingress[0].from,
    answer: "changed",
  },
  {
    what: "an autoscaler's maximum changed",
    object: "HorizontalPodAutoscaler/scaled",
    edit: (it) => (it.spec.maxReplicas = 9),
    answer: "changed",
  },
  {
    what: "a volume claim grown",
    object: "PersistentVolumeClaim/data",
    edit: (it) => (it.spec.resources.requests.storage = "2Gi"),
    answer: "ignored",
    onPaper: "the sandbox has no storage class that lets volumes grow",
  },
  { what: "a Job gone by its own time to live", object: "Job/once", edit: null, answer: "ignored" },
  // Custom resources
  {
    what: "a CRD's printer column removed",
    object: "CustomResourceDefinition/widgets.hand-edits.dev",
    edit: (it) => it.spec.versions[0].additionalPrinterColumns.pop(),
    answer: "changed",
  },
  {
    what: "a CRD's schema edited",
    object: "CustomResourceDefinition/widgets.hand-edits.dev",
    edit: (it) => (it.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.shape.type = "integer"),
    answer: "changed",
  },
  {
    what: "a property added to a CRD's schema",
    object: "CustomResourceDefinition/widgets.hand-edits.dev",
    edit: (it) => (it.spec.versions[0].schema.openAPIV3Schema.properties.spec.properties.more = { type: "string" }),
    answer: "ignored",
  },
  {
    what: "a label added to a CRD",
    object: "CustomResourceDefinition/widgets.hand-edits.dev",
    edit: (it) => (it.metadata.labels = { ...it.metadata.labels, mine: "1" }),
    answer: "ignored",
  },
  {
    what: "a custom resource's field changed",
    object: "Widget/one",
    edit: (it) => (it.spec.size = 7),
    answer: "changed",
  },
  {
    what: "a custom resource's field added",
    object: "Widget/one",
    edit: (it) => (it.spec.shape = "round"),
    answer: "ignored",
  },
  {
    what: "an element added to a custom resource's list",
    object: "Widget/one",
    edit: (it) => it.spec.colors.push("blue"),
    answer: "changed",
  },
  { what: "a custom resource deleted", object: "Widget/one", edit: null, answer: "missing" },
  // Webhooks
  {
    what: "istiod puts in its certificate authority",
    object: "ValidatingWebhookConfiguration/istio-validator-hand-edits",
    edit: (it) => (it.webhooks[0].clientConfig.caBundle = CA),
    answer: "ignored",
  },
  {
    what: "istiod closes its validation",
    object: "ValidatingWebhookConfiguration/istio-validator-hand-edits",
    edit: (it) => (it.webhooks[0].failurePolicy = "Fail"),
    answer: "ignored",
  },
  {
    what: "istiod's injector gets its certificate authority",
    object: "MutatingWebhookConfiguration/istio-sidecar-injector-hand-edits",
    edit: (it) => (it.webhooks[0].clientConfig.caBundle = CA),
    answer: "ignored",
  },
  {
    what: "the selector of istiod's injector changed",
    object: "MutatingWebhookConfiguration/istio-sidecar-injector-hand-edits",
    edit: (it) => (it.webhooks[0].namespaceSelector = { matchLabels: { inject: "never" } }),
    answer: "changed",
  },
  {
    what: "another webhook let through what it should refuse",
    object: "ValidatingWebhookConfiguration/hand-edits",
    edit: (it) => (it.webhooks[0].failurePolicy = "Ignore"),
    answer: "changed",
  },
  {
    what: "a certificate authority put into another webhook",
    object: "ValidatingWebhookConfiguration/hand-edits",
    edit: (it) => (it.webhooks[0].clientConfig.caBundle = CA),
    answer: "ignored",
  },
  {
    what: "a webhook called by URL instead of Service",
    object: "ValidatingWebhookConfiguration/hand-edits",
    edit: (it) => (it.webhooks[0].clientConfig = { url: "https://checks.example/check" }),
    answer: "changed",
  },
  { what: "a webhook deleted", object: "ValidatingWebhookConfiguration/hand-edits", edit: null, answer: "missing" },
];

/** Any PEM certificate will do for a webhook that is never called; the API server looks no deeper than the markers. */
const CA = Buffer.from("-----BEGIN CERTIFICATE-----\nMIIBszCCAVmgAwIBAgIUQ\n-----END CERTIFICATE-----\n").toString(
  "base64",
);

const labels = { app: "web" };
const nobody = {
  apiGroups: ["nobody.hand-edits.dev"],
  apiVersions: ["v1"],
  operations: ["CREATE"],
  resources: ["nothings"],
};
const webhook = (change: object): object => ({
  name: "check.hand-edits.dev",
  admissionReviewVersions: ["v1"],
  sideEffects: "None",
  rules: [nobody],
  clientConfig: { service: { name: "web", namespace: "hand-edits", path: "/check" } },
  ...change,
});

/** What the release holds, in namespace `hand-edits`, as its chart renders it. */
export const MANIFEST: readonly KubeJson[] = [
  {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: "widgets.hand-edits.dev" },
    spec: {
      group: "hand-edits.dev",
      names: { kind: "Widget", plural: "widgets" },
      scope: "Namespaced",
      preserveUnknownFields: false,
      versions: [
        {
          name: "v1",
          served: true,
          storage: true,
          additionalPrinterColumns: [{ name: "Size", type: "integer", jsonPath: ".spec.size" }],
          schema: {
            openAPIV3Schema: {
              type: "object",
              properties: {
                spec: {
                  type: "object",
                  properties: {
                    size: { type: "integer" },
                    shape: { type: "string" },
                    grade: { type: "string", default: "plain" },
                    colors: { type: "array", items: { type: "string" } },
                  },
                },
              },
            },
          },
        },
      ],
    },
  },
  { apiVersion: "hand-edits.dev/v1", kind: "Widget", metadata: { name: "one" }, spec: { size: 3, colors: ["red"] } },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "web", labels: { team: "a" }, annotations: { owner: "us", note: "" } },
    spec: {
      replicas: 2,
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          hostNetwork: false,
          nodeSelector: {},
          containers: [
            {
              name: "app",
              image: "registry.example/app:1",
              args: ["--serve"],
              env: [
                { name: "LEVEL", value: "info" },
                { name: "EMPTY", value: "" },
              ],
              ports: [{ containerPort: 8080 }],
              resources: { limits: { cpu: "1000m", memory: "128Mi" } },
              securityContext: { allowPrivilegeEscalation: false },
              volumeMounts: [{ name: "scratch", mountPath: "/scratch", readOnly: false }],
            },
          ],
          volumes: [{ name: "scratch", emptyDir: {} }],
        },
      },
    },
  },
  {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name: "scaled" },
    spec: {
      replicas: 1,
      selector: { matchLabels: { app: "scaled" } },
      template: {
        metadata: { labels: { app: "scaled" } },
        spec: { containers: [{ name: "app", image: "registry.example/app:1" }] },
      },
    },
  },
  {
    apiVersion: "autoscaling/v2",
    kind: "HorizontalPodAutoscaler",
    metadata: { name: "scaled" },
    spec: {
      scaleTargetRef: { apiVersion: "apps/v1", kind: "Deployment", name: "scaled" },
      minReplicas: 1,
      maxReplicas: 4,
      metrics: [
        { type: "Resource", resource: { name: "cpu", target: { type: "Utilization", averageUtilization: 80 } } },
      ],
    },
  },
  {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "web" },
    spec: { type: "ClusterIP", selector: { app: "web" }, ports: [{ name: "http", port: 80, targetPort: 8080 }] },
  },
  { apiVersion: "v1", kind: "ConfigMap", metadata: { name: "settings" }, data: { level: "info", text: "one\ntwo\n" } },
  {
    apiVersion: "v1",
    kind: "Secret",
    metadata: { name: "credentials" },
    stringData: { password: "rendered-password" },
  },
  { apiVersion: "v1", kind: "ServiceAccount", metadata: { name: "web" }, automountServiceAccountToken: false },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "Role",
    metadata: { name: "web" },
    rules: [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list"] },
      { apiGroups: [""], resources: ["services"], verbs: ["get"] },
    ],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "RoleBinding",
    metadata: { name: "web" },
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "Role", name: "web" },
    subjects: [{ kind: "ServiceAccount", name: "web", namespace: "hand-edits" }],
  },
  {
    apiVersion: "rbac.authorization.k8s.io/v1",
    kind: "ClusterRole",
    metadata: { name: "hand-edits" },
    aggregationRule: { clusterRoleSelectors: [{ matchLabels: { "hand-edits.dev/aggregate": "true" } }] },
    rules: [],
  },
  {
    apiVersion: "policy/v1",
    kind: "PodDisruptionBudget",
    metadata: { name: "web" },
    spec: { minAvailable: 1, selector: { matchLabels: labels } },
  },
  {
    apiVersion: "networking.k8s.io/v1",
    kind: "NetworkPolicy",
    metadata: { name: "web" },
    spec: { podSelector: {}, policyTypes: ["Ingress"], ingress: [{ from: [{ podSelector: {} }] }] },
  },
  {
    apiVersion: "v1",
    kind: "PersistentVolumeClaim",
    metadata: { name: "data" },
    spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
  },
  {
    apiVersion: "batch/v1",
    kind: "Job",
    metadata: { name: "once" },
    spec: {
      ttlSecondsAfterFinished: 3600,
      template: { spec: { restartPolicy: "Never", containers: [{ name: "app", image: "registry.example/app:1" }] } },
    },
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: {
      name: "istio-validator-hand-edits",
      labels: { app: "istiod", istio: "istiod", "istio.io/rev": "default" },
    },
    webhooks: [webhook({ failurePolicy: "Ignore" })],
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "MutatingWebhookConfiguration",
    metadata: {
      name: "istio-sidecar-injector-hand-edits",
      labels: { app: "sidecar-injector", "istio.io/rev": "default" },
    },
    webhooks: [webhook({ failurePolicy: "Fail", namespaceSelector: { matchLabels: { inject: "yes" } } })],
  },
  {
    apiVersion: "admissionregistration.k8s.io/v1",
    kind: "ValidatingWebhookConfiguration",
    metadata: { name: "hand-edits" },
    webhooks: [webhook({ failurePolicy: "Fail" })],
  },
];
