import { readFileSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, dirname, join, resolve } from "node:path";
// The package's root would load every generated API class; it has no export map, so its one module can be had alone.
import { KubeConfig } from "@kubernetes/client-node/dist/config.js";
import type { User } from "@kubernetes/client-node/dist/config_types.js";
import { FlotillaError } from "../model/errors.ts";
import { pathExists } from "../runtime/files.ts";
import type { ClusterTarget } from "./cluster-target.ts";
import { type UserExtras, userExtras, withWholePath } from "./kubeconfig-user.ts";
import { hasPodIdentity, IN_CLUSTER } from "./pod-identity.ts";

/** What a target's kubeconfig says. */
export interface ReadKubeconfig {
  /** With the target's context as the current one. */
  readonly config: KubeConfig;
  /** What else the files say of its user; null for a user that they do not have. */
  readonly extras: UserExtras | null;
  /** True when there was no kubeconfig and the identity of the pod we run in is used. */
  readonly inCluster: boolean;
}

/**
 * Reads the kubeconfig files of a target, merged as kubectl does (missing files are skipped, the first file to name
 * something wins), with the target's context as the current one.
 * @throws FlotillaError `context-unknown` when there is no kubeconfig, it cannot be read, or it has no such context
 */
export async function readKubeconfig(target: ClusterTarget): Promise<ReadKubeconfig> {
  const files = await existingFiles(target);
  const read = files.map(readFile);
  const config = files.length > 0 ? merge(read) : await podIdentity(target);
  const name = target.context ?? config.getCurrentContext();
  const names = config.getContexts().map((context) => context.name);
  if (!names.includes(name)) throw unknownContext(name, names, files);
  config.setCurrentContext(name);
  if (config.getCurrentCluster() === null) {
    throw new FlotillaError(
      "context-unknown",
      `Context ${name} names a cluster that ${files.join(", ")} does not have.`,
      {
        hint: "Check the kubeconfig's `contexts` and `clusters`.",
      },
    );
  }
  const users = firstByName(read.flatMap(({ extras }) => extras));
  const user = config.getCurrentUser()?.name;
  return { config, extras: users.find(({ name }) => name === user) ?? null, inCluster: files.length === 0 };
}

/**
 * The contexts that the kubeconfig files have, in their order, and the current one (empty for none).
 * @param kubeconfig path; null for `KUBECONFIG` or the default
 * @throws FlotillaError `context-unknown` when a file cannot be read
 */
export async function readContexts(
  kubeconfig: string | null,
): Promise<{ readonly names: readonly string[]; readonly current: string }> {
  const config = merge((await existingFiles({ kubeconfig })).map(readFile));
  return { names: config.getContexts().map(({ name }) => name), current: config.getCurrentContext() };
}

async function existingFiles(target: Pick<ClusterTarget, "kubeconfig">): Promise<readonly string[]> {
  if (target.kubeconfig !== null) {
    if (await pathExists(target.kubeconfig)) return [target.kubeconfig];
    throw new FlotillaError("context-unknown", `There is no kubeconfig at ${target.kubeconfig}.`, {
      hint: "Name an existing file with --kubeconfig or FLOTILLA_KUBECONFIG.",
    });
  }
  const listed = listedFiles();
  const candidates = listed.length > 0 ? listed : [join(homedir(), ".kube", "config")];
  const found = await Promise.all(candidates.map(async (file) => ((await pathExists(file)) ? [file] : [])));
  return found.flat();
}

/** Those that the variable KUBECONFIG names. */
function listedFiles(): readonly string[] {
  return (process.env["KUBECONFIG"] ?? "").split(delimiter).filter((file) => file !== "");
}

function merge(files: readonly KubeconfigFile[]): KubeConfig {
  const configs = files.map(({ config }) => config);
  const merged = new KubeConfig();
  merged.loadFromOptions({
    clusters: firstByName(configs.flatMap((config) => config.getClusters())),
    users: firstByName(files.flatMap(({ users }) => users)),
    contexts: firstByName(configs.flatMap((config) => config.getContexts())),
    currentContext: configs.map((config) => config.getCurrentContext()).find((name) => name) ?? "",
  });
  return merged;
}

/** One file, its paths made absolute. */
interface KubeconfigFile {
  readonly config: KubeConfig;
  readonly users: readonly User[];
  readonly extras: readonly UserExtras[];
}

function readFile(file: string): KubeconfigFile {
  const folder = resolve(dirname(file));
  const config = new KubeConfig();
  try {
    const text = readFileSync(file, "utf8");
    config.loadFromString(text);
    config.makePathsAbsolute(folder);
    const users = config.getUsers().map((user) => withWholePath(user, folder));
    return { config, users, extras: userExtras(text, users, folder) };
  } catch (cause) {
    // The parser's message may quote the file, and the file holds secrets.
    throw new FlotillaError("context-unknown", `The kubeconfig ${file} cannot be read, or is not a kubeconfig.`, {
      hint: "`kubectl config view` must be able to show it.",
      cause: cause instanceof Error ? cause.name : null,
    });
  }
}

function firstByName<T extends { readonly name: string }>(entries: readonly T[]): T[] {
  const byName = new Map<string, T>();
  for (const entry of entries) if (!byName.has(entry.name)) byName.set(entry.name, entry);
  return [...byName.values()];
}

async function podIdentity(target: ClusterTarget): Promise<KubeConfig> {
  // A named context means some other cluster: the pod's own must never stand in for it.
  const meant = target.context === null || target.context === IN_CLUSTER;
  if (!meant || !(await hasPodIdentity())) {
    const listed = listedFiles().join(", ");
    const where = listed === "" ? "" : ` at ${listed} (KUBECONFIG)`;
    throw new FlotillaError("context-unknown", `There is no kubeconfig${where}, so no cluster to talk to.`, {
      hint: "Set KUBECONFIG, pass --kubeconfig FILE, or use --sandbox for a cluster on this machine; in a pod, --context in-cluster.",
    });
  }
  const loaded = new KubeConfig();
  loaded.loadFromCluster();
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: loaded.getClusters(),
    users: loaded.getUsers(),
    contexts: loaded.getContexts().map((context) => ({ ...context, name: IN_CLUSTER })),
    currentContext: IN_CLUSTER,
  });
  return config;
}

function unknownContext(name: string | undefined, names: readonly string[], files: readonly string[]): FlotillaError {
  const where = files.join(", ");
  const known = names.length === 0 ? "It has no contexts." : `It has: ${[...names].sort().join(", ")}.`;
  return name
    ? new FlotillaError("context-unknown", `${where} has no context "${name}". ${known}`, {
        hint: "Name one of them with --context, or in the environment of the stack file.",
      })
    : new FlotillaError("context-unknown", `${where} has no current context. ${known}`, {
        hint: "Name a context with --context, or set one with `kubectl config use-context`.",
      });
}
