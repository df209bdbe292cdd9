import { chartMentions } from "../charts/mentions.ts";
import { HelmError } from "../helm/helm-error.ts";
import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { FlotillaError } from "../model/errors.ts";
import { helmOwner, ownerAnnotations, saysItIsOf } from "../model/helm-owner.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import { type GatewayConflict, gatewayConflicts } from "../plan/gateway-conflicts.ts";
import type { Cluster } from "./connect-cluster.ts";
import type { Renders } from "./renders.ts";

/** Istio's Gateways: two of them can claim the same port of the same proxy. */
const GATEWAY = { apiVersion: "networking.istio.io/v1", kind: "Gateway" } as const;

/**
 * Refuses what would leave one of two tenants unserved: Istio skips the second of two Gateways that claim the same port and
 * host of the same proxies, and says so in its log only. Charts are rendered for that only where there is somebody to get into
 * conflict with: another Gateway in the cluster, or another release that changes as well.
 * @throws FlotillaError `gateway-conflict`
 */
export async function refuseGatewayConflicts(
  cluster: Cluster,
  renders: Renders,
  releases: readonly ClassifiedRelease[],
  signal: AbortSignal,
): Promise<void> {
  const changing = releases.filter(({ pinned, action }) => pinned.release.role === null && action !== "unchanged");
  if (changing.length === 0) return;
  const live = await liveGateways(cluster.client, signal);
  const present = live.filter(({ metadata }) => !changing.some(({ pinned }) => saysItIsOf(metadata, pinned.release)));
  if (present.length === 0 && changing.length < 2) return;
  const mentions = await Promise.all(changing.map(({ pinned }) => chartMentions(pinned.chart.path, [GATEWAY.kind])));
  const candidates = changing.filter((_, index) => mentions[index]?.[0]);
  if (candidates.length === 0 || (present.length === 0 && candidates.length < 2)) return;
  const rendered = await Promise.all(candidates.map((each) => renderGateways(renders, each)));
  const [conflict] = gatewayConflicts(rendered.flat(), present);
  if (conflict) throw refusal(conflict);
}

/** Empty where nobody has brought Istio's CRDs yet. */
async function liveGateways(client: KubeClient, signal: AbortSignal): Promise<readonly KubeObject[]> {
  try {
    return (await client.list(GATEWAY, null, {}, signal)).items;
  } catch (error) {
    if (isMissing(error)) return [];
    // Who may not look at other namespaces cannot be told of conflicts with them.
    if (error instanceof FlotillaError && error.code === "forbidden") return [];
    throw error;
  }
}

async function renderGateways(renders: Renders, classified: ClassifiedRelease): Promise<KubeObject[]> {
  const { name, namespace } = classified.pinned.release;
  const { manifest } = await renders.render(classified).catch(leaveToHelm);
  const gateways = parseManifest(manifest).filter(
    ({ apiVersion, kind }) => kind === GATEWAY.kind && apiVersion.startsWith("networking.istio.io/"),
  );
  const annotations = ownerAnnotations({ name, namespace });
  return gateways.map((gateway) => ({ ...gateway, metadata: { namespace, ...gateway.metadata, annotations } }));
}

/** What cannot be rendered beforehand is told of where it counts; what it would bring is not known. */
function leaveToHelm(error: unknown): { readonly manifest: string } {
  if (error instanceof HelmError) return { manifest: "" };
  throw error;
}

function refusal({ wanted, other, port, host }: GatewayConflict): FlotillaError {
  const hosts = host === "*" ? "any host" : `the host ${host}`;
  return new FlotillaError(
    "gateway-conflict",
    `${described(wanted)} and ${described(other)} both claim port ${port} for ${hosts} on the same gateway pods: Istio would serve only one of them.`,
    {
      hint: "Give each its own port (and open it on the gateway), or its own gateway with other labels, or hosts of its own where every client sends an SNI.",
    },
  );
}

function described({ metadata }: KubeObject): string {
  const release = helmOwner(metadata)?.name;
  const gateway = `Gateway ${metadata.namespace ?? ""}/${metadata.name}`;
  return release === undefined ? gateway : `${gateway} of release ${release}`;
}
