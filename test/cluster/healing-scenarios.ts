import type { ClusterApi, KubeJson } from "../support/cluster-api.ts";
import { deployment, job } from "../support/objects-chart.ts";
import { type Scenario, SCENARIOS } from "./diagnosis-scenarios.ts";
import { allowPods, DEFINITIONS, holdNamespace, mendPods, podWebhook, tell } from "./scenario-objects.ts";

/** A scenario that comes right: by itself, or when somebody does something about it. */
export interface HealingScenario extends Omit<Scenario, "foreseen" | "leavesNothing"> {
  /** What somebody does once it is named; left out where it heals by itself. */
  readonly heal?: (api: ClusterApi, namespace: string) => Promise<unknown>;
  /** Nothing is said of it on the way. */
  readonly untold?: boolean;
}

const MERGE = "application/merge-patch+json";

/** The same as what goes wrong, under the table's own graces. */
function again(name: string): HealingScenario {
  const scenario = SCENARIOS.find((each) => each.name === name);
  if (scenario === undefined) throw new Error(`there is no scenario ${name}`);
  const { wait: _wait, ...same } = scenario;
  return same;
}

/** The same, whose cause is then taken away. */
function healed(name: string, heal: NonNullable<HealingScenario["heal"]>): HealingScenario {
  return { ...again(name), heal };
}

/** The same, whose pods get over it. */
function recovering(name: string): HealingScenario {
  return healed(name, (api, namespace) => mark(api, namespace, { "recovers-after": "1s" }));
}

/** Gives the pods of a namespace marks of the sandbox; null takes one away. */
async function mark(
  api: ClusterApi,
  namespace: string,
  marks: Readonly<Record<string, string | null>>,
): Promise<unknown> {
  const labels = Object.fromEntries(
    Object.entries(marks).map(([key, value]) => [`sandbox.flotilla.dev/${key}`, value]),
  );
  const path = `/api/v1/namespaces/${namespace}/pods`;
  const pods = (await api.get(path))?.["items"] as readonly KubeJson[];
  return Promise.all(
    pods.map(({ metadata }) => api.send("PATCH", `${path}/${metadata.name}`, { metadata: { labels } }, MERGE)),
  );
}

/** What goes wrong and then comes right. */
export const HEALING: readonly HealingScenario[] = [
  recovering("image-pull"),
  recovering("crash-loop"),
  recovering("oom-killed"),
  recovering("config-missing"),
  // Nothing says why, so nothing is said.
  { ...again("unknown"), untold: true, objects: [deployment("app", { marks: { "ready-after": "4s" } })] },
  // Somebody raises the quota once it is named.
  healed("quota", (api, namespace) => {
    const more = { spec: { hard: { "requests.cpu": "4" } } };
    return api.send("PATCH", `/api/v1/namespaces/${namespace}/resourcequotas/small`, more, MERGE);
  }),
  healed("no-account", (api, namespace) =>
    api.send("POST", `/api/v1/namespaces/${namespace}/serviceaccounts`, { metadata: { name: "nobody" } }),
  ),
  // A node comes that fits.
  healed("no-such-node", (api) =>
    api.send("PATCH", "/api/v1/nodes/sandbox-node-1", { metadata: { labels: { disk: "gold" } } }, MERGE),
  ),
  {
    name: "node-coming",
    row: "node-coming",
    code: "unschedulable",
    object: ["Pod", /^app$/],
    says: /no node has the labels.*An autoscaler is adding a node.*TriggeredScaleUp/s,
    hint: /nodeSelector/,
    objects: [
      {
        apiVersion: "v1",
        kind: "Pod",
        metadata: { name: "app" },
        spec: { nodeSelector: { disk: "silver" }, containers: [{ name: "app", image: "registry.example/app:1" }] },
      },
    ],
    before: (api, namespace) =>
      tell(api, ["v1", "Pod", namespace, "app"], {
        type: "Normal",
        reason: "TriggeredScaleUp",
        message: "pod triggered scale-up: [{silver 0->1 (max: 3)}]",
      }),
    heal: (api) => {
      const size = { cpu: "4", memory: "16Gi", pods: "110" };
      return api.send("POST", "/api/v1/nodes", {
        metadata: { name: "silver-1", labels: { disk: "silver" }, annotations: { "kwok.x-k8s.io/node": "fake" } },
        status: { capacity: size, allocatable: size },
      });
    },
  },
  healed("webhook-unreachable", (api, namespace) => {
    const { apiVersion, metadata } = podWebhook(namespace, "gone") as PodWebhook;
    return api.send("DELETE", `/apis/${apiVersion}/mutatingwebhookconfigurations/${metadata.name}`);
  }),
  // Its grace is shorter than the time after which the ReplicaSet's controller may try again.
  { ...healed("webhook-denied", allowPods), wait: { giveUp: { "webhook-denied": "90s" } } },
  // The injector is there at last, and somebody follows the hint.
  healed("injection-missed", async (api, namespace) => {
    await mendPods(api, namespace);
    await api.send("DELETE", `/api/v1/namespaces/${namespace}/pods`);
  }),
  // The class comes, and with it a provisioner: the sandbox's own.
  healed("volume-unbound", async (api, namespace) => {
    const spec = { storageClassName: "gold", accessModes: ["ReadWriteOnce"], capacity: { storage: "1Gi" } };
    const claimRef = { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name: "data" };
    const csi = { driver: "sandbox.flotilla.dev", volumeHandle: "gold" };
    await api.send("POST", "/api/v1/persistentvolumes", {
      metadata: { name: "gold" },
      spec: { ...spec, claimRef, csi },
    });
  }),
  // What fails is made anew by the Job's controller, ten seconds later, and comes out well then.
  {
    name: "job-retries",
    row: "job-retries",
    code: "job-failed",
    object: ["Job", /^migrate$/],
    says: /Job migrate has failed and tries again: its container app ended with exit code 1/,
    hint: /kubectl logs job\/migrate --namespace job-retries/,
    objects: [job("migrate", {}, { marks: { fails: "job-failed" }, spec: { backoffLimit: 6 } })],
    heal: mendPods,
  },
  {
    name: "hook-retries",
    ofHelm: true,
    row: "hook-retries",
    code: "hook-failed",
    object: ["Job", /^prepare$/],
    says: /Hook Job prepare has failed and tries again: its container app ended with exit code 1/,
    hint: /kubectl logs job\/prepare --namespace hook-retries/,
    objects: [
      job("prepare", { "helm.sh/hook": "pre-install" }, { marks: { fails: "job-failed" }, spec: { backoffLimit: 6 } }),
      deployment("app"),
    ],
    heal: mendPods,
  },
  healed("load-balancer", giveAddress),
  healed("load-balancer-failed", giveAddress),
  healed("no-endpoints", async (api, namespace) => {
    await api.send("DELETE", `/api/v1/namespaces/${namespace}/pods/other`);
    await api.send("POST", `/api/v1/namespaces/${namespace}/pods`, {
      metadata: { name: "another", labels: { app: "other" } },
      spec: { containers: [{ name: "app", image: "registry.example/app:1" }], automountServiceAccountToken: false },
    });
  }),
  // As cert-manager's injector does, with any authority that is one.
  healed("crd-not-established", async (api, namespace) => {
    const authority = await api.get(`/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`);
    const caBundle = Buffer.from(authority?.["data"]["ca.crt"] as string).toString("base64");
    const spec = { conversion: { webhook: { clientConfig: { caBundle } } } };
    return api.send("PATCH", `${DEFINITIONS}/parts.late.example`, { spec }, MERGE);
  }),
  {
    name: "namespace-terminating",
    code: "namespace-terminating",
    object: ["Namespace", /^namespace-terminating$/],
    says: /Namespace namespace-terminating is being deleted and is not gone yet: .*example\.com\/hold/,
    hint: /whoever set the finalizers.*kubectl get namespace namespace-terminating/,
    objects: [deployment("app")],
    before: holdNamespace,
    heal: (api, namespace) => {
      const released = { metadata: { finalizers: null } };
      return api.send("PATCH", `/api/v1/namespaces/${namespace}/configmaps/held`, released, MERGE);
    },
  },
  healed("probe-failing", (api, namespace) => mark(api, namespace, { fails: null, "ready-after": "1s" })),
];

interface PodWebhook {
  readonly apiVersion: string;
  readonly metadata: { readonly name: string };
}

function giveAddress(api: ClusterApi, namespace: string): Promise<unknown> {
  const status = { status: { loadBalancer: { ingress: [{ ip: "10.97.1.1" }] } } };
  return api.send("PATCH", `/api/v1/namespaces/${namespace}/services/app/status`, status, MERGE);
}
