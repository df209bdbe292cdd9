import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import { ensureTools } from "../../src/tools/ensure-tools.ts";
import type { KubeJson } from "../support/cluster-api.ts";
import { flotilla, startFlotilla } from "../support/flotilla.ts";
import { addImage } from "../support/image-layout.ts";
import { type PlainRelease, shellDeployment, shellImage, SLEEP, writePlainStack } from "../support/plain-stack.ts";
import { openTestCluster, type TestCluster } from "../support/test-cluster.ts";
import { quietContext } from "../support/test-sandbox.ts";
import { until } from "../support/until.ts";

const NAMESPACE = "recovering";
const DATABASE_SERVICE = `
---
apiVersion: v1
kind: Service
metadata: { name: database }
spec: { selector: { app: app }, ports: [{ port: 5432 }] }
`;

/** Running is not enough: an app that is about to crash runs, too. */
const UP_PROBE = "readinessProbe: { exec: { command: [test, -f, /tmp/up] }, periodSeconds: 1 }\n";

let cluster: TestCluster;
let image: string;

beforeAll(async () => {
  cluster = await openTestCluster();
  image = await shellImage();
});

afterAll(() => cluster?.api.close());

describe.each(["helm4", "helm3"] as const)("on real nodes, up with %s", (tool) => {
  /** Runs `up` on these releases; what they leave goes after the test. */
  const prepare = async (releases: readonly PlainRelease[]) => {
    const folder = await mkdtemp(join(tmpdir(), "recovery-"));
    const namespaces = [...new Set(releases.map(({ namespace }) => namespace))];
    onTestFinished(async () => {
      await cluster.clean(...namespaces, "flotilla-system");
      await rm(folder, { recursive: true, force: true });
    });
    const file = await writePlainStack(folder, "recovering", releases, "150s");
    const { [tool]: helm } = await ensureTools([tool], quietContext());
    const args = ["up", "-c", file, ...cluster.flags, "--yes", "-o", "json"];
    return { args, options: { env: { FLOTILLA_HELM: helm } } };
  };
  const pods = async (namespace: string): Promise<readonly KubeJson[]> =>
    (await cluster.api.get(`/api/v1/namespaces/${namespace}/pods`))?.["items"] ?? [];

  test("waits for an app that crashes until its database answers", async () => {
    const start = "sleep 6; exec docker-entrypoint.sh postgres -c 'listen_addresses=*'";
    const probe = "readinessProbe: { exec: { command: [pg_isready, -h, 127.0.0.1] }, periodSeconds: 1 }\n";
    const password = "env: [{ name: POSTGRES_PASSWORD, value: only-for-this-test }]\n";
    const database = shellDeployment(image, start, probe + password) + DATABASE_SERVICE;
    const host = `database.${NAMESPACE}-database`;
    const app = shellDeployment(image, `pg_isready -h ${host} -t 2 || exit 1; touch /tmp/up; ${SLEEP}`, UP_PROBE);
    const { args, options } = await prepare([
      { name: "database", namespace: `${NAMESPACE}-database`, manifest: database },
      { name: "app", namespace: `${NAMESPACE}-app`, manifest: app },
    ]);
    const { code, stdout, stderr } = await flotilla(args, options);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout).releases).toEqual([
      expect.objectContaining({ name: "database", outcome: "ready", diagnosis: [] }),
      expect.objectContaining({ name: "app", outcome: "ready", diagnosis: [] }),
    ]);
    const [pod] = await pods(`${NAMESPACE}-app`);
    expect(pod?.["status"].containerStatuses[0].restartCount).toBeGreaterThan(0);
  });

  const layout = process.env["FLOTILLA_TEST_IMAGE_LAYOUT"];
  // Only where the registry is ours can an image come late.
  if (layout !== undefined) {
    test("waits for an image that comes late", async () => {
      const late = `docker.io/library/late:${randomBytes(4).toString("hex")}`;
      const manifest = shellDeployment(late, SLEEP);
      const { args, options } = await prepare([{ name: "late", namespace: NAMESPACE, manifest }]);
      const { done } = startFlotilla(args, options);
      const reasons = async (): Promise<readonly string[]> =>
        (await pods(NAMESPACE)).flatMap(({ status }) =>
          (status.containerStatuses ?? []).map(({ state }: KubeJson) => state.waiting?.reason),
        );
      expect(await until(async () => (await reasons()).some((each) => /ImagePull/.test(each)), 60_000)).toBe(true);
      onTestFinished(await addImage(layout, { name: late, like: image }));
      const { code, stdout, stderr } = await done;
      expect(code, stderr).toBe(0);
      expect(JSON.parse(stdout).releases).toEqual([expect.objectContaining({ outcome: "ready", diagnosis: [] })]);
    });
  }
});
