import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Finding } from "../../src/model/finding.ts";
import { FINDING_CODES } from "../../src/preflight/finding-codes.ts";
import { packageRoot } from "../../src/runtime/directories.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type DoctorWorld, doctorWorld } from "../support/doctor-world.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { limitedAccount, writeTokenKubeconfig } from "../support/service-account.ts";
import { quietContext, startTestSandbox, type TestSandbox } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";
const CLASSES = "/apis/storage.k8s.io/v1/storageclasses";
const MERGE = "application/merge-patch+json";

let sandbox: TestSandbox;
let folder: string;
let helm: string;
let world: DoctorWorld;

beforeAll(async () => {
  sandbox = await startTestSandbox();
  folder = await mkdtemp(join(tmpdir(), "doctor-"));
  helm = (await ensureTools(["helm4"], quietContext())).helm4;
  world = await doctorWorld(folder, sandbox, helm);
});

beforeEach(() => sandbox.reset());

afterAll(async () => {
  await sandbox.stop();
  await rm(folder, { recursive: true, force: true });
});

/** A command of the bundle against the sandbox's cluster, as against any other: by kubeconfig and context. */
function run(command: string, file: string, ...flags: readonly string[]): Promise<CommandResult> {
  const target = ["--kubeconfig", sandbox.kubeconfig, "--context", sandbox.context];
  return flotilla([command, "-c", file, ...target, ...flags], {
    env: { ...sandbox.env, FLOTILLA_SANDBOX: undefined, FLOTILLA_HELM: helm },
  });
}

const make = (path: string, object: object): Promise<unknown> => sandbox.api.send("POST", path, object);
const makeNamespace = (name: string, labels: Record<string, string> = {}): Promise<unknown> =>
  make("/api/v1/namespaces", { metadata: { name, labels } });

/** A Deployment that asks for nothing much. */
function deployment(name: string, labels: object, annotations: object = {}): object {
  const pod = { metadata: { labels: { app: "istiod" } }, spec: { containers: [{ name: "app", image: "app:1" }] } };
  return {
    metadata: { name, labels, annotations },
    spec: { selector: { matchLabels: { app: "istiod" } }, template: pod },
  };
}

function crd(group: string, plural: string, kind: string, metadata: object = {}, version = "v1alpha1"): object {
  const schema = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
  const versions = [{ name: version, served: true, storage: true, schema }];
  const names = { plural, kind, singular: kind.toLowerCase(), listKind: `${kind}List` };
  return {
    metadata: { name: `${plural}.${group}`, ...metadata },
    spec: { group, scope: "Namespaced", names, versions },
  };
}

/** Findings as `code: message` lines, for the eyes of `toContainEqual`. */
const saying = (code: string, text: string): unknown =>
  expect.objectContaining({ code, message: expect.stringContaining(text) });

describe("the quickstart", () => {
  test("has nothing in its way, before and after it is installed", async () => {
    const file = join(folder, "quickstart.yaml");
    const example = await readFile(join(packageRoot(), "examples", "quickstart", "flotilla.yaml"), "utf8");
    await writeFile(file, example.replace("../../charts/dicom", join(packageRoot(), "charts", "dicom")));
    const command = (...args: readonly string[]): Promise<CommandResult> =>
      flotilla([...args, "-c", file, "--sandbox"], { env: { ...sandbox.env, FLOTILLA_HELM: helm } });
    const examine = async (): Promise<unknown> => {
      const { code, stdout } = await command("doctor", "-o", "json");
      const document = JSON.parse(stdout) as { version: number; findings: readonly Finding[] };
      expect(code).toBe(0);
      expect(document.version).toBe(1);
      // Time goes on, and the quickstart's Istio ends some day; what is said then has its own tests.
      return document.findings.filter(({ severity, code }) => severity !== "info" && code !== "istio-end-of-life");
    };
    expect(await examine()).toEqual([]);
    expect((await command("up", "--yes")).code).toBe(0);
    expect(await examine()).toEqual([]);
    expect((await command("doctor")).stdout).toContain("Nothing stands in the way.");
  });
});

describe("tools and charts", () => {
  test("no helm, an old one, one that keeps releases elsewhere", async () => {
    const lines = world.istio("1.31.1");
    expect(await world.look(lines, { helm: join(folder, "no-helm") })).toContainEqual(
      saying("helm-missing", "no-helm"),
    );
    const old = join(folder, "old-helm");
    await writeFile(old, "#!/bin/sh\necho v3.10.2\n");
    await chmod(old, 0o755);
    expect(await world.look(lines, { helm: old })).toContainEqual(saying("helm-unsupported", "3.10.2"));
    const file = await world.write(lines);
    const elsewhere = await flotilla(["doctor", "-c", file, "--sandbox", "-o", "json"], {
      env: { ...sandbox.env, FLOTILLA_HELM: helm, HELM_DRIVER: "configmap" },
    });
    expect(elsewhere.code).toBe(4);
    expect(JSON.parse(elsewhere.stdout).findings).toContainEqual(
      saying("helm-unsupported", "HELM_DRIVER is configmap"),
    );
  });

  test("requirements that are not met: up refuses as well, with the whole list", async () => {
    const others = `helm: ">=99", kubernetes: ">=98"`;
    const findings = await world.look(`requires: { ${others}, flotilla: ">=97" }\n${world.istio("1.31.1")}`);
    expect(findings).toContainEqual(saying("requires-helm", "requires Helm >=99; this one is 4."));
    expect(findings).toContainEqual(saying("requires-kubernetes", "requires Kubernetes >=98; this one is 1."));
    expect(findings).toContainEqual(saying("requires-flotilla", "requires flotilla >=97"));
    const refused = async (): Promise<readonly string[]> => {
      const up = await run("up", world.file, "--yes", "-o", "ndjson");
      expect(up.code).toBe(4);
      const last = JSON.parse(up.stdout.trim().split("\n").at(-1) ?? "");
      expect(last).toMatchObject({ type: "error", code: "preflight-failed" });
      return last.findings.map(({ code }: Finding) => code);
    };
    // A file that was made for another flotilla is not read any further.
    expect(await refused()).toEqual(["requires-flotilla"]);
    await world.look(`requires: { ${others} }\n${world.istio("1.31.1")}`);
    expect(await refused()).toEqual(["requires-helm", "requires-kubernetes"]);
    expect(await sandbox.api.get("/api/v1/namespaces/istio-system")).toBeNull();
  });

  test("Helm 4 and older charts", async () => {
    const gateway = ", gateways: { in: { role: ingress, namespace: gate } }";
    const findings = await world.look(world.istio("1.27.1", gateway), {
      stack: { environment: { name: "cloud", profile: "aks", context: null } },
    });
    expect(findings).toContainEqual(saying("helm-chart-schema", "gateway 1.27.1"));
    expect(findings).toContainEqual(saying("helm-webhook-conflict", "base 1.27.1, istiod 1.27.1"));
    expect(findings).toContainEqual(saying("helm-admissions-enforcer", "istiod 1.27.1"));
    expect(findings).toContainEqual(saying("helm-load-balancer", "gateway 1.27.1"));
    expect(findings).toContainEqual(saying("platform-contradicts", "has the profile aks, but the cluster"));
  });

  test("charts that cannot be had, or do not render", async () => {
    const gone = await world.look(
      "releases: [{ name: app, namespace: apps, chart: { source: ./nowhere, name: app } }]",
    );
    expect(gone).toContainEqual(saying("charts-unavailable", "nowhere"));
    const broken = await world.app("broken", '{{ fail "the host is missing" }}');
    expect(await world.look(broken)).toContainEqual(saying("chart-not-rendered", "The chart of app does not render"));
  });

  test("places that Istio takes away", async () => {
    const hub = await world.look(world.istio("1.31.1", ", hub: gcr.io/istio-release"));
    expect(hub).toContainEqual(saying("istio-images-retired", "Images of istiod come from gcr.io/istio-release"));
    const source = await world.look("istio: { source: https://istio-release.storage.googleapis.com/charts }");
    expect(source).toContainEqual(
      saying("istio-source-retired", "istio-release.storage.googleapis.com, which Istio removes"),
    );
  });
});

describe("the target", () => {
  test("is not named, contradicted, unknown, silent, or does not know us", async () => {
    const lines = "releases: []";
    const look = (cluster: object, context: string | null = null): Promise<readonly Finding[]> =>
      world.look(lines, { cluster, stack: { environment: { name: "dev", profile: null, context } } });
    expect(await look({ context: null })).toContainEqual(saying("target-unnamed", "Nobody has named the context"));
    expect(await look({ context: null, interactive: true })).not.toContainEqual(saying("target-unnamed", ""));
    expect(await look({}, "another")).toContainEqual(saying("target-refused", 'is not the one of environment "dev"'));
    expect(await look({ context: "nowhere" })).toContainEqual(saying("context-unknown", '"nowhere"'));
    const kubeconfig = join(folder, "kubeconfig");
    await writeTokenKubeconfig(sandbox, kubeconfig, "not-a-token");
    expect(await look({ kubeconfig, context: "limited" })).toContainEqual(
      saying("cluster-unauthorized", "credentials"),
    );
    await writeFile(
      kubeconfig,
      (await readFile(kubeconfig, "utf8")).replace(/server: .*/, "server: https://127.0.0.1:1"),
    );
    expect(await look({ kubeconfig, context: "limited" })).toContainEqual(saying("cluster-unreachable", "127.0.0.1"));
  });

  test("runs on another platform than the profile says: up and down refuse", async () => {
    const environment = { name: "dev", profile: null, context: null };
    expect(await world.look("releases: []", { stack: { environment } })).toContainEqual(
      saying("profile-missing", "runs on sandbox"),
    );
    const nodes = ["sandbox-node-1", "sandbox-node-2", "sandbox-node-3"].map((name) => `/api/v1/nodes/${name}`);
    const mark = (value: string | null): Promise<unknown> =>
      Promise.all(
        nodes.map((node) =>
          sandbox.api.send(
            "PATCH",
            node,
            {
              metadata: {
                labels: { "node.openshift.io/os_id": value },
                annotations: { "kwok.x-k8s.io/node": value === null ? "fake" : null },
              },
            },
            MERGE,
          ),
        ),
      );
    await mark("rhcos");
    try {
      const file = await world.write("environments: { dev: { profile: sandbox } }\nreleases: []");
      for (const command of ["up", "down"]) {
        const refused = await run(command, file, "--yes");
        expect(refused.stderr).toContain("error[target-refused]");
        expect(refused.stderr).toContain("has the profile sandbox, but the cluster of context");
        expect(refused.code).toBe(4);
      }
      expect((await run("status", file)).code).toBe(0);
    } finally {
      await mark(null);
    }
  });

  test("a change without a terminal and without a name is refused", async () => {
    const file = await world.write("releases: []");
    for (const command of ["up", "down"]) {
      const refused = await flotilla([command, "-c", file, "--kubeconfig", sandbox.kubeconfig, "--yes"], {
        env: { ...sandbox.env, FLOTILLA_SANDBOX: undefined },
      });
      expect(refused.stderr).toContain(
        "error[target-refused]: Without a terminal the cluster to change must be named.",
      );
      expect(refused.code).toBe(4);
    }
  });
});

describe("rights and flotilla's own place", () => {
  test("what is missing, and what could not be looked at", async () => {
    await makeNamespace("apps");
    const kubeconfig = join(folder, "limited");
    const who = await limitedAccount(sandbox, kubeconfig, { namespace: "apps", name: "reader" }, { apps: [] });
    const findings = await world.look(
      await world.app("plain", "apiVersion: v1\nkind: Service\nmetadata: { name: app }\n"),
      {
        cluster: { kubeconfig, context: "limited" },
      },
    );
    expect(findings).toContainEqual(saying("identity", who));
    expect(findings).toContainEqual(
      saying("permission-missing", `In namespace apps, ${who} may not get, list, create, update or delete secrets;`),
    );
    expect(findings).toContainEqual(saying("permission-missing", "leases.coordination.k8s.io"));
    expect(findings).toContainEqual(saying("unchecked", "Not looked at: the nodes"));
    expect(findings).toContainEqual(saying("unchecked", "Not looked at: the releases that are installed"));
  });

  test("a state namespace that is on its way out", async () => {
    await makeNamespace("flotilla-system");
    const held = "/api/v1/namespaces/flotilla-system/configmaps";
    await make(held, { metadata: { name: "held", finalizers: ["example.com/held"] } });
    await sandbox.api.send("DELETE", "/api/v1/namespaces/flotilla-system");
    expect(await world.look("releases: []")).toContainEqual(saying("state-namespace-unusable", "flotilla-system"));
    await sandbox.api.send("PATCH", `${held}/held`, { metadata: { finalizers: null } }, MERGE);
  });
});

describe("Istio", () => {
  test("its support, and its end", async () => {
    const old = await world.look(world.istio("1.29.8"));
    expect(old).toContainEqual(saying("kubernetes-unsupported", "Istio 1.29 supports Kubernetes 1.31 to 1.35"));
    expect(old).toContainEqual(saying("istio-end-of-life", "Istio 1.29 (wanted) gets no fixes since 2026-10-12."));
    const ending = await world.look(world.istio("1.30.5"), { today: new Date("2026-11-01") });
    expect(ending).toContainEqual(saying("istio-end-of-life-soon", "until about 2026-11"));
    expect(await world.look(world.istio("1.99.0"))).toContainEqual(saying("istio-unknown", "Istio 1.99"));
  });

  test("steps that are too large, or go back: what is installed stays as it is", async () => {
    expect((await run("up", await world.write(world.istio("1.29.8")), "--yes")).code).toBe(0);
    expect(await world.look(world.istio("1.31.1"))).toContainEqual(
      saying("istio-skips-minor", "Istio 1.29.8 is installed and 1.31.1 is wanted"),
    );
    const up = await run("up", world.file, "--yes");
    expect(up.code).toBe(4);
    expect(up.stderr).toContain("error[preflight-failed]");
    expect(up.stderr).toContain("istio-skips-minor");
    const { items } = (await sandbox.api.get("/api/v1/namespaces/istio-system/secrets?labelSelector=owner=helm")) ?? {};
    expect(items).toHaveLength(2);
    const back = await world.look(world.istio("1.27.1"));
    expect(back).toContainEqual(saying("istio-downgrade", "Istio 1.29.8 is installed and the older 1.27.1 is wanted"));
  });

  test("others beside it, and what they left", async () => {
    await makeNamespace("mesh");
    const deployments = "/apis/apps/v1/namespaces/mesh/deployments";
    await make(deployments, deployment("istiod", { app: "istiod", "operator.istio.io/component": "Pilot" }));
    await make(deployments, deployment("istiod-canary", { app: "istiod", "istio.io/rev": "canary" }));
    await make(CRDS, crd("install.istio.io", "istiooperators", "IstioOperator"));
    await make(
      CRDS,
      crd("networking.istio.io", "gateways", "Gateway", {
        labels: { chart: "istio" },
        annotations: { "api-approved.kubernetes.io": "test" },
      }),
    );
    const operators = "/apis/install.istio.io/v1alpha1/namespaces/mesh/istiooperators";
    // The kind is served a moment after its CRD is made.
    const operator = {
      apiVersion: "install.istio.io/v1alpha1",
      kind: "IstioOperator",
      metadata: { name: "installed" },
    };
    const made = (): Promise<boolean> =>
      make(operators, operator).then(
        () => true,
        () => false,
      );
    expect(await until(made, 20_000)).toBe(true);
    const findings = await world.look(world.istio("1.31.1"));
    expect(findings).toContainEqual(
      saying("istio-conflict", "Deployment istiod in namespace mesh (made by istioctl), revision default"),
    );
    expect(findings).toContainEqual(saying("istio-other-revision", "istiod-canary"));
    expect(findings).toContainEqual(saying("istioctl-objects", "Deployment mesh/istiod"));
    expect(findings).toContainEqual(saying("istio-operator", "mesh/installed"));
    expect(findings).toContainEqual(saying("crds-unowned", "gateways.networking.istio.io"));
    const up = await run("up", world.file, "--yes");
    expect(up.code).toBe(4);
    for (const code of ["istio-conflict", "istioctl-objects", "crds-unowned"]) expect(up.stderr).toContain(code);
  });
});

describe("what is there already", () => {
  const SERVICE = "apiVersion: v1\nkind: Service\nmetadata: { name: app }\nspec: { ports: [{ port: 80 }] }\n";

  test("a release of another stack", async () => {
    const lines = await world.app("owned", SERVICE);
    const other = join(folder, "other.yaml");
    await writeFile(other, `apiVersion: flotilla/v1\nstack: other\n${lines}\n`);
    expect((await run("up", other, "--yes")).code).toBe(0);
    expect(await world.look(lines)).toContainEqual(
      saying("release-owned", 'belongs to the stack "other", not to "examined"'),
    );
  });

  test.for([
    [
      "Flux",
      { labels: { "helm.toolkit.fluxcd.io/name": "shop", "helm.toolkit.fluxcd.io/namespace": "flux-system" } },
      "Flux (HelmRelease flux-system/shop)",
    ],
    [
      "Argo CD",
      { annotations: { "argocd.argoproj.io/tracking-id": "shop:/Service:apps/app" } },
      "Argo CD (Application shop)",
    ],
  ] as const)("objects that %s has: up refuses and names it", async ([, marks, owner]) => {
    await makeNamespace("apps");
    await make("/api/v1/namespaces/apps/services", {
      metadata: { name: "app", ...marks },
      spec: { ports: [{ port: 80 }] },
    });
    const lines = await world.app(`marked-${Object.keys(marks)[0]}`, SERVICE);
    expect(await world.look(lines)).toContainEqual(saying("gitops-owned", `belong to ${owner}: Service apps/app`));
    const up = await run("up", world.file, "--yes");
    expect(up.code).toBe(4);
    expect(up.stderr).toContain(owner);
    expect((await sandbox.api.get("/api/v1/secrets?labelSelector=owner=helm"))?.["items"]).toEqual([]);
  });

  test("labels that contradict each other, or keep a gateway's proxy out", async () => {
    await makeNamespace("gate", { "istio-injection": "disabled", "istio.io/rev": "canary" });
    const findings = await world.look(world.istio("1.31.1", ", gateways: { in: { role: ingress, namespace: gate } }"));
    expect(findings).toContainEqual(saying("injection-disabled", "the pods of in would never get their proxy"));
    expect(findings).toContainEqual(saying("injection-labels", "istio-injection=disabled and istio.io/rev=canary"));
  });

  test("no room on the nodes, no class for the volumes", async () => {
    const pod = "{ containers: [{ name: app, image: app, resources: { requests: { cpu: CPU } } }] }";
    const template = `apiVersion: apps/v1
kind: StatefulSet
metadata: { name: app }
spec:
  replicas: 4
  selector: { matchLabels: { app: app } }
  template: { metadata: { labels: { app: app } }, spec: ${pod} }
  volumeClaimTemplates: [{ metadata: { name: data }, spec: { accessModes: [ReadWriteOnce] } }]
`;
    const lines = await world.app("small", template.replace("CPU", "1"));
    expect(await world.look(lines)).toContainEqual(saying("resources", "asks for 4 CPU"));
    const greedy = await world.app("greedy", template.replace("CPU", "15"));
    expect(await world.look(greedy)).toContainEqual(saying("resources-short", "asks for 60 CPU"));
    const isDefault = (value: string): Promise<unknown> =>
      sandbox.api.send(
        "PATCH",
        `${CLASSES}/standard`,
        { metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": value } } },
        MERGE,
      );
    await isDefault("false");
    expect(await world.look(lines)).toContainEqual(saying("storage-class-missing", "data of app. It has: standard."));
    await isDefault("true");
    expect(await world.look(lines)).not.toContainEqual(saying("storage-class-missing", ""));
  });
});

describe("platforms", () => {
  const AWS_TYPE = "service.beta.kubernetes.io/aws-load-balancer-type";
  const NODES = ["sandbox-node-1", "sandbox-node-2", "sandbox-node-3"];

  /** The sandbox's nodes with the marks of another platform, for as long as somebody looks. */
  async function dressedAs(labels: Readonly<Record<string, string>>, look: () => Promise<void>): Promise<void> {
    const mark = (marks: object, kwok: string | null): Promise<unknown> =>
      Promise.all(
        NODES.map((name) =>
          sandbox.api.send(
            "PATCH",
            `/api/v1/nodes/${name}`,
            { metadata: { labels: marks, annotations: { "kwok.x-k8s.io/node": kwok } } },
            MERGE,
          ),
        ),
      );
    await mark(labels, null);
    try {
      await look();
    } finally {
      await mark(Object.fromEntries(Object.keys(labels).map((key) => [key, null])), "fake");
    }
  }

  const gateway = (values: object = {}): string =>
    world.istio("1.31.1", `, gateways: { in: { role: ingress, namespace: gate, values: ${JSON.stringify(values)} } }`);
  const on = (profile: string | null) => ({ stack: { environment: { name: "cloud", profile, context: null } } });
  const about = (findings: readonly Finding[]): readonly string[] =>
    findings.filter(({ severity, code }) => severity !== "info" && !code.startsWith("istio-")).map(({ code }) => code);
  const balancer = (name: string, ports: readonly number[], annotations: object = {}): object => ({
    metadata: { name, annotations },
    spec: { type: "LoadBalancer", ports: ports.map((port) => ({ name: `p${port}`, port })) },
  });
  const CLAIM =
    "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: { name: data }\nspec: { accessModes: [ReadWriteOnce], storageClassName: standard }\n";

  test("EKS: its load balancer controller, its volumes, a type that would change", async () => {
    await dressedAs({ "eks.amazonaws.com/nodegroup": "workers" }, async () => {
      const asking = gateway({ service: { annotations: { [AWS_TYPE]: "external" } } });
      expect(await world.look(asking, on("eks"))).toContainEqual(
        saying("load-balancer-controller-missing", "in asks it for a load balancer"),
      );
      await makeNamespace("aws");
      const name = "aws-load-balancer-controller";
      await make("/apis/apps/v1/namespaces/aws/deployments", deployment(name, { "app.kubernetes.io/name": name }));
      expect(about(await world.look(asking, on("eks")))).toEqual([]);

      await makeNamespace("gate");
      await make("/api/v1/namespaces/gate/services", balancer("in", [80], { [AWS_TYPE]: "nlb" }));
      expect(await world.look(asking, on("eks"))).toContainEqual(
        saying("load-balancer-type-changes", `${AWS_TYPE} from nlb to external`),
      );
      const claims = await world.app("claiming", CLAIM);
      expect(await world.look(claims, on("eks"))).toContainEqual(saying("csi-driver-missing", "data of app"));
      const driver = { metadata: { name: "ebs.csi.aws.com" }, spec: { attachRequired: true } };
      await make("/apis/storage.k8s.io/v1/csidrivers", driver);
      try {
        expect(about(await world.look(claims, on("eks")))).toEqual([]);
      } finally {
        await sandbox.api.send("DELETE", "/apis/storage.k8s.io/v1/csidrivers/ebs.csi.aws.com");
      }
    });
  });

  test("a type that would change: up refuses, and leaves the Service alone", async () => {
    await makeNamespace("gate");
    await make("/api/v1/namespaces/gate/services", balancer("in", [80], { [AWS_TYPE]: "nlb" }));
    const up = await run("up", await world.write(gateway()), "--yes");
    expect(up.code).toBe(4);
    expect(up.stderr).toContain("load-balancer-type-changes");
    const service = await sandbox.api.get("/api/v1/namespaces/gate/services/in");
    expect(service?.["metadata"].annotations).toEqual({ [AWS_TYPE]: "nlb" });
  });

  test("AKS: a subnet of one's own", async () => {
    await dressedAs({ "kubernetes.azure.com/cluster": "mc" }, async () => {
      const SUBNET = "service.beta.kubernetes.io/azure-load-balancer-internal-subnet";
      const lines = gateway({ service: { annotations: { [SUBNET]: "apps" } } });
      expect(await world.look(lines, on("aks"))).toContainEqual(saying("subnet-permission", "in the subnet apps"));
      expect(await world.look(gateway(), on("aks"))).not.toContainEqual(saying("subnet-permission", ""));
    });
  });

  test("Minikube and kind: something must give addresses", async () => {
    await dressedAs({ "minikube.k8s.io/name": "minikube" }, async () => {
      const bare = await world.look(gateway(), on("minikube"));
      expect(bare).toContainEqual(saying("load-balancer-provider-missing", "in waits for one"));
      expect(bare.find(({ code }) => code === "load-balancer-provider-missing")?.hint).toContain("minikube tunnel");
      // What a tunnel does: Services have an address. So does the sandbox's own load balancer.
      await makeNamespace("gate");
      await make("/api/v1/namespaces/gate/services", balancer("other", [81]));
      const given = async (): Promise<boolean> =>
        (await sandbox.api.get("/api/v1/namespaces/gate/services/other"))?.["status"].loadBalancer.ingress !==
        undefined;
      expect(await until(given, 20_000)).toBe(true);
      expect(about(await world.look(gateway(), on("minikube")))).toEqual([]);
    });
  });

  test("MetalLB without addresses", async () => {
    await dressedAs({}, async () => {
      await makeNamespace("metallb-system");
      const controller = deployment("controller", { "app.kubernetes.io/name": "metallb" });
      await make("/apis/apps/v1/namespaces/metallb-system/deployments", controller);
      expect(await world.look(gateway(), on("kind"))).toContainEqual(saying("metallb-unconfigured", "no addresses"));
      await make(CRDS, pools());
      const made = (): Promise<boolean> =>
        make("/apis/metallb.io/v1beta1/namespaces/metallb-system/ipaddresspools", {
          apiVersion: "metallb.io/v1beta1",
          kind: "IPAddressPool",
          metadata: { name: "pool" },
        }).then(
          () => true,
          () => false,
        );
      expect(await until(made, 20_000)).toBe(true);
      expect(about(await world.look(gateway(), on("kind")))).toEqual([]);
    });
  });

  test("k3s: Traefik on 80 and 443", async () => {
    await dressedAs({}, async () => {
      await makeNamespace("edge");
      await make("/api/v1/namespaces/edge/services", balancer("traefik", [80, 443]));
      expect(await world.look(gateway(), on("k3s"))).toContainEqual(
        saying("ports-held", "Service edge/traefik holds 80 and 443 on the nodes, and in wants the same"),
      );
      await sandbox.api.send("DELETE", "/api/v1/namespaces/edge/services/traefik");
      expect(about(await world.look(gateway(), on("k3s")))).toEqual([]);
    });
  });

  test("GKE: a quota for critical pods, where cni does not know that it is GKE", async () => {
    await dressedAs({ "cloud.google.com/gke-nodepool": "default" }, async () => {
      const lines = world.istio("1.31.1", ", cni: {}");
      expect(await world.look(lines, on(null))).toContainEqual(saying("critical-pods-quota", "istio-cni"));
      const told = world.istio("1.31.1", ", cni: { values: { global: { platform: gke } } }");
      expect(about(await world.look(told, on("gke")))).toEqual([]);
      await makeNamespace("istio-system");
      await make("/api/v1/namespaces/istio-system/resourcequotas", {
        metadata: { name: "critical" },
        spec: {
          hard: { pods: "100" },
          scopeSelector: {
            matchExpressions: [{ operator: "In", scopeName: "PriorityClass", values: ["system-node-critical"] }],
          },
        },
      });
      expect(await world.look(lines, on(null))).not.toContainEqual(saying("critical-pods-quota", ""));
    });
  });

  test("OpenShift: every chart is told, and pods ask for no user", async () => {
    await dressedAs({ "node.openshift.io/os_id": "rhcos" }, async () => {
      expect(await world.look(gateway(), on("openshift"))).toContainEqual(
        saying("openshift-platform", "the charts of istio-base, istiod and in are not told"),
      );
      const pod = "{ securityContext: { runAsUser: 999 }, containers: [{ name: a, image: a }] }";
      const template = `apiVersion: apps/v1
kind: Deployment
metadata: { name: web }
spec: { selector: { matchLabels: { a: b } }, template: { metadata: { labels: { a: b } }, spec: ${pod} } }
`;
      const fixed = await world.app("fixed", template);
      expect(await world.look(fixed, on("openshift"))).toContainEqual(
        saying("openshift-user", "Deployment web of app"),
      );
      const free = await world.app("free", template.replace("runAsUser: 999", "runAsNonRoot: true"));
      expect(about(await world.look(free, on("openshift")))).toEqual([]);
    });
  });

  test("proxies of another version than their istiod, and images that go away, by what runs", async () => {
    await makeNamespace("istio-system");
    await makeNamespace("shop");
    const withImage = (name: string, labels: object, container: object): object => ({
      metadata: { name, labels },
      spec: {
        selector: { matchLabels: { app: name } },
        template: { metadata: { labels: { app: name } }, spec: { containers: [container] } },
      },
    });
    const pilot = { name: "discovery", image: "docker.io/istio/pilot:1.31.1" };
    await make("/apis/apps/v1/namespaces/istio-system/deployments", withImage("istiod", { app: "istiod" }, pilot));
    const proxy = { name: "istio-proxy", image: "gcr.io/istio-release/proxyv2:1.30.5" };
    await make("/apis/apps/v1/namespaces/shop/deployments", withImage("web", {}, proxy));
    const there = async (): Promise<boolean> =>
      (await sandbox.api.get("/api/v1/namespaces/shop/pods"))?.["items"].length === 1;
    expect(await until(there, 20_000)).toBe(true);
    const findings = await world.look(world.istio("1.31.1"));
    expect(findings).toContainEqual(saying("proxies-outdated", "Deployment shop/web (1.30.5, istiod 1.31.1)"));
    expect(findings).toContainEqual(saying("istio-images-retired", "Images of Deployment shop/web"));
  });

  function pools(): object {
    return crd("metallb.io", "ipaddresspools", "IPAddressPool", {}, "v1beta1");
  }
});

test("every finding there is was found here", () => {
  expect(Object.keys(FINDING_CODES).filter((code) => !world.seen.has(code))).toEqual([]);
});
