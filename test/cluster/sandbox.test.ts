import { execFileSync } from "node:child_process";
import { mkdtemp, readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { RunContext } from "../../src/model/context.ts";
import type { RunEvent } from "../../src/model/events.ts";
import { processStarted } from "../../src/runtime/process-identity.ts";
import { sandboxFolders } from "../../src/sandbox/sandbox-folders.ts";
import { readSandbox } from "../../src/sandbox/read-sandbox.ts";
import { resetSandbox } from "../../src/sandbox/reset-sandbox.ts";
import type { SandboxInfo } from "../../src/sandbox/sandbox-info.ts";
import { sandboxPaths } from "../../src/sandbox/sandbox-paths.ts";
import { type SandboxRecord, readRecord } from "../../src/sandbox/sandbox-record.ts";
import { startSandbox } from "../../src/sandbox/start-sandbox.ts";
import { stopSandbox } from "../../src/sandbox/stop-sandbox.ts";
import { type ClusterApi, type KubeJson, clusterApi } from "../support/cluster-api.ts";
import { type Driver, bundleDriver, startDriver } from "../support/driver.ts";
import { until } from "../support/until.ts";

/** How long the cluster may take for what takes it a fraction of a second. */
const SOON_MS = 15_000;

let folder: string;
let driver: string;
let api: ClusterApi;
let events: RunEvent[];

const context: RunContext = { signal: new AbortController().signal, emit: (event) => events.push(event) };

/** What users were told beside progress. */
function notices(): string {
  return events.flatMap((event) => (event.type === "notice" ? [event.message] : [])).join("\n");
}

/** A flotilla process that brings a sandbox up, says what it found, and ends. */
const DRIVER = `
import { startSandbox } from "./src/sandbox/start-sandbox.ts";
const info = await startSandbox(process.argv[2], { signal: new AbortController().signal, emit: () => {} });
console.log("up " + JSON.stringify(info));
`;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-sandbox-"));
  process.env["FLOTILLA_STATE_DIR"] = join(folder, "state");
  // Below the repository: the bundle looks upwards for flotilla's own files.
  const bundles = fileURLToPath(new URL("../../node_modules/.cache/flotilla-test", import.meta.url));
  driver = await bundleDriver(DRIVER, join(bundles, `sandbox-driver-${process.pid}.mjs`));
});

beforeEach(() => {
  events = [];
});

afterAll(async () => {
  api.close();
  for (const name of ["default", "second", "half"]) await stopSandbox(name, context);
  await rm(folder, { recursive: true, force: true });
  await rm(driver, { force: true });
});

async function upByProcess(name: string): Promise<SandboxInfo> {
  const process = startDriver(driver, [name]);
  const line = await lineInTime(process);
  expect(await process.ended).toBe(0);
  return JSON.parse(line.slice("up ".length)) as SandboxInfo;
}

async function lineInTime(process: Driver): Promise<string> {
  await until(() => process.lines().length > 0, 60_000);
  return process.line("up ");
}

/** Command lines of all processes that have to do with a folder, as the system lists them. */
function processesOf(path: string): { pid: number; command: string }[] {
  const listed = execFileSync("ps", ["-axww", "-o", "pid=,command="], { encoding: "utf8" });
  return listed.split("\n").flatMap((line) => {
    const [, pid, command] = /^\s*(\d+) (.*)$/.exec(line) ?? [];
    return command?.includes(path) ? [{ pid: Number(pid), command }] : [];
  });
}

/** Waits until the processes are gone: a large one takes a while to end, and loses its command line first. */
async function killAll(name: string, which = ""): Promise<void> {
  const processes = processesOf(join(sandboxPaths(name).programs, which));
  const pids = processes.map(({ pid }) => pid);
  for (const { command } of processes) expect(command).toContain(folder);
  for (const pid of pids) process.kill(pid, "SIGKILL");
  const isGone = async (pid: number): Promise<boolean> => (await processStarted(pid)) === null;
  expect(await until(async () => (await Promise.all(pids.map(isGone))).every(Boolean), SOON_MS)).toBe(true);
}

async function recordOf(name: string): Promise<SandboxRecord> {
  const record = await readRecord(sandboxPaths(name).record);
  if (record === null) throw new Error(`no record of ${name}`);
  return record;
}

function answers(host: string, port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host, port, timeout: 2000 });
    const end = (answered: boolean) => (): void => {
      socket.destroy();
      resolve(answered);
    };
    socket.once("connect", end(true)).once("error", end(false)).once("timeout", end(false));
  });
}

async function post(path: string, object: object): Promise<void> {
  await api.send("POST", path, object);
}

async function becomes(path: string, wanted: (object: KubeJson) => boolean, ms = SOON_MS): Promise<void> {
  let last: KubeJson | null = null;
  const met = await until(async () => {
    last = await api.get(path);
    return last !== null && wanted(last);
  }, ms);
  expect(met, `${path}: ${JSON.stringify(last)}`).toBe(true);
}

const PODS = "/api/v1/namespaces/default/pods";

function pod(name: string, marks: Record<string, string>, spec: object = {}): object {
  const annotations = Object.fromEntries(
    Object.entries(marks).map(([key, value]) => [`sandbox.flotilla.dev/${key}`, value]),
  );
  const containers = [
    { name: "app", image: "example.org/app:1" },
    { name: "side", image: "example.org/side:1" },
  ];
  return { apiVersion: "v1", kind: "Pod", metadata: { name, annotations }, spec: { containers, ...spec } };
}

function isReady(object: KubeJson): boolean {
  return condition(object, "Ready") === "True";
}

function condition(object: KubeJson, type: string): string | undefined {
  const conditions = (object["status"].conditions ?? []) as { type: string; status: string }[];
  return conditions.find((one) => one.type === type)?.status;
}

describe("a sandbox", () => {
  test("comes up from nothing and outlives the process that brought it up", async () => {
    expect((await readSandbox("default")).state).toBe("absent");
    const info = await upByProcess("default");
    expect(info).toMatchObject({
      name: "default",
      state: "running",
      context: "flotilla-sandbox",
      nodes: 3,
      problems: [],
    });
    expect(await readSandbox("default")).toEqual(info);
    expect(await sandboxFolders()).toEqual(["default"]);
    api = await clusterApi(info.kubeconfig);
    expect((await api.get("/version"))?.["gitVersion"]).toBe(info.kubernetesVersion);
    const nodes = (await api.get("/api/v1/nodes"))?.["items"] as KubeJson[];
    expect(nodes.map((node) => [node["metadata"].name, isReady(node), node["spec"].taints])).toEqual(
      [1, 2, 3].map((number) => [`sandbox-node-${number}`, true, undefined]),
    );
  });

  test("is there for its owner alone: kubeconfig and folder are private, servers are on loopback", async () => {
    const { kubeconfig, directory } = sandboxPaths("default");
    expect((await stat(kubeconfig)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    const elsewhere = Object.values(networkInterfaces())
      .flat()
      .flatMap((one) => (one !== undefined && !one.internal && one.family === "IPv4" ? [one.address] : []));
    for (const port of Object.values((await recordOf("default")).ports) as number[]) {
      expect(await answers("127.0.0.1", port)).toBe(true);
      for (const address of elsewhere) expect(await answers(address, port), `${address}:${port}`).toBe(false);
    }
  });

  test("is found up by the next one, untouched and without a word", async () => {
    const before = await recordOf("default");
    expect((await startSandbox("default", context)).state).toBe("running");
    expect((await startSandbox("default", context, { verify: true })).state).toBe("running");
    expect(await recordOf("default")).toEqual(before);
    expect(events).toEqual([]);
  });
});

describe("in a sandbox", () => {
  afterEach(() => resetSandbox("default", context));

  test("Deployments, StatefulSets with volumes and Jobs get ready by themselves", async () => {
    const template = {
      metadata: { labels: { app: "x" } },
      spec: { containers: [{ name: "app", image: "example.org/app:1" }] },
    };
    const workload = { replicas: 3, selector: { matchLabels: { app: "x" } }, template };
    await post("/apis/apps/v1/namespaces/default/deployments", { metadata: { name: "web" }, spec: workload });
    await post("/apis/apps/v1/namespaces/default/statefulsets", {
      metadata: { name: "db" },
      spec: {
        ...workload,
        serviceName: "db",
        volumeClaimTemplates: [
          {
            metadata: { name: "data" },
            spec: { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } },
          },
        ],
      },
    });
    await post("/apis/batch/v1/namespaces/default/jobs", {
      metadata: { name: "once" },
      spec: { template: { spec: { ...template.spec, restartPolicy: "Never" } } },
    });
    await becomes("/apis/apps/v1/namespaces/default/deployments/web", (one) => one["status"].readyReplicas === 3);
    await becomes("/apis/apps/v1/namespaces/default/statefulsets/db", (one) => one["status"].readyReplicas === 3);
    await becomes(
      "/api/v1/namespaces/default/persistentvolumeclaims/data-db-2",
      (one) => one["status"].phase === "Bound",
    );
    await becomes("/apis/batch/v1/namespaces/default/jobs/once", (one) => condition(one, "Complete") === "True");
  });

  test("a volume goes with its claim; a claim that is to stay unbound does", async () => {
    const claims = "/api/v1/namespaces/default/persistentvolumeclaims";
    const spec = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1Gi" } } };
    await post(claims, { metadata: { name: "bound" }, spec });
    await post(claims, {
      metadata: { name: "unbound", labels: { "sandbox.flotilla.dev/fails": "volume-unbound" } },
      spec,
    });
    await becomes(`${claims}/bound`, (one) => one["status"].phase === "Bound");
    expect((await api.get(`${claims}/unbound`))?.["status"].phase).toBe("Pending");
    await api.send("DELETE", `${claims}/bound`);
    await becomes("/api/v1/persistentvolumes", (list) => list["items"].length === 0);
  });

  test("a load balancer's address follows from the Service's name; marks make it a host name, late or none", async () => {
    const services = "/api/v1/namespaces/default/services";
    const service = (name: string, mark: Record<string, string> = {}, spec: object = {}): object => ({
      metadata: { name, annotations: mark },
      spec: { type: "LoadBalancer", ports: [{ port: 80 }], ...spec },
    });
    const ingress = (one: KubeJson): KubeJson[] => one["status"].loadBalancer.ingress ?? [];
    const balancer = "sandbox.flotilla.dev/load-balancer";
    await post(services, service("never", { [balancer]: "never" }));
    await post(services, service("late", { [`${balancer}-after`]: "2s" }));
    await post(services, service("plain"));
    await post(services, service("asked", {}, { loadBalancerIP: "192.0.2.7" }));
    await post(services, service("named", { [balancer]: "hostname" }));
    await becomes(`${services}/plain`, (one) => /^10\.97\.\d+\.\d+$/.test(ingress(one)[0]?.["ip"] ?? ""));
    await becomes(`${services}/asked`, (one) => ingress(one)[0]?.["ip"] === "192.0.2.7");
    await becomes(`${services}/named`, (one) => ingress(one)[0]?.["hostname"] === "named.default.lb.sandbox.example");
    expect(ingress((await api.get(`${services}/late`)) ?? {})).toEqual([]);
    await becomes(`${services}/late`, (one) => ingress(one).length === 1);
    expect(ingress((await api.get(`${services}/never`)) ?? {})).toEqual([]);
    const address = ingress((await api.get(`${services}/plain`)) ?? {})[0]?.["ip"] as string;
    await api.send("DELETE", `${services}/plain`);
    await post(services, service("plain"));
    await becomes(`${services}/plain`, (one) => ingress(one)[0]?.["ip"] === address);
  });

  test.each([
    ["image-pull", "Pending", "ImagePullBackOff", undefined, "BackOff"],
    ["image-name", "Pending", "InvalidImageName", undefined, "InspectFailed"],
    ["config-missing", "Pending", "CreateContainerConfigError", undefined, "Failed"],
    ["crash-loop", "Running", "CrashLoopBackOff", { reason: "Error", exitCode: 1 }, "BackOff"],
    ["oom-killed", "Running", "CrashLoopBackOff", { reason: "OOMKilled", exitCode: 137 }, "BackOff"],
  ])("%s is reported as a kubelet does, and heals when it is to", async (fails, phase, reason, terminated, event) => {
    await post(PODS, pod("stays", { fails }));
    await post(PODS, pod("heals", { fails, "recovers-after": "1s" }));
    await becomes(`${PODS}/stays`, (one) => one["status"].containerStatuses?.[0].state.waiting?.reason === reason);
    const status = (await api.get(`${PODS}/stays`))?.["status"];
    expect(status.phase).toBe(phase);
    expect(status.containerStatuses[0].lastState?.terminated ?? undefined).toEqual(
      terminated === undefined ? undefined : expect.objectContaining(terminated),
    );
    expect(status.containerStatuses[1].ready).toBe(true);
    await becomes("/api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dstays", (list) =>
      (list["items"] as KubeJson[]).some((one) => one["type"] === "Warning" && one["reason"] === event),
    );
    await becomes(`${PODS}/heals`, (one) => isReady(one) && one["status"].phase === "Running");
    expect(isReady((await api.get(`${PODS}/stays`)) ?? {})).toBe(false);
  });

  test.each(["probe-failing", "never-ready"])("%s runs without ever being ready", async (fails) => {
    await post(PODS, pod("stays", { fails }));
    await post(PODS, pod("heals", { fails, "recovers-after": "1s" }));
    await becomes(`${PODS}/heals`, isReady);
    const status = (await api.get(`${PODS}/stays`)) ?? {};
    expect([status["status"].phase, isReady(status)]).toEqual(["Running", false]);
    expect(status["status"].containerStatuses[0].state.running).toBeDefined();
  });

  test("a pod is ready, ends and goes when its marks say so, and not before", async () => {
    await post(PODS, pod("slow", { "ready-after": "2s" }));
    await post(PODS, pod("task", { "completes-after": "2s" }, { restartPolicy: "Never" }));
    await post(PODS, pod("stays", { "stops-after": "2s" }));
    for (const name of ["slow", "task", "stays"])
      await becomes(`${PODS}/${name}`, (one) => one["status"].phase === "Running");
    expect(isReady((await api.get(`${PODS}/slow`)) ?? {})).toBe(false);
    await api.send("DELETE", `${PODS}/stays`);
    expect(await api.get(`${PODS}/stays`)).not.toBeNull();
    await becomes(`${PODS}/slow`, isReady);
    await becomes(`${PODS}/task`, (one) => one["status"].phase === "Succeeded");
    expect(await until(async () => (await api.get(`${PODS}/stays`)) === null, SOON_MS)).toBe(true);
  });

  test("a Job that is to fail does", async () => {
    const template = {
      metadata: { labels: { "sandbox.flotilla.dev/fails": "job-failed" } },
      spec: { restartPolicy: "Never", containers: [{ name: "app", image: "example.org/app:1" }] },
    };
    await post("/apis/batch/v1/namespaces/default/jobs", {
      metadata: { name: "bad" },
      spec: { backoffLimit: 0, template },
    });
    await becomes("/apis/batch/v1/namespaces/default/jobs/bad", (one) => condition(one, "Failed") === "True");
  });

  test("a pod that asks for more than a node has stays unscheduled", async () => {
    const resources = { requests: { memory: "1Ti" } };
    await post(PODS, pod("huge", {}, { containers: [{ name: "app", image: "example.org/app:1", resources }] }));
    await becomes(`${PODS}/huge`, (one) => condition(one, "PodScheduled") === "False");
  });
});

describe("a reset", () => {
  const CRDS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions";

  async function fill(): Promise<void> {
    await post("/api/v1/namespaces", { metadata: { name: "team" } });
    await becomes("/api/v1/namespaces/team/serviceaccounts/default", () => true);
    await post("/api/v1/namespaces/team/configmaps", {
      metadata: { name: "held", finalizers: ["example.org/nobody-removes-this"] },
    });
    await post("/apis/rbac.authorization.k8s.io/v1/clusterroles", { metadata: { name: "mine" }, rules: [] });
    await post(CRDS, {
      metadata: { name: "things.example.org" },
      spec: {
        group: "example.org",
        scope: "Namespaced",
        names: { plural: "things", singular: "thing", kind: "Thing" },
        versions: [{ name: "v1", served: true, storage: true, schema: { openAPIV3Schema: { type: "object" } } }],
      },
    });
    await becomes(`${CRDS}/things.example.org`, (one) => condition(one, "Established") === "True");
    await becomes("/apis/example.org/v1", () => true);
    await post("/apis/example.org/v1/namespaces/team/things", {
      apiVersion: "example.org/v1",
      kind: "Thing",
      metadata: { name: "one", finalizers: ["example.org/nobody-removes-this"] },
    });
    await post("/apis/apps/v1/namespaces/default/deployments", {
      metadata: { name: "web" },
      spec: {
        replicas: 5,
        selector: { matchLabels: { app: "x" } },
        template: {
          metadata: { labels: { app: "x" } },
          spec: { containers: [{ name: "app", image: "example.org/app:1" }] },
        },
      },
    });
    // In the middle of a deletion that never ends, and with a node that was changed.
    await api.send("DELETE", "/api/v1/namespaces/team");
    await api.send(
      "PATCH",
      "/api/v1/nodes/sandbox-node-1",
      { metadata: { labels: { mine: "yes" } }, spec: { unschedulable: true } },
      "application/merge-patch+json",
    );
  }

  test("removes all that was put in, finalizers or not, puts back what was changed, and can be used at once", async () => {
    const before = await recordOf("default");
    for (let round = 0; round < 2; round++) {
      await fill();
      await resetSandbox("default", context);
      for (const path of [
        "/api/v1/namespaces/team",
        "/api/v1/namespaces/team/configmaps/held",
        "/apis/rbac.authorization.k8s.io/v1/clusterroles/mine",
        `${CRDS}/things.example.org`,
        "/apis/example.org/v1",
        "/apis/apps/v1/namespaces/default/deployments/web",
      ]) {
        expect(await api.get(path), path).toBeNull();
      }
      const groups = (await api.get("/apis"))?.["groups"] as KubeJson[];
      expect(groups.map((group) => group["name"])).not.toContain("example.org");
      expect((await api.get("/api/v1/pods"))?.["items"]).toEqual([]);
      const node = (await api.get("/api/v1/nodes/sandbox-node-1")) ?? {};
      expect([node["metadata"].labels.mine, node["spec"].unschedulable]).toEqual([undefined, undefined]);
      await post(PODS, pod("next", {}));
      await becomes(`${PODS}/next`, isReady);
    }
    await resetSandbox("default", context);
    expect(await recordOf("default")).toEqual(before);
  });

  test("of a sandbox that does not run is refused", async () => {
    await expect(resetSandbox("second", context)).rejects.toMatchObject({ code: "sandbox-missing" });
  });
});

describe("a sandbox that is not as it should be", () => {
  async function keep(value: string): Promise<void> {
    await post("/api/v1/namespaces/default/configmaps", { metadata: { name: "kept" }, data: { value } });
  }

  test("with a dead API server is called broken, and put right with its data", async () => {
    await keep("one");
    await killAll("default", "kube-apiserver");
    const broken = await readSandbox("default");
    expect(broken.state).toBe("broken");
    expect(broken.problems).toContain("kube-apiserver is not running.");
    expect((await startSandbox("default", context)).state).toBe("running");
    expect(notices()).toContain("restarted with its data");
    expect((await readSandbox("default")).state).toBe("running");
    expect((await api.get("/api/v1/namespaces/default/configmaps/kept"))?.["data"]).toEqual({ value: "one" });
    await post(PODS, pod("after", {}));
    await becomes(`${PODS}/after`, isReady);
  });

  test("without any process, as after a reboot, is called stopped, and started with its data", async () => {
    await killAll("default");
    expect((await readSandbox("default")).state).toBe("stopped");
    await upByProcess("default");
    expect((await api.get("/api/v1/namespaces/default/configmaps/kept"))?.["data"]).toEqual({ value: "one" });
  });

  test("with an API server that hangs is called broken, and `verify` puts it right", async () => {
    const [server] = processesOf(join(sandboxPaths("default").programs, "kube-apiserver"));
    process.kill(server?.pid ?? 0, "SIGSTOP");
    expect((await readSandbox("default")).problems.join()).toContain("does not answer");
    expect((await startSandbox("default", context, { verify: true })).state).toBe("running");
    expect((await readSandbox("default")).state).toBe("running");
    expect((await api.get("/api/v1/namespaces/default/configmaps/kept"))?.["data"]).toEqual({ value: "one" });
  });

  test("with damaged data is made anew, and says so", async () => {
    await killAll("default");
    await writeFile(join(sandboxPaths("default").data, "member", "snap", "db"), "damaged");
    const info = await startSandbox("default", context);
    expect(notices()).toContain("made anew; what was in it is gone");
    api.close();
    api = await clusterApi(info.kubeconfig);
    expect(await api.get("/api/v1/namespaces/default/configmaps/kept")).toBeNull();
  });

  test("whose start was killed half-way is called broken; the next start makes it, and no process is left over", async () => {
    const starting = startDriver(driver, ["half"]);
    const { programs } = sandboxPaths("half");
    expect(await until(() => processesOf(join(programs, "kube-scheduler --kubeconfig")).length > 0, 60_000)).toBe(true);
    starting.process.kill("SIGKILL");
    await starting.ended;
    expect(await readSandbox("half")).toMatchObject({
      state: "broken",
      problems: ["Its last start was never finished."],
    });
    const info = await startSandbox("half", context);
    expect(info.state).toBe("running");
    expect(notices()).toContain("made anew");
    expect(processesOf(programs)).toHaveLength(5);
    expect(await stopSandbox("half", context)).toBe(true);
  });
});

describe("a start", () => {
  test("in which a program ends by itself is made once more", async () => {
    const { programs } = sandboxPaths("half");
    const scheduler = (): { pid: number }[] => processesOf(join(programs, "kube-scheduler --kubeconfig"));
    const starting = startSandbox("half", context);
    expect(await until(() => scheduler().length > 0, 60_000)).toBe(true);
    for (const { pid } of scheduler()) process.kill(pid, "SIGKILL");
    expect((await starting).state).toBe("running");
    expect(processesOf(programs)).toHaveLength(5);
    expect(await stopSandbox("half", context)).toBe(true);
  });
});

describe("several", () => {
  test("starts at once make one sandbox, beside another that is not touched", async () => {
    const first = await recordOf("default");
    const infos = await Promise.all([upByProcess("second"), upByProcess("second")]);
    expect(infos[0]).toEqual(infos[1]);
    expect(infos[0]).toMatchObject({ state: "running", context: "flotilla-sandbox-second" });
    expect(processesOf(sandboxPaths("second").programs)).toHaveLength(5);
    expect(await sandboxFolders()).toEqual(["default", "second"]);
    expect(await recordOf("default")).toEqual(first);
    await post("/api/v1/namespaces/default/configmaps", { metadata: { name: "only-in-default" } });
    const second = await clusterApi(infos[0].kubeconfig);
    expect(await second.get("/api/v1/namespaces/default/configmaps/only-in-default")).toBeNull();
    second.close();
  });

  test("taking one down leaves nothing of it, and the other as it was", async () => {
    const { ports } = await recordOf("second");
    expect(await stopSandbox("second", context)).toBe(true);
    expect(processesOf(sandboxPaths("second").directory)).toEqual([]);
    expect(await readdir(join(folder, "state", "sandboxes"))).toEqual(["default"]);
    for (const port of Object.values(ports) as number[]) expect(await answers("127.0.0.1", port)).toBe(false);
    expect((await readSandbox("second")).state).toBe("absent");
    expect(await stopSandbox("second", context)).toBe(false);
    expect((await readSandbox("default")).state).toBe("running");
    expect(await readFile(sandboxPaths("default").kubeconfig, "utf8")).toContain("current-context: flotilla-sandbox");
  });
});
