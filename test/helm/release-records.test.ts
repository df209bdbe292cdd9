import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { decodeRelease, observeReleases, releaseSecretName } from "../../src/helm/release-records.ts";
import type { KubeObject } from "../../src/model/kube-object.ts";

/** The metadata of one of Helm's Secrets. */
function record(
  release: string,
  revision: number,
  status: string,
  labels: Readonly<Record<string, string>> = {},
  namespace = "pacs",
): KubeObject {
  return {
    apiVersion: "v1",
    kind: "Secret",
    metadata: {
      name: releaseSecretName(release, revision),
      namespace,
      labels: { owner: "helm", name: release, status, version: String(revision), ...labels },
    },
  };
}

describe("observeReleases", () => {
  test("shows the newest revision of each release, and the newest that was deployed", () => {
    const labels = { "flotilla.dev/stack": "korthweb", "flotilla.dev/inputs": "abc" };
    expect(
      observeReleases([
        record("dicom", 10, "pending-upgrade", labels),
        record("dicom", 2, "superseded"),
        record("dicom", 9, "deployed"),
        record("base", 1, "failed"),
        record("dicom", 1, "deployed", {}, "other"),
      ]),
    ).toEqual([
      {
        name: "dicom",
        namespace: "other",
        revision: 1,
        status: "deployed",
        deployedRevision: 1,
        stack: null,
        inputsHash: null,
        adopted: false,
      },
      {
        name: "base",
        namespace: "pacs",
        revision: 1,
        status: "failed",
        deployedRevision: null,
        stack: null,
        inputsHash: null,
        adopted: false,
      },
      {
        name: "dicom",
        namespace: "pacs",
        revision: 10,
        status: "pending-upgrade",
        deployedRevision: 9,
        stack: "korthweb",
        inputsHash: "abc",
        adopted: false,
      },
    ]);
  });

  test("counts revisions as numbers and keeps names that look like one apart", () => {
    const secrets = [record("a", 9, "superseded"), record("a", 10, "deployed"), record("a.v2", 1, "deployed")];
    expect(observeReleases(secrets).map(({ name, revision }) => [name, revision])).toEqual([
      ["a", 10],
      ["a.v2", 1],
    ]);
  });

  test("passes over Secrets that are no records of Helm's", () => {
    const token: KubeObject = { apiVersion: "v1", kind: "Secret", metadata: { name: "token", namespace: "pacs" } };
    const forged = { ...record("a", 1, "deployed"), metadata: { name: "sh.helm.release.v1.a.v1", namespace: "pacs" } };
    expect(observeReleases([token, forged])).toEqual([]);
  });

  test("knows no status that Helm does not know", () => {
    expect(observeReleases([record("a", 1, "exploded")])[0]?.status).toBe("unknown");
  });
});

describe("decodeRelease", () => {
  const release = {
    name: "dicom",
    namespace: "pacs",
    version: 3,
    info: { status: "deployed", description: "Install complete" },
    chart: { metadata: { name: "dicom", version: "1.2.3", appVersion: "9" } },
    manifest: "kind: X ✓\n",
    hooks: [{ manifest: "kind: Job\n" }],
    config: { replicas: 2 },
    apply_method: "ssa",
  };
  const stored = (bytes: Buffer): KubeObject => ({
    ...record("dicom", 3, "deployed"),
    data: { release: Buffer.from(bytes.toString("base64")).toString("base64") },
  });

  test.each([
    ["gzipped", gzipSync(JSON.stringify(release))],
    ["in the old plain form", Buffer.from(JSON.stringify(release))],
  ])("reads a release %s", (_form, bytes) => {
    expect(decodeRelease(stored(bytes))).toEqual({
      name: "dicom",
      namespace: "pacs",
      revision: 3,
      status: "deployed",
      description: "Install complete",
      chart: { name: "dicom", version: "1.2.3", appVersion: "9" },
      manifest: "kind: X ✓\n",
      hooks: ["kind: Job\n"],
      config: { replicas: 2 },
      applyMethod: "ssa",
    });
  });

  test("reads a release of Helm 3 without hooks and application version", () => {
    const { apply_method: _method, ...helm3 } = release;
    const bytes = gzipSync(
      JSON.stringify({ ...helm3, hooks: null, chart: { metadata: { name: "a", version: "1.0.0" } } }),
    );
    expect(decodeRelease(stored(bytes))).toMatchObject({ hooks: [], applyMethod: null, chart: { appVersion: null } });
  });

  test.each([
    ["nothing", Buffer.alloc(0)],
    ["broken gzip", gzipSync("{}").subarray(0, 8)],
  ])("refuses %s, naming the Secret and not its content", (_what, bytes) => {
    expect(() => decodeRelease(stored(bytes))).toThrow(/Secret sh\.helm\.release\.v1\.dicom\.v3 in namespace pacs/);
  });
});
