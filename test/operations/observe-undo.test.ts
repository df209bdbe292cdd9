import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import type { JournaledRelease, JournalEntry } from "../../src/model/journal.ts";
import { observeUndo } from "../../src/operations/observe-undo.ts";
import { answer, type FakeCluster, refuse, startFakeCluster } from "../kube/fake-cluster.ts";
import { journaledRelease, journalEntry } from "../support/journal-samples.ts";

const { signal } = new AbortController();
let api: FakeCluster;

afterEach(() => api.close());

/** At revision 7 since the run. */
const web = (change: Partial<JournaledRelease>): JournaledRelease =>
  journaledRelease({ revisionBefore: 6, revisionAfter: 7, ...change });

const run = (id: string, ...releases: readonly JournaledRelease[]): JournalEntry => journalEntry(id, { releases });

/** The release `web` in `shop`, at revision 7. */
async function startCluster(): Promise<void> {
  const secret = (revision: number): object => {
    const release = { name: "web", namespace: "shop", version: revision, chart: { metadata: { version: "1.0.0" } } };
    const payload = gzipSync(JSON.stringify(release)).toString("base64");
    return {
      metadata: { name: `sh.helm.release.v1.web.v${revision}`, namespace: "shop", labels: { owner: "helm" } },
      data: { release: Buffer.from(payload).toString("base64") },
    };
  };
  api = await startFakeCluster(({ path, query }, response) => {
    if (query.has("limit")) answer(response, 200, { items: [secret(6), secret(7)], metadata: {} });
    else if (path.endsWith("/sh.helm.release.v1.web.v6")) answer(response, 200, secret(6));
    else refuse(response, 404, "NotFound", "not found");
  });
}

async function undo(entries: readonly JournalEntry[], entry: JournalEntry): Promise<unknown> {
  const helmTarget = { kubeconfig: api.kubeconfig, context: null };
  const cluster = { client: api.client, helmTarget, context: "fake", kubernetesVersion: "v1.36.0" };
  return (await observeUndo(entry, entries, cluster, signal)).releases;
}

test("a release that somebody else has changed since cannot be undone", async () => {
  await startCluster();
  const upgrade = run("1", web({ revisionBefore: 5, revisionAfter: 6 }));
  await expect(undo([upgrade], upgrade)).rejects.toMatchObject({
    code: "undo-refused",
    message: expect.stringContaining("it is at revision 7, flotilla left it at 6"),
  });
});

test("what became of a release of its name in another namespace does not count", async () => {
  await startCluster();
  const upgrade = run("1", web({}));
  const elsewhere = web({ namespace: "other", action: "uninstall", revisionBefore: 1, revisionAfter: null });
  expect(await undo([run("2", elsewhere), upgrade], upgrade)).toEqual([
    expect.objectContaining({
      name: "web",
      namespace: "shop",
      revision: 7,
      before: expect.objectContaining({ revision: 6 }),
    }),
  ]);
});

test("a run that pruned a release says that it is not to be had back, and what to do", async () => {
  await startCluster();
  const pruned = run("1", web({ name: "cache", action: "uninstall", revisionAfter: null, outcome: "removed" }));
  await expect(undo([pruned], pruned)).rejects.toMatchObject({
    code: "undo-refused",
    message: expect.stringContaining("that run removed it"),
    hint: expect.stringContaining("Put it back into the stack file"),
  });
});
