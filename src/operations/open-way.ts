import type { KubeClient } from "../kube/kube-client.ts";
import { asStream } from "../kube/port-forward.ts";
import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { SmokeTest, WayChoice } from "../model/verify.ts";
import { type Dial, dialAddress } from "../verify/dial.ts";
import { networkFault } from "../verify/network-fault.ts";
import { ProbeFault } from "../verify/probe-fault.ts";
import type { FoundEntrance } from "./find-entrance.ts";

/** The way to an entrance. */
export interface Way {
  readonly dial: Dial;
  /** In words: `10.97.0.4:443`, or which pod a port is forwarded to, and why. */
  readonly text: string;
}

/** Faults that say that the address cannot be reached from here, and nothing about what stands behind it. */
const NOT_FROM_HERE: readonly string[] = ["no-answer"];

/** Chooses how an entrance is reached. @throws ProbeFault `unreachable`; FlotillaError as any read does */
export async function openWay(
  client: KubeClient,
  test: SmokeTest,
  { service, addresses, targetPort }: FoundEntrance,
  choice: WayChoice,
  signal: AbortSignal,
): Promise<Way> {
  const [address] = addresses;
  const direct = address === undefined || choice === "port-forward" ? null : dialAddress(address, test.port);
  const byAddress = direct && { dial: direct, text: `${address}:${test.port}` };
  if (choice === "address") {
    if (byAddress) return byAddress;
    throw noAddress(service, "Use `--via port-forward`, or have something give load balancers their addresses.");
  }
  const reason = byAddress === null ? null : await unreachableFrom(byAddress.dial, byAddress.text, signal);
  if (byAddress !== null && reason === null) return byAddress;
  const pod = await readyPod(client, service, signal);
  if (pod === null) {
    // Nothing to forward to: the address is the better story.
    if (byAddress) return byAddress;
    throw noAddress(service, "Look at its pods: flotilla diagnose.");
  }
  const { name, namespace = "" } = pod.metadata;
  const port = portOf(pod, targetPort);
  const why = choice === "port-forward" ? "" : reason === null ? ": no load balancer address" : `: ${reason}`;
  return {
    dial: async (stop) => asStream(await client.portForward({ namespace, pod: name, port }, stop)),
    text: `port ${port} of pod ${namespace}/${name}, forwarded${why}`,
  };
}

/** Null when it answers, or refuses: that is an answer. */
async function unreachableFrom(dial: Dial, target: string, signal: AbortSignal): Promise<string | null> {
  try {
    (await dial(signal)).destroy();
    return null;
  } catch (error) {
    if (signal.aborted) throw error;
    const { code, message } = networkFault(error, target);
    return NOT_FROM_HERE.includes(code) ? message.replace(/\.$/, "") : null;
  }
}

/** A pod of a Service that is ready, and that nothing is about to take away. */
export async function readyPod(
  client: KubeClient,
  { metadata, spec }: KubeObject,
  signal: AbortSignal,
): Promise<KubeObject | null> {
  const selector = Object.entries(asObject(spec?.["selector"]));
  if (selector.length === 0) return null;
  const labelSelector = selector.map(([key, value]) => `${key}=${String(value)}`).join(",");
  const { namespace = null } = metadata;
  const { items } = await client.list({ apiVersion: "v1", kind: "Pod" }, namespace, { labelSelector }, signal);
  return items.find((pod) => isReady(pod) && pod.metadata.deletionTimestamp === undefined) ?? null;
}

function isReady({ status }: KubeObject): boolean {
  return asList(status?.["conditions"])
    .map(asObject)
    .some(({ type, status: is }) => type === "Ready" && is === "True");
}

/** Ports may go by name (`spec.containers[].ports[].name`). */
function portOf({ spec }: KubeObject, targetPort: string | number): number {
  if (typeof targetPort === "number") return targetPort;
  const ports = asList(spec?.["containers"]).flatMap((each) => asList(asObject(each)["ports"]).map(asObject));
  const named = ports.find(({ name }) => asText(name) === targetPort);
  return Number(named?.["containerPort"] ?? targetPort);
}

function noAddress({ metadata: { name, namespace = "" } }: KubeObject, hint: string): ProbeFault {
  const why = `Service ${namespace}/${name} has no load balancer address, and no ready pod to forward a port to.`;
  return new ProbeFault("unreachable", why, hint, { mayPass: true });
}
