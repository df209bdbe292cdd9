import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse, stringify } from "yaml";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { packageRoot } from "../../src/runtime/directories.ts";
import type { ProbeCode, ProbeResult, VerifyReport } from "../../src/model/verify-report.ts";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import { type Authority, makeAuthority, type ServerCertificate } from "../support/certificates.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { editObject } from "../support/edit-object.ts";
import { type CommandResult, flotilla } from "../support/flotilla.ts";
import { openTestCluster, STACK_NAMESPACES, type TestCluster } from "../support/test-cluster.ts";
import { quietContext } from "../support/test-sandbox.ts";

const SECRET = "/api/v1/namespaces/istio-ingress/secrets/dicom-dicom-tls";
const ISTIO = "/apis/networking.istio.io/v1/namespaces/dicom";
const MERGE = "application/merge-patch+json";
const NAMES = ["web.dicom.test", "dicom.test"];

let cluster: TestCluster;
let folder: string;
let file: string;
let env: Readonly<Record<string, string>>;
let installed: CommandResult;

const run = (...args: readonly string[]): Promise<CommandResult> =>
  flotilla([...args, "-c", file, ...cluster.flags, "-o", "json"], { env });

/** Every probe by `test/probe`. */
function probesIn({ tests }: VerifyReport): Readonly<Record<string, ProbeResult>> {
  return Object.fromEntries(
    tests.flatMap(({ name, probes }) => probes.map((probe) => [`${name}/${probe.probe}`, probe])),
  );
}

async function verify(...args: readonly string[]): Promise<VerifyReport & { readonly code: number | null }> {
  const { code, stdout, stderr } = await run("verify", ...args);
  if (stdout === "") throw new Error(stderr);
  return { ...(JSON.parse(stdout) as VerifyReport), code };
}

/**
 * Verifies until the gateway has learned of a change: what it does by then is what counts.
 * @returns the first probe of a test that failed
 */
async function verifyOnce(name: string, code: ProbeCode): Promise<ProbeResult> {
  // A pod that is taken away may answer for as long as its grace lasts.
  const deadline = performance.now() + 120_000;
  for (;;) {
    const report = await verify();
    const probes = report.tests.find((each) => each.name === name)?.probes ?? [];
    const found = probes.find(({ outcome }) => outcome === "failed");
    if (found?.code === code || performance.now() > deadline) {
      expect(found, JSON.stringify(report.tests)).toMatchObject({ outcome: "failed", code });
      expect(report).toMatchObject({ outcome: "failed", code: 5 });
      return found as ProbeResult;
    }
  }
}

/** What was changed back takes its time to be there again. */
async function verifyPasses(): Promise<void> {
  const deadline = performance.now() + 120_000;
  let report = await verify();
  while (report.outcome === "failed" && performance.now() < deadline) report = await verify();
  expect(report.outcome, JSON.stringify(report.tests)).toBe("passed");
}

/** Changes an object for as long as a test looks; then it is as before, and (with `recover` done) all passes again. */
async function whileChanged(
  path: string,
  change: (object: KubeJson) => object,
  look: () => Promise<void>,
  recover: () => Promise<unknown> = async () => {},
): Promise<void> {
  const before = (await cluster.api.get(path)) as KubeJson;
  await cluster.api.send("PATCH", path, change(before), MERGE);
  try {
    await look();
  } finally {
    await editObject(cluster.api, path, ({ metadata: { resourceVersion } }) => ({
      ...before,
      metadata: { ...before["metadata"], resourceVersion },
    }));
  }
  await recover();
  await verifyPasses();
}

const shown =
  ({ cert, key }: ServerCertificate) =>
  (): object => ({
    data: { "tls.crt": Buffer.from(cert).toString("base64"), "tls.key": Buffer.from(key).toString("base64") },
  });

beforeAll(async () => {
  cluster = await openTestCluster();
  folder = await mkdtemp(join(tmpdir(), "verify-"));
  file = join(folder, "flotilla.yaml");
  const example = await readFile(join(packageRoot(), "examples", "quickstart", "flotilla.yaml"), "utf8");
  const ours = example
    .replace("../../charts/dicom", join(packageRoot(), "charts", "dicom"))
    .replace("version: ~1.31.0", `version: ~1.31.0\n  source: ${cluster.istioSource}`)
    .replaceAll("        ca: { secret: dicom-ca }", "        ca: { secret: dicom-ca }\n        timeout: 2s");
  await writeFile(file, ours);
  env = { FLOTILLA_HELM: (await ensureTools(["helm4"], quietContext())).helm4 };
  installed = await run("up", "--yes", "--verify");
});

afterAll(async () => {
  await cluster.clean(...STACK_NAMESPACES);
  cluster.api.close();
  await rm(folder, { recursive: true, force: true });
});

test("up --verify installs, and passes every smoke test", async () => {
  expect(installed.code, installed.stderr + installed.stdout).toBe(0);
  const { verification } = JSON.parse(installed.stdout) as { verification: VerifyReport };
  expect(verification.outcome).toBe("passed");
  const probes = probesIn(verification);
  expect(Object.keys(probes)).toEqual([
    "web/connect",
    "web/tls",
    "web/https",
    "web/plain-text-refused",
    "web/unknown-authority-refused",
    "dicom/connect",
    "dicom/tls",
    "dicom/c-echo",
    "dicom/c-echo-without-sni",
    "dicom/c-store-c-find",
    "dicom/plain-text-refused",
    "dicom/unknown-authority-refused",
  ]);
  expect(probes["web/https"]?.message).toBe("GET /system: 200");
});

test("shows no password, in no output", async () => {
  const secret = (await cluster.api.get("/api/v1/namespaces/dicom/secrets/dicom-credentials")) as KubeJson;
  const password = Buffer.from(secret["data"]["orthanc-password"], "base64").toString();
  expect(password.length).toBeGreaterThan(20);
  const log = join(folder, "log");
  const { stdout, stderr } = await run("verify", "-v", "--log-file", log);
  for (const text of [stdout, stderr, await readFile(log, "utf8"), installed.stdout, installed.stderr]) {
    expect(text).not.toContain(password);
    expect(text).not.toContain(Buffer.from(`admin:${password}`).toString("base64"));
  }
});

test("passes through forwarded ports as well", async () => {
  const report = await verify("--via", "port-forward");
  expect(report.outcome, JSON.stringify(report.tests)).toBe("passed");
  expect(report.tests.map(({ via }) => via)).toEqual([
    expect.stringMatching(/^port 443 of pod istio-ingress\/istio-ingressgateway-\S+, forwarded$/),
    expect.stringMatching(/^port 11112 of pod istio-ingress\/istio-ingressgateway-\S+, forwarded$/),
  ]);
});

describe("tells", () => {
  let authority: Authority;

  beforeAll(async () => {
    authority = await makeAuthority(folder, "stranger");
  });

  test("a certificate of somebody else's", async () => {
    await whileChanged(SECRET, shown(await authority.issue(...NAMES)), async () => {
      const { message } = await verifyOnce("web", "certificate-untrusted");
      expect(message).toContain("signed by stranger");
    });
  });

  test("a certificate that has expired", async () => {
    await whileChanged(SECRET, shown(await authority.issueExpired(...NAMES)), async () => {
      await writeFile(
        join(folder, "own.yaml"),
        (await readFile(file, "utf8")).replaceAll("ca: { secret: dicom-ca }", `ca: { file: ${authority.caFile} }`),
      );
      const { message } = await verifyOnceWith(join(folder, "own.yaml"), "web", "certificate-expired");
      expect(message).toMatch(/has expired \(for .*web\.dicom\.test/);
    });
  });

  test("a gateway that does not open the port", async () => {
    const close = ({ spec }: KubeJson): object => ({
      spec: { servers: spec.servers.filter(({ port }: KubeJson) => port["number"] !== 11112) },
    });
    await whileChanged(`${ISTIO}/gateways/dicom`, close, async () => {
      const { message, hint } = await verifyOnce("dicom", "gateway-port-missing");
      expect(message).toContain("No Istio Gateway opens port 11112");
      expect(hint).toContain("Gateway");
    });
  });

  test("a Service without the port", async () => {
    const path = "/api/v1/namespaces/istio-ingress/services/istio-ingressgateway";
    const close = ({ spec }: KubeJson): object => ({
      spec: { ports: spec.ports.filter(({ port }: KubeJson) => port !== 11112) },
    });
    await whileChanged(path, close, async () => {
      const { message } = await verifyOnce("dicom", "port-missing");
      expect(message).toContain("has no port 11112");
    });
  });

  test("routes to a wrong port, for HTTP and for DICOM", async () => {
    const astray =
      (section: "http" | "tcp") =>
      ({ spec }: KubeJson): object => {
        const [route] = spec[section];
        const { destination } = route.route[0];
        return {
          spec: { [section]: [{ ...route, route: [{ destination: { ...destination, port: { number: 9999 } } }] }] },
        };
      };
    await whileChanged(`${ISTIO}/virtualservices/dicom-web`, astray("http"), async () => {
      const { message } = await verifyOnce("web", "destination-port-missing");
      expect(message).toMatch(/leads to port 9999 of Service dicom\/dicom-orthanc, which has only/);
    });
    await whileChanged(`${ISTIO}/virtualservices/dicom-dicom`, astray("tcp"), async () => {
      const { message } = await verifyOnce("dicom", "destination-port-missing");
      expect(message).toContain("port 9999");
    });
  });

  test("a DICOM server that is down", async () => {
    const path = "/apis/apps/v1/namespaces/dicom/deployments/dicom-orthanc";
    await whileChanged(
      path,
      () => ({ spec: { replicas: 0 } }),
      async () => {
        const { message } = await verifyOnce("dicom", "destination-down");
        expect(message).toMatch(/Service dicom\/dicom-orthanc.* has no ready pod/);
        expect(message).not.toContain("postgres");
        expect((await verifyOnce("web", "destination-down")).message).toContain("503");
      },
    );
  });

  test("a database that is down", async () => {
    const path = "/apis/apps/v1/namespaces/dicom/statefulsets/dicom-postgres";
    await whileChanged(
      path,
      () => ({ spec: { replicas: 0 } }),
      async () => {
        const { message } = await verifyOnce("dicom", "destination-down");
        expect(message).toMatch(/dicom\/dicom-postgres( of release dicom has no ready pod|, of the same release)/);
      },
      // Without a volume the database comes back empty: Orthanc makes its tables when it starts.
      () =>
        cluster.api.send("DELETE", "/api/v1/namespaces/dicom/pods?labelSelector=app.kubernetes.io/component=orthanc"),
    );
  });

  test("a listener that takes host names only", async () => {
    const named = ({ spec }: KubeJson): object => ({
      spec: {
        servers: spec.servers.map((server: KubeJson) =>
          server["port"].number === 11112 ? { ...server, hosts: ["dicom.test"] } : server,
        ),
      },
    });
    await whileChanged(`${ISTIO}/gateways/dicom`, named, async () => {
      const { message, hint } = await verifyOnce("dicom", "sni-required");
      expect(message).toContain("works with the host name dicom.test");
      expect(hint).toContain('hosts: ["*"]');
    });
  });
});

describe("where DICOM clients need a certificate", () => {
  beforeAll(async () => {
    const stack = parse(await readFile(file, "utf8")) as KubeJson;
    const [dicom] = stack["releases"];
    dicom.values.push({ routing: { dicom: { clientCertificates: { required: true } } } });
    dicom.verify[1].clientCertificate = "istio-ingress/dicom-dicom-tls-client";
    file = join(folder, "mutual.yaml");
    await writeFile(file, stringify(stack));
  });

  test("those who have none are refused, and strangers", async () => {
    // The tests before have edited by hand what is to change.
    const { code, stdout, stderr } = await run("up", "--yes", "--verify", "--force-conflicts", "dicom");
    expect(code, stderr + stdout).toBe(0);
    const { verification } = JSON.parse(stdout) as { verification: VerifyReport };
    expect(probesIn(verification)).toMatchObject({
      "dicom/c-store-c-find": { outcome: "passed" },
      "dicom/anonymous-client-refused": { outcome: "passed" },
      "dicom/strange-client-refused": { outcome: "passed" },
    });
  });

  test.each([
    ["asks for none", "SIMPLE", "strange-client-accepted"],
    ["takes those who show none", "OPTIONAL_MUTUAL", null],
  ])("a gateway that %s is told", async (_what, mode, code) => {
    const open = ({ spec }: KubeJson): object => ({
      spec: {
        servers: spec.servers.map((server: KubeJson) =>
          server["port"].number === 11112 ? { ...server, tls: { ...server["tls"], mode } } : server,
        ),
      },
    });
    await whileChanged(`${ISTIO}/gateways/dicom`, open, async () => {
      await verifyOnce("dicom", "anonymous-client-accepted");
      expect(probesIn(await verify())["dicom/strange-client-refused"]).toMatchObject({ code });
    });
  });
});

/** Like {@link verifyOnce}, with another stack file. */
async function verifyOnceWith(other: string, name: string, code: ProbeCode): Promise<ProbeResult> {
  const own = file;
  file = other;
  try {
    return await verifyOnce(name, code);
  } finally {
    file = own;
  }
}
