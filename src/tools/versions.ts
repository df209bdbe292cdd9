import { type Platform, platformName } from "./platform.ts";

/** The programs that flotilla can get by itself. */
export type ToolName =
  | "helm4"
  | "helm3"
  | "etcd"
  | "kube-apiserver"
  | "kube-controller-manager"
  | "kube-scheduler"
  | "kwok"
  | "kwokctl";

/** Tools that are made by one build and got under one lock. */
export type ToolFamily = "helm4" | "helm3" | "control-plane" | "kwok";

/** A file of an official release. */
export interface ReleaseFile {
  readonly url: string;
  /**
   * Where its SHA-256 is published. `text`: the digest alone, or lines of digest and file name as sha256sum writes
   * them. `github-release`: GitHub's description of the release, which holds the digest of each file.
   */
  readonly checksum: { readonly url: string; readonly form: "text" | "github-release" };
  /** The binary's path inside the tar.gz; null when the file is the binary itself. */
  readonly member: string | null;
}

/** A tool at the version that flotilla is tested with. */
export interface PinnedTool {
  readonly name: ToolName;
  /** With the leading `v`. */
  readonly version: string;
  /** The file's name once it is in the cache. */
  readonly binary: string;
  readonly family: ToolFamily;
  /** The official release file for a platform; null when the project publishes none that we can use. */
  readonly release: (platform: Platform) => ReleaseFile | null;
}

const HELM_4 = "v4.3.1";
const HELM_3 = "v3.22.0";
const ETCD = "v3.6.8";
const KUBERNETES = "v1.36.3";
const KWOK = "v0.8.0";

/** Every version that is pinned; `assets/control-plane/go.mod` repeats those of etcd and Kubernetes (a test compares). */
export const TOOLS: Readonly<Record<ToolName, PinnedTool>> = {
  helm4: helm("helm4", HELM_4),
  helm3: helm("helm3", HELM_3),
  etcd: { name: "etcd", version: ETCD, binary: "etcd", family: "control-plane", release: etcdRelease },
  "kube-apiserver": kubernetes("kube-apiserver"),
  "kube-controller-manager": kubernetes("kube-controller-manager"),
  "kube-scheduler": kubernetes("kube-scheduler"),
  kwok: kwok("kwok"),
  kwokctl: kwok("kwokctl"),
};

/** https://helm.sh/docs/intro/install/#from-the-binary-releases */
function helm(name: "helm4" | "helm3", version: string): PinnedTool {
  return {
    name,
    version,
    binary: "helm",
    family: name,
    release: (platform) => {
      const url = `https://get.helm.sh/helm-${version}-${platformName(platform)}.tar.gz`;
      return {
        url,
        checksum: { url: `${url}.sha256sum`, form: "text" },
        member: `${platformName(platform)}/helm`,
      };
    },
  };
}

/** https://kubernetes.io/releases/download/#binaries: server binaries are published for Linux only. */
function kubernetes(name: "kube-apiserver" | "kube-controller-manager" | "kube-scheduler"): PinnedTool {
  return {
    name,
    version: KUBERNETES,
    binary: name,
    family: "control-plane",
    release: ({ os, arch }) => {
      if (os !== "linux") return null;
      const url = `https://dl.k8s.io/release/${KUBERNETES}/bin/linux/${arch}/${name}`;
      return { url, checksum: { url: `${url}.sha256`, form: "text" }, member: null };
    },
  };
}

/** https://etcd.io/docs/v3.6/install/; for macOS it comes as a zip, and there the control plane must be built anyway. */
function etcdRelease(platform: Platform): ReleaseFile | null {
  if (platform.os !== "linux") return null;
  const folder = `etcd-${ETCD}-${platformName(platform)}`;
  const release = `https://github.com/etcd-io/etcd/releases/download/${ETCD}`;
  return {
    url: `${release}/${folder}.tar.gz`,
    checksum: { url: `${release}/SHA256SUMS`, form: "text" },
    member: `${folder}/etcd`,
  };
}

/**
 * https://kwok.sigs.k8s.io/docs/user/installation/; kwok's release holds no checksum files, so the digests that GitHub
 * computes of every uploaded file are used (field `digest` of a release's assets, published since June 2025).
 */
function kwok(name: "kwok" | "kwokctl"): PinnedTool {
  const repository = "kubernetes-sigs/kwok";
  return {
    name,
    version: KWOK,
    binary: name,
    family: "kwok",
    release: (platform) => ({
      url: `https://github.com/${repository}/releases/download/${KWOK}/${name}-${platformName(platform)}`,
      checksum: {
        url: `https://api.github.com/repos/${repository}/releases/tags/${KWOK}`,
        form: "github-release",
      },
      member: null,
    }),
  };
}
