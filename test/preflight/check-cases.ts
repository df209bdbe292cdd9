import type { Facts } from "../../src/preflight/facts.ts";
import type { FindingCode } from "../../src/preflight/finding-codes.ts";
import { PLATFORM_CASES } from "./platform-cases.ts";
import { charts, cluster, facts, failed, istioRelease, MESH, meshWith, object } from "./samples.ts";

/** Facts, and the findings that come of them: code and a part of the message, or of the hint after `→`. */
export interface CheckCase {
  readonly name: string;
  readonly facts: Facts;
  readonly found: readonly (readonly [FindingCode, string])[];
}

const helm = (version: string): Facts["helm"] => ({ value: { version } });
const needs = (requires: Partial<typeof MESH.requires>): typeof MESH => ({
  ...MESH,
  requires: { ...MESH.requires, ...requires },
});
const ON_AKS = { ...MESH, environment: { ...MESH.environment, profile: "aks" } };
const AKS_VALUES = { sidecarInjectorWebhookAnnotations: { "admissions.enforcer/disabled": "true" } };
const node = (cpu: string, memory: string, more: object = {}): ReturnType<typeof object> =>
  object("Node", { name: "n1" }, { spec: more, status: { allocatable: { cpu, memory } } });
const denied = (verb: string, resource: string, namespace: string | null, group = ""): object => ({
  verb,
  group,
  resource,
  namespace,
});
const istiod = (
  namespace: string,
  labels: Record<string, string> = {},
  annotations: Record<string, string> = {},
): ReturnType<typeof object> => object("Deployment", { name: "istiod", namespace, labels, annotations });
const helmOwned = (name: string, namespace: string): Record<string, string> => ({
  "meta.helm.sh/release-name": name,
  "meta.helm.sh/release-namespace": namespace,
});
const claims = (spec: object): Facts["rendered"] => ({
  value: [{ release: "app", objects: { value: [object("PersistentVolumeClaim", { name: "data" }, { spec })] } }],
});
const storageClass = (name: string, isDefault: boolean): ReturnType<typeof object> =>
  object("StorageClass", { name, annotations: { "storageclass.kubernetes.io/is-default-class": String(isDefault) } });
const namespaces = (labels: Record<string, string>): Facts["namespaces"] => ({
  value: [object("Namespace", { name: "ingress", labels })],
});
const installedIstiod = (chartVersion: string): Facts["installed"] => ({
  value: [{ release: "istiod", namespace: "istio-system", chartVersion, refusal: null }],
});

/** Tools and charts. */
const TOOLS: readonly CheckCase[] = [
  { name: "no helm", facts: facts({ helm: failed("helm-missing") }), found: [["helm-missing", "went wrong"]] },
  {
    name: "an old helm",
    facts: facts({ helm: failed("helm-unsupported") }),
    found: [["helm-unsupported", "went wrong"]],
  },
  {
    name: "a Helm that keeps its releases elsewhere, and none at all",
    facts: facts({ helm: failed("helm-missing"), cluster: failed("helm-unsupported") }),
    found: [
      ["helm-unsupported", "went wrong"],
      ["helm-missing", "went wrong"],
    ],
  },
  {
    name: "requirements that are not met",
    facts: facts({
      stack: needs({ helm: ">=4", kubernetes: ">=1.33", flotilla: ">=2" }),
      helm: helm("3.22.0"),
      cluster: cluster("v1.32.9-eks-113cf36"),
    }),
    found: [
      ["requires-helm", "requires Helm >=4; this one is 3.22.0"],
      ["requires-kubernetes", "this one is 1.32.9-eks-113cf36"],
      ["requires-flotilla", "this one is 0.1.0"],
      ["profile-missing", "eks"],
    ],
  },
  {
    name: "requirements that are met, by clusters that add to their version too",
    facts: facts({
      stack: needs({ helm: ">=3.18", kubernetes: ">=1.32.9", flotilla: ">=0.1" }),
      helm: helm("4.3.1"),
      cluster: cluster("v1.32.9-gke.1000"),
    }),
    found: [["profile-missing", "gke"]],
  },
  {
    name: "a gateway chart whose schema newer Helms refuse",
    facts: facts({ helm: helm("3.18.5"), charts: charts("1.27.1") }),
    found: [
      ["helm-chart-schema", "Helm 3.18.5 and chart gateway 1.27.1"],
      ["istio-end-of-life", "1.27"],
    ],
  },
  {
    name: "the same with an older Helm",
    facts: facts({ helm: helm("3.18.4"), charts: charts("1.27.1") }),
    found: [["istio-end-of-life", "1.27"]],
  },
  {
    name: "the same with a mended chart",
    facts: facts({ helm: helm("3.18.5"), charts: charts("1.26.4") }),
    found: [["istio-end-of-life", "1.26"]],
  },
  {
    name: "Helm 4 and its own wait",
    facts: facts({ helm: helm("4.3.1"), charts: charts("1.31.1") }),
    found: [["helm-load-balancer", "Helm 4.3.1 and chart gateway 1.31.1"]],
  },
  {
    name: "Helm 4 on AKS",
    facts: facts({ stack: ON_AKS, helm: helm("4.3.1"), charts: charts("1.31.1") }),
    found: [
      ["helm-admissions-enforcer", "field manager"],
      ["helm-load-balancer", "address"],
    ],
  },
  {
    name: "Helm 4 on AKS with the value that helps",
    facts: facts({
      stack: ON_AKS,
      helm: helm("4.3.1"),
      charts: charts("1.31.1", meshWith(istioRelease("istiod", "istiod", { values: AKS_VALUES }))),
    }),
    found: [["helm-load-balancer", "address"]],
  },
  {
    name: "Helm 4 with charts that set failurePolicy back",
    facts: facts({ helm: helm("4.3.1"), charts: charts("1.29.1") }),
    found: [
      ["helm-webhook-conflict", "chart base 1.29.1, istiod 1.29.1"],
      ["istio-end-of-life", "1.29"],
      ["helm-load-balancer", "address"],
    ],
  },
  { name: "no charts", facts: facts({ charts: failed("lock-stale") }), found: [["charts-unavailable", "went wrong"]] },
  {
    name: "a chart that does not render",
    facts: facts({ rendered: { value: [{ release: "app", objects: failed("helm-failed") }] } }),
    found: [["chart-not-rendered", "The chart of app does not render: It went wrong."]],
  },
  {
    name: "retired places",
    facts: facts({
      stack: meshWith(
        istioRelease("istiod", "istiod", {
          chart: { type: "oci", url: "oci://gcr.io/istio-release/charts/istiod" },
          values: { global: { hub: "gcr.io/istio-release" } },
        }),
      ),
      rendered: {
        value: [
          {
            release: "ingress",
            objects: {
              value: [
                object(
                  "Deployment",
                  { name: "x" },
                  {
                    spec: {
                      template: { spec: { containers: [{ image: "registry.istio.io/release/proxyv2:1.30.0" }] } },
                    },
                  },
                ),
              ],
            },
          },
        ],
      },
    }),
    found: [
      [
        "istio-source-retired",
        "The charts of istiod come from gcr.io/istio-release, which Istio removes in December 2026",
      ],
      ["istio-images-retired", "Images of ingress come from registry.istio.io"],
      ["istio-images-retired", "Images of istiod come from gcr.io/istio-release"],
    ],
  },
];

/** The cluster, and who we are to it. */
const CLUSTER: readonly CheckCase[] = [
  ...(["context-unknown", "target-refused", "cluster-unreachable", "cluster-unauthorized"] as const).map(
    (code): CheckCase => ({ name: code, facts: facts({ cluster: failed(code) }), found: [[code, "went wrong"]] }),
  ),
  {
    name: "another failure on the way to the cluster",
    facts: facts({ cluster: failed("api-failed") }),
    found: [["cluster-unreachable", "went wrong"]],
  },
  {
    name: "a context that nobody named",
    facts: facts({ cluster: { value: { context: "here", kubernetesVersion: "v1.36.3", named: false } } }),
    found: [["target-unnamed", "here is merely the kubeconfig's current one"]],
  },
  {
    name: "another platform than the profile's",
    facts: facts({ stack: ON_AKS, cluster: cluster("v1.34.1-eks-1a2b3c4") }),
    found: [["platform-contradicts", "has the profile aks, but the cluster of context here runs on eks"]],
  },
  {
    name: "a platform without its profile",
    facts: facts({ cluster: cluster("v1.34.1+k3s1") }),
    found: [["profile-missing", "runs on k3s"]],
  },
  {
    name: "a profile of the user's own",
    facts: facts({
      stack: { ...MESH, environment: { ...MESH.environment, profile: "on-premises" } },
      cluster: cluster("v1.34.1+k3s1"),
    }),
    found: [],
  },
  {
    name: "who we are",
    facts: facts({ identity: { value: "jane" }, cluster: cluster("v1.36.3") }),
    found: [["identity", "of context here takes you for jane"]],
  },
  {
    name: "rights that are missing, by place, with alike ones together",
    facts: facts({
      identity: { value: "jane" },
      denials: {
        value: [
          denied("create", "deployments", "shop", "apps"),
          denied("patch", "deployments", "shop", "apps"),
          denied("create", "services", "shop"),
          denied("patch", "services", "shop"),
          denied("get", "secrets", "shop"),
          denied("create", "customresourcedefinitions", null, "apiextensions.k8s.io"),
        ] as never,
      },
    }),
    found: [
      ["permission-missing", "Cluster-wide, jane may not create customresourcedefinitions.apiextensions.k8s.io."],
      [
        "permission-missing",
        "In namespace shop, jane may not create or patch deployments.apps and services; get secrets.",
      ],
      ["identity", "jane"],
    ],
  },
  {
    name: "a state namespace that is going",
    facts: facts({
      stateNamespace: {
        value: object("Namespace", { name: "flotilla-system", deletionTimestamp: "2026-11-01T00:00:00Z" }),
      },
    }),
    found: [["state-namespace-unusable", "The namespace flotilla-system"]],
  },
  { name: "no state namespace yet", facts: facts({ stateNamespace: { value: null } }), found: [] },
  {
    name: "what could not be looked at",
    facts: facts({ nodes: failed("forbidden"), gitops: failed("forbidden") }),
    found: [
      ["unchecked", "Not looked at: the nodes: their platform and what they have free. It went wrong."],
      ["unchecked", "Not looked at: whether Flux or Argo CD"],
    ],
  },
];

/** Istio's versions and neighbours. */
const ISTIO: readonly CheckCase[] = [
  {
    name: "a pair of the support table",
    facts: facts({ charts: charts("1.31.1"), cluster: cluster("v1.36.3") }),
    found: [],
  },
  {
    name: "a Kubernetes that is too old",
    facts: facts({ charts: charts("1.31.1"), cluster: cluster("v1.31.9") }),
    found: [["kubernetes-unsupported", "Istio 1.31 supports Kubernetes 1.32 to 1.37; the cluster runs 1.31."]],
  },
  {
    name: "a Kubernetes that is too new",
    facts: facts({ charts: charts("1.31.1"), cluster: cluster("v1.39.0") }),
    found: [["kubernetes-unsupported", "→It may work all the same"]],
  },
  {
    name: "a Kubernetes that another Istio supports",
    facts: facts({ charts: charts("1.29.8"), cluster: cluster("v1.36.3") }),
    found: [
      ["kubernetes-unsupported", "→Istio 1.31 supports Kubernetes 1.36."],
      ["istio-end-of-life", "Istio 1.29 (wanted) gets no fixes since 2026-10-12."],
    ],
  },
  {
    name: "an ancient Istio",
    facts: facts({ charts: charts("1.9.4") }),
    found: [["istio-end-of-life", "Istio 1.9 (wanted) has long been without fixes."]],
  },
  {
    name: "an Istio near its end",
    facts: facts({ charts: charts("1.30.5") }),
    found: [["istio-end-of-life-soon", "until about 2026-11."]],
  },
  {
    name: "an Istio on the day after its end",
    facts: facts({ charts: charts("1.30.5"), today: new Date("2026-12-01T00:00:01Z") }),
    found: [["istio-end-of-life", "since about 2026-11."]],
  },
  {
    name: "an Istio that is not in the table yet",
    facts: facts({ charts: charts("1.32.0") }),
    found: [["istio-unknown", "Istio 1.32 is newer"]],
  },
  {
    name: "an upgrade over a minor, from one without fixes",
    facts: facts({ charts: charts("1.31.1"), installed: installedIstiod("1.29.8") }),
    found: [
      ["istio-skips-minor", "Istio 1.29.8 is installed and 1.31.1 is wanted"],
      ["istio-end-of-life", "Istio 1.29 (installed)"],
    ],
  },
  {
    name: "an upgrade to the next minor",
    facts: facts({ charts: charts("1.31.1"), installed: installedIstiod("1.30.5") }),
    found: [],
  },
  {
    name: "a downgrade",
    facts: facts({ charts: charts("1.31.1"), installed: installedIstiod("1.32.0") }),
    found: [
      ["istio-downgrade", "the older 1.31.1 is wanted"],
      ["istio-unknown", "1.32"],
    ],
  },
  {
    name: "an older patch",
    facts: facts({ charts: charts("1.31.0"), installed: installedIstiod("1.31.1") }),
    found: [],
  },
  {
    name: "another istiod of the same revision, by istioctl",
    facts: facts({ istiods: { value: [istiod("mesh", { "operator.istio.io/component": "Pilot" })] } }),
    found: [["istio-conflict", "Deployment istiod in namespace mesh (made by istioctl), revision default"]],
  },
  {
    name: "another istiod of another revision, by Helm",
    facts: facts({
      istiods: {
        value: [istiod("istio-system", { "istio.io/rev": "canary" }, helmOwned("istiod-canary", "istio-system"))],
      },
    }),
    found: [["istio-other-revision", "(Helm release istiod-canary in istio-system), revision canary"]],
  },
  {
    name: "the stack's own istiod, and what its charts label",
    facts: facts({
      istiods: { value: [istiod("istio-system", {}, helmOwned("istiod", "istio-system"))] },
      istioObjects: {
        value: [
          istiod("istio-system", { "operator.istio.io/component": "Pilot" }, helmOwned("istiod", "istio-system")),
        ],
      },
    }),
    found: [],
  },
  {
    name: "traces of istioctl and its operator",
    facts: facts({
      istioOperators: { value: [object("IstioOperator", { name: "installed-state", namespace: "istio-system" })] },
      istioObjects: {
        value: [
          object("ClusterRole", {
            name: "istiod-clusterrole",
            labels: { "install.operator.istio.io/owning-resource": "installed-state" },
          }),
        ],
      },
    }),
    found: [
      ["istioctl-objects", "ClusterRole istiod-clusterrole"],
      ["istio-operator", "istio-system/installed-state"],
    ],
  },
  {
    name: "CRDs of 1.23, without an owner",
    facts: facts({
      charts: charts("1.31.1"),
      istioCrds: {
        value: [
          object("CustomResourceDefinition", { name: "gateways.networking.istio.io", labels: { chart: "istio" } }),
          object("CustomResourceDefinition", {
            name: "sidecars.networking.istio.io",
            annotations: helmOwned("istio-base", "istio-system"),
          }),
        ],
      },
    }),
    found: [["crds-unowned", "belong to no Helm release: gateways.networking.istio.io."]],
  },
  {
    name: "CRDs of another release",
    facts: facts({
      istioCrds: {
        value: [
          object("CustomResourceDefinition", { name: "x.istio.io", annotations: helmOwned("mesh", "istio-system") }),
        ],
      },
    }),
    found: [["crds-unowned", "belong to mesh"]],
  },
  {
    name: "CRDs without an owner under a chart that leaves them so",
    facts: facts({
      charts: charts("1.23.6"),
      istioCrds: { value: [object("CustomResourceDefinition", { name: "x.istio.io" })] },
    }),
    found: [["istio-end-of-life", "1.23"]],
  },
];

/** What is there already. */
const SURROUNDINGS: readonly CheckCase[] = [
  {
    name: "a release of another stack",
    facts: facts({
      installed: {
        value: [
          {
            release: "app",
            namespace: "shop",
            chartVersion: null,
            refusal: { code: "release-owned", message: "It is theirs.", hint: "Ask." },
          },
        ],
      },
    }),
    found: [["release-owned", "It is theirs."]],
  },
  {
    name: "objects that Argo CD reconciles",
    facts: facts({
      gitops: {
        value: ["web", "api"].map((name) => ({
          release: "app",
          owner: "Argo CD (Application shop)",
          object: { apiVersion: "v1", kind: "Service", namespace: "shop", name },
        })),
      },
    }),
    found: [
      ["gitops-owned", "release app belong to Argo CD (Application shop): Service shop/web and Service shop/api."],
    ],
  },
  {
    name: "labels that contradict each other",
    facts: facts({ namespaces: namespaces({ "istio-injection": "enabled", "istio.io/rev": "canary" }) }),
    found: [["injection-labels", "istio-injection=enabled and istio.io/rev=canary"]],
  },
  {
    name: "a gateway's namespace that keeps proxies out",
    facts: facts({ namespaces: namespaces({ "istio-injection": "disabled" }) }),
    found: [["injection-disabled", "the pods of ingress would never get their proxy"]],
  },
  {
    name: "the same label, which the stack is about to change",
    facts: facts({
      stack: {
        ...MESH,
        namespaces: [
          { name: "ingress", labels: { "istio-injection": "enabled" }, annotations: {}, pullSecretsFrom: [] },
        ],
      },
      namespaces: namespaces({ "istio-injection": "disabled" }),
    }),
    found: [],
  },
  {
    name: "claims without a class, where there is no default",
    facts: facts({ rendered: claims({}), storageClasses: { value: [storageClass("slow", false)] } }),
    found: [["storage-class-missing", "data of app. It has: slow."]],
  },
  {
    name: "claims without a class, where there is a default",
    facts: facts({ rendered: claims({}), storageClasses: { value: [storageClass("fast", true)] } }),
    found: [],
  },
  {
    name: "claims of a class that is not there",
    facts: facts({ rendered: claims({ storageClassName: "gold" }), storageClasses: { value: [] } }),
    found: [["storage-class-missing", "data of app (gold). It has no StorageClass at all."]],
  },
  {
    name: "claims of volumes made by hand",
    facts: facts({ rendered: claims({ storageClassName: "" }), storageClasses: { value: [] } }),
    found: [],
  },
  {
    name: "room enough",
    facts: facts({ nodes: { value: [node("4", "8Gi")] }, pods: { value: [] }, installed: { value: [] } }),
    found: [
      ["resources", "By Istio's defaults: istio-base, istiod and ingress. Not counted, as nothing is known: app."],
    ],
  },
  {
    name: "no room, because of what runs",
    facts: facts({
      nodes: { value: [node("4", "8Gi")] },
      pods: {
        value: [
          object(
            "Pod",
            { name: "x" },
            { spec: { nodeName: "n1", containers: [{ resources: { requests: { cpu: "3800m" } } }] } },
          ),
        ],
      },
      installed: { value: [] },
    }),
    found: [["resources-short", "asks for 600m CPU and 2.1Gi memory; 1 nodes have 200m CPU and 8Gi memory free"]],
  },
  {
    name: "room in all, but for no single pod",
    facts: facts({
      nodes: { value: [node("1", "1500Mi"), node("1", "1500Mi")] },
      pods: { value: [] },
      installed: { value: [] },
    }),
    found: [["resources-short", "A pod that asks for 500m CPU and 2Gi memory fits on none of them."]],
  },
  {
    name: "room on nodes that take no pods",
    facts: facts({
      nodes: {
        value: [node("4", "8Gi", { unschedulable: true }), node("4", "8Gi", { taints: [{ effect: "NoSchedule" }] })],
      },
      pods: { value: [] },
      installed: { value: [] },
    }),
    found: [["resources-short", "0 nodes have 0m CPU"]],
  },
];

/** Every check, by what it looks at. */
export const CHECK_CASES: readonly CheckCase[] = [...TOOLS, ...CLUSTER, ...ISTIO, ...SURROUNDINGS, ...PLATFORM_CASES];
