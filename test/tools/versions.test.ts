import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { mirrored } from "../../src/tools/mirror.ts";
import { TOOLS, type ToolName } from "../../src/tools/versions.ts";

const goMod = await readFile(join(import.meta.dirname, "..", "..", "assets", "control-plane", "go.mod"), "utf8");

describe("the control plane's go.mod", () => {
  it("builds the versions that would be downloaded", () => {
    expect(goMod).toContain(`\tk8s.io/kubernetes ${TOOLS["kube-apiserver"].version} `);
    expect(goMod).toContain(`\tgo.etcd.io/etcd/server/v3 ${TOOLS.etcd.version} `);
  });

  it("takes every module of Kubernetes at that version", () => {
    const staging = TOOLS["kube-apiserver"].version.replace(/^v1\./, "v0.");
    const replaced = [...goMod.matchAll(/^\tk8s\.io\/\S+ => k8s\.io\/\S+ (\S+)$/gm)].map(([, version]) => version);
    expect(replaced.length).toBeGreaterThan(20);
    expect(new Set(replaced)).toEqual(new Set([staging]));
  });
});

describe("official releases", () => {
  it.each<[ToolName, string | null]>([
    ["helm4", "https://get.helm.sh/helm-v4.3.1-darwin-arm64.tar.gz"],
    ["helm3", "https://get.helm.sh/helm-v3.22.0-darwin-arm64.tar.gz"],
    ["kwokctl", "https://github.com/kubernetes-sigs/kwok/releases/download/v0.8.0/kwokctl-darwin-arm64"],
    ["kube-apiserver", null],
    ["etcd", null],
  ])("of %s for macOS", (name, url) => {
    expect(TOOLS[name].release({ os: "darwin", arch: "arm64" })?.url ?? null).toBe(url);
  });

  it.each<[ToolName, string, string]>([
    [
      "kube-apiserver",
      "https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kube-apiserver",
      "https://dl.k8s.io/release/v1.36.3/bin/linux/arm64/kube-apiserver.sha256",
    ],
    [
      "etcd",
      "https://github.com/etcd-io/etcd/releases/download/v3.6.8/etcd-v3.6.8-linux-arm64.tar.gz",
      "https://github.com/etcd-io/etcd/releases/download/v3.6.8/SHA256SUMS",
    ],
  ])("of %s for Linux", (name, url, checksum) => {
    expect(TOOLS[name].release({ os: "linux", arch: "arm64" })).toMatchObject({ url, checksum: { url: checksum } });
  });
});

describe("a mirror", () => {
  const official = "https://get.helm.sh/helm-v4.3.1-linux-amd64.tar.gz";

  it.each([
    ["", official],
    ["http://127.0.0.1:1234", "http://127.0.0.1:1234/get.helm.sh/helm-v4.3.1-linux-amd64.tar.gz"],
    [
      "https://mirror.corp.example/tools/",
      "https://mirror.corp.example/tools/get.helm.sh/helm-v4.3.1-linux-amd64.tar.gz",
    ],
  ])("%j", (mirror, url) => {
    vi.stubEnv("FLOTILLA_TOOLS_MIRROR", mirror);
    expect(mirrored(official)).toBe(url);
    vi.unstubAllEnvs();
  });

  it("that is no address is refused", () => {
    vi.stubEnv("FLOTILLA_TOOLS_MIRROR", "mirror.corp.example");
    expect(() => mirrored(official)).toThrow(expect.objectContaining({ code: "usage" }));
    vi.unstubAllEnvs();
  });
});
