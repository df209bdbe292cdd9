import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { RunEvent } from "../../src/model/events.ts";
import type { SmokeTest } from "../../src/model/verify.ts";
import type { VerifyReport } from "../../src/model/verify-report.ts";
import type { Cluster } from "../../src/operations/connect-cluster.ts";
import { smokeTestsOf, verify } from "../../src/operations/verify.ts";
import { answer, type FakeCluster, refuse, startFakeCluster } from "../kube/fake-cluster.ts";
import { makeAuthority } from "../support/certificates.ts";
import { sampleRelease, sampleStack } from "../support/sample-stack.ts";
import { type SecureServer, startSecureServer } from "../support/secure-server.ts";
import { httpsTest } from "../verify/smoke-tests.ts";

const PASSWORD = "correct-horse-battery";
const GATEWAY = { type: "gateway", release: "ingress", namespace: "ingress" } as const;

let folder: string;
let caFile: string;
let web: SecureServer;
let api: FakeCluster;
const base64 = (text: string): string => Buffer.from(text).toString("base64");

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "flotilla-verify-"));
  const authority = await makeAuthority(folder, "shop");
  caFile = authority.caFile;
  const ca = await readFile(caFile, "utf8");
  web = await startSecureServer(await authority.issue("web.test"), (request, response) => {
    const expected = `Basic ${base64(`admin:${PASSWORD}`)}`;
    response.writeHead(request.headers.authorization === expected ? 200 : 401).end();
  });
  const service = {
    metadata: { name: "ingress", namespace: "ingress", annotations: { "meta.helm.sh/release-name": "ingress" } },
    spec: { type: "LoadBalancer", selector: { istio: "ingress" }, ports: [{ port: web.port, targetPort: 8443 }] },
    status: { loadBalancer: { ingress: [{ ip: "127.0.0.1" }] } },
  };
  const objects: Readonly<Record<string, object>> = {
    "/api/v1/namespaces/ingress/services": {
      items: [service, { metadata: { name: "other", namespace: "ingress" } }],
      metadata: {},
    },
    "/api/v1/namespaces/ingress/pods": { items: [], metadata: {} },
    "/api/v1/namespaces/shop/secrets/login": { metadata: { name: "login" }, data: { password: base64(PASSWORD) } },
    "/api/v1/namespaces/shop/secrets/ca": { metadata: { name: "ca" }, data: { "tls.crt": base64(ca) } },
  };
  api = await startFakeCluster(({ path }, response) => {
    const found = objects[path];
    if (found) answer(response, 200, found);
    else refuse(response, 404, "NotFound", "not found");
  });
});

afterAll(async () => {
  await Promise.all([web.close(), api.close()]);
  await rm(folder, { recursive: true, force: true });
});

const login = {
  secret: { namespace: "shop", name: "login" },
  username: "admin",
  usernameKey: "u",
  passwordKey: "password",
};

function webTest(change: Partial<SmokeTest> = {}): SmokeTest {
  const authority = { type: "secret", secret: { namespace: "shop", name: "ca" }, key: null } as const;
  const whole = {
    ...httpsTest({ login, entrance: GATEWAY, authority, port: web.port }),
    release: "shop",
    namespace: "shop",
  };
  // What a test changes is of the same kind.
  return { ...whole, ...change } as SmokeTest;
}

async function run(...tests: readonly SmokeTest[]): Promise<{ report: VerifyReport; events: readonly RunEvent[] }> {
  const events: RunEvent[] = [];
  const stack = sampleStack("/flotilla.yaml", [
    sampleRelease({
      name: "shop",
      chart: { type: "folder", path: "/chart" },
      ...(tests.length > 0 && { verify: tests }),
    }),
  ]);
  const cluster: Cluster = {
    client: api.client,
    helmTarget: { kubeconfig: null, context: null },
    context: "fake",
    kubernetesVersion: "v1.36.3",
  };
  const context = { signal: new AbortController().signal, emit: (event: RunEvent) => events.push(event) };
  return { report: await verify(stack, cluster, {}, context), events };
}

test("goes by the gateway's address, with authority and login from Secrets that are never shown", async () => {
  const { report, events } = await run(webTest());
  expect(report).toMatchObject({ version: 1, outcome: "passed", context: "fake" });
  expect(report.tests).toEqual([
    expect.objectContaining({
      release: "shop",
      name: "web",
      target: `web.test:${web.port}`,
      via: `127.0.0.1:${web.port}`,
      outcome: "passed",
    }),
  ]);
  expect(events).toHaveLength(report.tests[0]?.probes.length ?? 0);
  expect(events).toContainEqual(expect.objectContaining({ type: "probe-finished", probe: "https", outcome: "passed" }));
  const all = JSON.stringify([report, events]);
  for (const shown of [PASSWORD, base64(`admin:${PASSWORD}`)]) expect(all).not.toContain(shown);
});

test("takes the authority from a file as well", async () => {
  const { report } = await run(webTest({ authority: { type: "file", path: caFile } }));
  expect(report.outcome).toBe("passed");
});

test("looks whether the host name stands for the gateway's address", async () => {
  const { report } = await run(
    webTest({ name: "local", host: "localhost", dns: true, port: web.port }),
    webTest({ name: "lost", host: "nobody.invalid", dns: true }),
  );
  const dns = report.tests.map(({ probes }) => probes.find(({ probe }) => probe === "dns"));
  expect(dns).toMatchObject([
    { outcome: "passed" },
    { code: "dns-unresolved", message: expect.stringContaining("nobody.invalid") },
  ]);
});

test.each<[string, () => Partial<SmokeTest>, string, string]>([
  [
    "a gateway that is not installed",
    () => ({ entrance: { ...GATEWAY, release: "gone" } }),
    "entrance-missing",
    "gateway ingress/gone",
  ],
  ["a port that its Service does not have", () => ({ port: 1 }), "port-missing", "has no port 1: only"],
  [
    "a Secret that is not there",
    () => ({ authority: { type: "secret", secret: { namespace: "shop", name: "lost" }, key: null } }),
    "secret-missing",
    "no Secret shop/lost",
  ],
  [
    "a key that it does not have",
    () => ({ login: { ...login, passwordKey: "word" } }),
    "secret-missing",
    "has no key word: it has password",
  ],
  [
    "a file that is not there",
    () => ({ authority: { type: "file", path: "/nowhere/ca.pem" } }),
    "secret-missing",
    "cannot be read",
  ],
  ["authorities that did not sign", () => ({ authority: null }), "certificate-untrusted", "signed by shop"],
])("tells %s", async (_what, change, code, words) => {
  const { report } = await run(webTest(change()));
  expect(report.outcome).toBe("failed");
  const [failed] = report.tests[0]?.probes.filter(({ outcome }) => outcome === "failed") ?? [];
  expect(failed).toMatchObject({ code, message: expect.stringContaining(words), hint: expect.stringMatching(/\w/) });
});

test("does not try in the sandbox, where nothing answers", () => {
  const stack = {
    ...sampleStack("/flotilla.yaml", []),
    environment: { name: "dev", profile: "sandbox", context: null },
  };
  expect(() => smokeTestsOf(stack, [])).toThrow("pods are simulated");
});

test("has nothing to do where no smoke test is declared", async () => {
  await expect(run()).rejects.toMatchObject({ code: "usage", hint: expect.stringContaining("verify") });
});
