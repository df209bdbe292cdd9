import { get } from "node:http";
import { FlotillaError } from "../model/errors.ts";
import { pause } from "../runtime/abort.ts";
import { type SandboxApi, openApi } from "./api-client.ts";
import { NODE_COUNT, baseObjects } from "./base-objects.ts";
import type { SandboxPorts } from "./ports.ts";
import type { SandboxPaths } from "./sandbox-paths.ts";
import { USABILITY_CHECK } from "./usability-check.ts";

/** Between two looks at a cluster that is starting, in milliseconds. */
const POLL_MS = 25;
/** An answer of kwok that takes longer is none. In milliseconds. */
const ANSWER_MS = 2_000;

/** Namespaces that Kubernetes makes by itself. */
const SYSTEM_NAMESPACES = ["default", "kube-node-lease", "kube-public", "kube-system"];

/**
 * Waits until the API server serves, gives a new cluster its nodes and StorageClass once kwok serves as well, and waits
 * until pods can be made and scheduled. kwok 0.8 sets up its metrics and its first nodes at once where it has both to do,
 * in maps that nothing guards (github.com/wzshiming/easycel types.go): it may end with "concurrent map writes".
 * @returns the server's version, with the leading `v`
 * @throws FlotillaError `sandbox-failed` when the server refuses something, the signal's reason on abort
 */
export async function awaitCluster(
  paths: SandboxPaths,
  ports: Pick<SandboxPorts, "apiServer" | "kwok">,
  signal: AbortSignal,
): Promise<string> {
  const api = await retry(signal, () => openApi(paths, ports.apiServer).catch(() => null));
  try {
    const version = await retry(signal, () => serverVersion(api));
    await retry(signal, () => serves(ports.kwok));
    await Promise.all(baseObjects(version).map((base) => make(api, base.collection, base.object, signal)));
    for (const condition of conditions()) await retry(signal, async () => ((await condition(api)) ? true : null));
    return version;
  } finally {
    api.close();
  }
}

/** True as soon as something that a usable cluster needs is there. */
type Condition = (api: SandboxApi) => Promise<boolean>;

/**
 * What is waited for, one after the other: the machine is busy enough with five programs that start. The default
 * service account and the certificate authority come later than their namespace; pods need both.
 */
function conditions(): Condition[] {
  return [
    (api) => answersOk(api, "/readyz"),
    nodesSchedulable,
    ...SYSTEM_NAMESPACES.flatMap((namespace): Condition[] => [
      (api) => answersOk(api, `/api/v1/namespaces/${namespace}/serviceaccounts/default`),
      (api) => answersOk(api, `/api/v1/namespaces/${namespace}/configmaps/kube-root-ca.crt`),
    ]),
    ...USABILITY_CHECK,
  ];
}

/** Asks again and again until there is an answer that is not null. */
async function retry<T>(signal: AbortSignal, ask: () => Promise<T | null>): Promise<T> {
  for (;;) {
    const answer = await ask();
    if (answer !== null) return answer;
    await pause(POLL_MS, signal);
  }
}

async function serverVersion(api: SandboxApi): Promise<string | null> {
  const answer = await ask(api, "/version");
  if (answer === null) return null;
  const { gitVersion } = answer as { gitVersion?: unknown };
  return typeof gitVersion === "string" ? gitVersion : null;
}

/** The body of an answer with status 200; null for everything else, a server that is not there yet included. */
async function ask(api: SandboxApi, path: string): Promise<unknown> {
  try {
    const answer = await api.call("GET", path);
    return answer.status === 200 ? JSON.parse(answer.body) : null;
  } catch {
    return null;
  }
}

async function answersOk(api: SandboxApi, path: string): Promise<boolean> {
  const answer = await api.call("GET", path).catch(() => null);
  return answer?.status === 200;
}

interface NodeList {
  readonly items: readonly {
    readonly spec: { readonly taints?: readonly unknown[] };
    readonly status: { readonly conditions?: readonly { readonly type: string; readonly status: string }[] };
  }[];
}

/** True when whoever listens at a port says that it is well; null as long as not. */
function serves(port: number): Promise<true | null> {
  return new Promise((resolve) => {
    const asked = get(
      { host: "127.0.0.1", port, path: "/healthz", signal: AbortSignal.timeout(ANSWER_MS) },
      (answer) => {
        answer.resume();
        resolve(answer.statusCode === 200 ? true : null);
      },
    );
    asked.once("error", () => resolve(null));
  });
}

/** Ready by kwok, and freed by the controller manager from the taint that every node is born with. */
async function nodesSchedulable(api: SandboxApi): Promise<boolean> {
  const list = (await ask(api, "/api/v1/nodes")) as NodeList | null;
  const schedulable = list?.items.filter(
    ({ spec, status }) =>
      (spec.taints ?? []).length === 0 &&
      (status.conditions ?? []).some((condition) => condition.type === "Ready" && condition.status === "True"),
  );
  return (schedulable?.length ?? 0) >= NODE_COUNT;
}

/** Makes an object unless it is there; the first moments of an API server know refusals that pass. */
async function make(api: SandboxApi, collection: string, object: object, signal: AbortSignal): Promise<void> {
  const answer = await retry(signal, async () => {
    const tried = await api.call("POST", collection, object).catch(() => null);
    return tried !== null && (tried.status < 400 || [409, 422].includes(tried.status)) ? tried : null;
  });
  if (answer.status === 422) {
    throw new FlotillaError(
      "sandbox-failed",
      `The sandbox's API server refused an object: ${answer.body.slice(0, 500)}`,
    );
  }
}
