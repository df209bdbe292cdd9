import { GIVE_UP, type GiveUpRuleName } from "../../src/diagnosis/give-up.ts";
import type { DiagnosisCode } from "../../src/model/diagnosis.ts";
import type { ClusterApi } from "../support/cluster-api.ts";
import { deployment, job } from "../support/objects-chart.ts";
import { definition, DEFINITIONS, denyPods, podWebhook, serveKind, tell } from "./scenario-objects.ts";

/** Something that goes wrong in a real cluster, in a namespace of its own. */
export interface Scenario {
  /** Of the release and of its namespace. */
  readonly name: string;
  readonly code: DiagnosisCode;
  /** Row of the give-up table; by default the one that is called like the code. */
  readonly row?: GiveUpRuleName;
  /** Kind and a pattern for the name of the object that must be named. */
  readonly object: readonly [kind: string, name: RegExp];
  /** What must stand in message, hint and evidence. */
  readonly says: RegExp;
  readonly hint: RegExp;
  readonly objects: readonly object[];
  /** `wait` of the release; by default the code is given up after a second. */
  readonly wait?: object;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** Helm has a part in it: both majors are tried. */
  readonly ofHelm?: boolean;
  /** With Helm 4 the plan finds it and refuses the whole run (conflicts.test.ts). */
  readonly foreseen?: boolean;
  /** Helm refuses before it writes the release down. */
  readonly leavesNothing?: boolean;
  /** What is in the cluster before. */
  readonly before?: (api: ClusterApi, namespace: string) => Promise<unknown>;
}

const POD = /^app-[a-z0-9]+-[a-z0-9]+$/;
const HOOK = "helm.sh/hook";

/** A Service whose load balancer gets no address. */
const NEVER_BALANCED = {
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "app", labels: { "sandbox.flotilla.dev/load-balancer": "never" } },
  spec: { type: "LoadBalancer", ports: [{ port: 80 }], selector: { app: "app" } },
};

/** Every code that a wait for pods, volumes, services and hooks can end with. */
export const SCENARIOS: readonly Scenario[] = [
  {
    name: "unknown",
    code: "unknown",
    object: ["Deployment", /^app$/],
    says: /0\/1 pods ready.*Nothing in the cluster says why/s,
    hint: /kubectl get all,events --namespace unknown/,
    objects: [deployment("app", { marks: { fails: "never-ready" } })],
    wait: { timeout: "8s" },
  },
  {
    name: "image-pull",
    ofHelm: true,
    code: "image-pull",
    object: ["Pod", POD],
    says: /registry\.example\/app:1 of container app cannot be pulled: the registry has no such image or tag/,
    hint: /registry\.example\/app:1/,
    objects: [deployment("app", { marks: { fails: "image-pull" } })],
  },
  {
    name: "image-name",
    row: "image-name",
    code: "image-pull",
    object: ["Pod", POD],
    says: /"registry\.example\/App:1", the image of container app, is no name of an image/,
    hint: /registry\/path:tag, in lower case/,
    objects: [deployment("app", { marks: { fails: "image-name" }, container: { image: "registry.example/App:1" } })],
    wait: {},
  },
  {
    name: "three-pods",
    ofHelm: true,
    code: "image-pull",
    object: ["Deployment", /^app$/],
    says: /So it is with 3 pods/,
    hint: /values/,
    objects: [deployment("app", { marks: { fails: "image-pull" }, spec: { replicas: 3 } })],
  },
  {
    name: "crash-loop",
    code: "crash-loop",
    object: ["Pod", POD],
    says: /Container app ends with exit code 1/,
    hint: /kubectl logs app-\S+ --namespace crash-loop --container app --previous/,
    objects: [deployment("app", { marks: { fails: "crash-loop" } })],
  },
  {
    name: "oom-killed",
    code: "oom-killed",
    object: ["Pod", POD],
    says: /more memory than its limit of 64Mi/,
    hint: /resources\.limits\.memory/,
    objects: [
      deployment("app", { marks: { fails: "oom-killed" }, container: { resources: { limits: { memory: "64Mi" } } } }),
    ],
  },
  {
    name: "config-missing",
    code: "config-missing",
    object: ["Pod", POD],
    says: /secret "missing" not found/,
    hint: /kubectl create secret generic missing --namespace config-missing/,
    objects: [deployment("app", { marks: { fails: "config-missing" } })],
  },
  {
    name: "no-account",
    code: "config-missing",
    object: ["Deployment", /^app$/],
    says: /no service account nobody/,
    hint: /kubectl create serviceaccount nobody/,
    objects: [deployment("app", { podSpec: { serviceAccountName: "nobody" } })],
  },
  {
    name: "probe-failing",
    code: "probe-failing",
    object: ["Pod", POD],
    says: /readiness probe \(GET \/ready on port 8080\): HTTP probe failed with statuscode: 503/,
    hint: /kubectl logs/,
    objects: [
      deployment("app", {
        marks: { fails: "probe-failing" },
        container: { readinessProbe: { httpGet: { path: "/ready", port: 8080 } } },
      }),
    ],
  },
  {
    name: "unschedulable",
    code: "unschedulable",
    object: ["Pod", POD],
    says: /asks for 999 of cpu, and the largest node has 16/,
    hint: /resources\.requests/,
    objects: [deployment("app", { container: { resources: { requests: { cpu: "999" } } } })],
  },
  {
    name: "no-such-node",
    code: "unschedulable",
    object: ["Pod", POD],
    says: /no node has the labels/,
    hint: /nodeSelector/,
    objects: [deployment("app", { podSpec: { nodeSelector: { disk: "gold" } } })],
  },
  {
    name: "quota",
    code: "quota",
    object: ["Deployment", /^app$/],
    says: /Quota small of namespace quota leaves no room/,
    hint: /kubectl describe quota small --namespace quota/,
    objects: [deployment("app", { container: { resources: { requests: { cpu: "2" } } } })],
    before: (api, namespace) =>
      api.send("POST", `/api/v1/namespaces/${namespace}/resourcequotas`, {
        metadata: { name: "small" },
        spec: { hard: { "requests.cpu": "1" } },
      }),
  },
  {
    name: "pod-security",
    code: "pod-security",
    object: ["Deployment", /^app$/],
    says: /restricted:latest.*allowPrivilegeEscalation/,
    hint: /security context/,
    objects: [deployment("app")],
    wait: {},
    namespaceLabels: { "pod-security.kubernetes.io/enforce": "restricted" },
  },
  {
    name: "webhook-unreachable",
    code: "webhook-unreachable",
    object: ["Deployment", /^app$/],
    says: /pods\.webhook\.example: service "gone" not found.*MutatingWebhookConfiguration pods-webhook-unreachable: failurePolicy Fail, answered by Service webhook-unreachable\/gone/s,
    hint: /must be ready first/,
    objects: [deployment("app")],
    before: (api, namespace) =>
      api.send(
        "POST",
        "/apis/admissionregistration.k8s.io/v1/mutatingwebhookconfigurations",
        podWebhook(namespace, "gone"),
      ),
  },
  {
    name: "webhook-denied",
    code: "webhook-denied",
    object: ["Deployment", /^app$/],
    says: /policy no-pods-webhook-denied refuses its pods: this house has no pods/,
    hint: /rule of this cluster/,
    objects: [deployment("app")],
    before: denyPods,
  },
  {
    name: "injection-missed",
    code: "injection-missed",
    object: ["Pod", POD],
    says: /webhook was not asked/,
    hint: /kubectl delete pod app-\S+ --namespace injection-missed/,
    objects: [deployment("app", { marks: { fails: "image-pull" }, container: { image: "auto" } })],
  },
  {
    name: "volume-unbound",
    code: "volume-unbound",
    object: ["PersistentVolumeClaim", /^data$/],
    says: /no storage class gold/,
    hint: /storageClassName/,
    objects: [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data" },
        spec: { storageClassName: "gold", accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
      },
      deployment("app", { podSpec: { volumes: [{ name: "data", persistentVolumeClaim: { claimName: "data" } }] } }),
    ],
  },
  {
    // Bound once, says the claim, to a volume that is not there any more.
    name: "volume-lost",
    row: "volume-lost",
    code: "volume-unbound",
    object: ["PersistentVolumeClaim", /^data$/],
    says: /its volume is gone, and the data with it/,
    hint: /Restore the volume, or delete the claim/,
    objects: [
      {
        apiVersion: "v1",
        kind: "PersistentVolumeClaim",
        metadata: { name: "data", annotations: { "pv.kubernetes.io/bind-completed": "yes" } },
        spec: {
          volumeName: "gone",
          storageClassName: "gold",
          accessModes: ["ReadWriteOnce"],
          resources: { requests: { storage: "1Gi" } },
        },
      },
    ],
    wait: {},
  },
  {
    name: "progress-deadline",
    code: "progress-deadline",
    object: ["Deployment", /^app$/],
    says: /no progress within its own deadline/,
    hint: /kubectl describe deployment app/,
    objects: [deployment("app", { marks: { fails: "never-ready" }, spec: { progressDeadlineSeconds: 2 } })],
    wait: {},
  },
  {
    name: "job-failed",
    ofHelm: true,
    code: "job-failed",
    object: ["Job", /^migrate$/],
    says: /Job migrate failed: its container app ended with exit code 1/,
    hint: /kubectl logs job\/migrate --namespace job-failed/,
    objects: [job("migrate", {}, { marks: { fails: "job-failed" } })],
    wait: {},
  },
  {
    name: "hook-failed",
    ofHelm: true,
    code: "hook-failed",
    object: ["Job", /^prepare$/],
    says: /prepare.*exit code 1/s,
    hint: /kubectl logs job\/prepare --namespace hook-failed/,
    objects: [job("prepare", { [HOOK]: "pre-install" }, { marks: { fails: "job-failed" } }), deployment("app")],
    wait: {},
  },
  {
    name: "hook-image",
    ofHelm: true,
    code: "image-pull",
    object: ["Pod", /^prepare-/],
    says: /Hook Job prepare: The image registry\.example\/app:1/,
    hint: /registry\.example\/app:1/,
    objects: [job("prepare", { [HOOK]: "pre-install" }, { marks: { fails: "image-pull" } }), deployment("app")],
  },
  {
    name: "load-balancer",
    code: "load-balancer-pending",
    object: ["Service", /^app$/],
    says: /has no address yet/,
    hint: /MetalLB/,
    objects: [NEVER_BALANCED, deployment("app")],
  },
  {
    name: "load-balancer-failed",
    row: "load-balancer-failed",
    code: "load-balancer-pending",
    object: ["Service", /^app$/],
    says: /gets no address: Error syncing load balancer: the quota of addresses is used up/,
    hint: /See what the cloud says: kubectl describe service app --namespace load-balancer-failed/,
    objects: [NEVER_BALANCED, deployment("app")],
    before: (api, namespace) =>
      tell(api, ["v1", "Service", namespace, "app"], {
        reason: "SyncLoadBalancerFailed",
        message: "Error syncing load balancer: the quota of addresses is used up",
      }),
  },
  {
    name: "no-endpoints",
    code: "no-endpoints",
    object: ["Service", /^app$/],
    says: /none of the pods that it selects \(app=other\) is ready/,
    hint: /--selector app=other/,
    objects: [
      {
        apiVersion: "v1",
        kind: "Service",
        metadata: { name: "app" },
        spec: { ports: [{ port: 80 }], selector: { app: "other" } },
      },
    ],
    before: (api, namespace) =>
      api.send("POST", `/api/v1/namespaces/${namespace}/pods`, {
        metadata: { name: "other", labels: { app: "other", "sandbox.flotilla.dev/fails": "never-ready" } },
        spec: { containers: [{ name: "app", image: "registry.example/app:1" }], automountServiceAccountToken: false },
      }),
  },
  {
    // The API server serves no kind whose versions it could not convert.
    name: "crd-not-established",
    code: "crd-not-established",
    object: ["CustomResourceDefinition", /^parts\.late\.example$/],
    says: /does not serve parts\.late\.example yet: The conversion webhook CABundle is invalid/,
    hint: /certificate.*kubectl describe crd parts\.late\.example/,
    objects: [
      definition("parts", "late.example", "Part", {
        conversion: {
          strategy: "Webhook",
          webhook: {
            conversionReviewVersions: ["v1"],
            clientConfig: { service: { namespace: "crd-not-established", name: "parts" }, caBundle: "Cg==" },
          },
        },
      }),
    ],
  },
  {
    name: "crd-names",
    row: "crd-names",
    code: "crd-not-established",
    object: ["CustomResourceDefinition", /^gadgets\.clash\.example$/],
    says: /"Widget" is already in use/,
    hint: /kubectl get crd/,
    objects: [definition("gadgets", "clash.example", "Widget")],
    wait: {},
    before: (api) => api.send("POST", DEFINITIONS, definition("widgets", "clash.example", "Widget")),
  },
  {
    // A Job that is not the cluster's own controller's to run: the test says what the other would.
    name: "forbidden",
    code: "forbidden",
    object: ["Job", /^app$/],
    says: /queue may not create pods in namespace forbidden/,
    hint: /a role that allows it/,
    objects: [job("app", {}, { spec: { managedBy: "example.com/queue" } })],
    wait: {},
    before: (api, namespace) =>
      tell(api, ["batch/v1", "Job", namespace, "app"], {
        reason: "FailedCreate",
        message: `Error creating: pods "app-" is forbidden: User "queue" cannot create resource "pods" in API group "" in the namespace "${namespace}"`,
      }),
  },
  {
    name: "says-so-itself",
    row: "failed",
    code: "unknown",
    object: ["Thing", /^app$/],
    says: /Thing app has failed: .*no such branch/,
    hint: /kubectl describe thing app --namespace says-so-itself/,
    objects: [
      {
        apiVersion: "stalled.example/v1",
        kind: "Thing",
        metadata: { name: "app" },
        status: { conditions: [{ type: "Stalled", status: "True", reason: "NoSource", message: "no such branch" }] },
      },
    ],
    wait: {},
    before: (api) => serveKind(api, "things", "stalled.example", "Thing"),
  },
  {
    name: "apply-conflict",
    leavesNothing: true,
    ofHelm: true,
    foreseen: true,
    code: "apply-conflict",
    object: ["ConfigMap", /^taken$/],
    says: /ConfigMap "taken" in namespace apply-conflict exists already/,
    hint: /who made it/,
    objects: [{ apiVersion: "v1", kind: "ConfigMap", metadata: { name: "taken" } }],
    wait: {},
    before: (api, namespace) =>
      api.send("POST", `/api/v1/namespaces/${namespace}/configmaps`, { metadata: { name: "taken" } }),
  },
  {
    name: "schema",
    ofHelm: true,
    code: "schema",
    object: ["Service", /^app$/],
    says: /99999/,
    hint: /values/,
    objects: [{ apiVersion: "v1", kind: "Service", metadata: { name: "app" }, spec: { ports: [{ port: 99_999 }] } }],
    wait: {},
  },
];

/** The row of the give-up table that a scenario is about; null for what ends a step by itself. */
export function rowOf({ row, code }: Pick<Scenario, "row" | "code">): GiveUpRuleName | null {
  return row ?? (code in GIVE_UP ? (code as GiveUpRuleName) : null);
}
