import { copyFile, mkdir, rename } from "node:fs/promises";
import { join } from "node:path";
import { packageRoot } from "../runtime/directories.ts";
import { goActivity, type GoOptions, runGo } from "./go-toolchain.ts";
import type { TellProgress } from "./task.ts";
import { TOOLS, type ToolFamily, type ToolName } from "./versions.ts";

/** What a build works with. */
export interface BuildOptions {
  readonly signal: AbortSignal;
  /** An empty folder, in the cache's file system, for everything that the build writes. */
  readonly folder: string;
  /** Takes what go is busy with. */
  readonly tell: TellProgress;
}

/** Smaller binaries, and no path of this machine in them. */
const FLAGS = ["-v", "-trimpath"] as const;
const LINKER = "-s -w";

/**
 * Builds tools of one family from Go modules, whose content Go verifies.
 * @returns where each binary lies inside the folder; may hold more of the family than was asked for
 * @throws FlotillaError `tool-missing` without a Go toolchain, `tool-failed`, `interrupted` on abort
 */
export async function buildTools(
  family: ToolFamily,
  names: readonly ToolName[],
  options: BuildOptions,
): Promise<ReadonlyMap<ToolName, string>> {
  const binaries = join(options.folder, "bin");
  const temporary = join(options.folder, "go-tmp");
  await mkdir(binaries, { recursive: true });
  await mkdir(temporary, { recursive: true });
  // All that is said when everything was compiled before: go tells nothing while it links.
  options.tell("reading modules, compiling, linking");
  const go: GoOptions = {
    cwd: options.folder,
    signal: options.signal,
    env: { GOBIN: binaries, GOTMPDIR: temporary },
    onStderrLine: describeTo(options.tell),
  };
  if (family === "control-plane") return buildControlPlane(binaries, go);
  const built = new Map<ToolName, string>();
  for (const name of names) {
    await runGo(["install", ...FLAGS, "-ldflags", linkerFlags(name), goPackage(name)], go);
    built.set(name, join(binaries, TOOLS[name].binary));
  }
  return built;
}

/** `go install` by version refuses modules with replacements, as Kubernetes has them: a go.mod of our own pins it. */
async function buildControlPlane(binaries: string, go: GoOptions): Promise<ReadonlyMap<ToolName, string>> {
  const module = join(go.cwd, "module");
  await mkdir(module);
  for (const file of ["go.mod", "go.sum"]) {
    await copyFile(join(packageRoot(), "assets", "control-plane", file), join(module, file));
  }
  const args = ["build", ...FLAGS, "-mod=readonly", "-ldflags", linkerFlags("kube-apiserver"), "-o", `${binaries}/`];
  await runGo([...args, "tool"], { ...go, cwd: module });
  // The package of etcd's program is called `server`.
  await rename(join(binaries, "server"), join(binaries, "etcd"));
  const names: readonly ToolName[] = ["etcd", "kube-apiserver", "kube-controller-manager", "kube-scheduler"];
  return new Map(names.map((name) => [name, join(binaries, TOOLS[name].binary)]));
}

/** The package to install, at the pinned version. */
function goPackage(name: ToolName): string {
  const { version } = TOOLS[name];
  if (name === "helm4") return `helm.sh/helm/v4/cmd/helm@${version}`;
  if (name === "helm3") return `helm.sh/helm/v3/cmd/helm@${version}`;
  return `sigs.k8s.io/kwok/cmd/${name}@${version}`;
}

/**
 * The version that a program tells about itself, where the source does not hold it: helm's has no patch number, and a
 * Kubernetes without one calls itself v0.0.0, on which charts' `kubeVersion` checks fail.
 */
function linkerFlags(name: ToolName): string {
  const { version } = TOOLS[name];
  if (name === "helm4") return `${LINKER} -X helm.sh/helm/v4/internal/version.version=${version}`;
  if (name === "helm3") return `${LINKER} -X helm.sh/helm/v3/internal/version.version=${version}`;
  if (name !== "kube-apiserver") return LINKER;
  const variable = "k8s.io/component-base/version";
  const [major, minor] = version.slice(1).split(".");
  return `${LINKER} -X ${variable}.gitVersion=${version} -X ${variable}.gitMajor=${major} -X ${variable}.gitMinor=${minor}`;
}

/** Turns go's lines into progress, with a count of the packages that were compiled so far. */
function describeTo(tell: TellProgress): (line: string) => void {
  let compiled = 0;
  return (line) => {
    const activity = goActivity(line);
    if (activity === null) return;
    if (activity.startsWith("compiling")) compiled += 1;
    tell(compiled === 0 ? activity : `${activity} (package ${compiled})`);
  };
}
