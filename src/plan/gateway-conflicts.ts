import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";

/** Two Gateways of which Istio would serve only one. */
export interface GatewayConflict {
  readonly wanted: KubeObject;
  readonly other: KubeObject;
  readonly port: number;
  /** The host that both claim, `*` for any. */
  readonly host: string;
}

/** A part of a Gateway: what it wants on a port. */
interface Claim {
  readonly port: number;
  readonly bind: string;
  readonly tls: boolean;
  readonly hosts: readonly string[];
}

/**
 * Istio's Gateways that cannot both be served: the same pods, the same port and, where TLS tells them apart, the same host.
 * Istio takes the older one and skips the other in silence (istio pilot/pkg/model/gateway.go, mergeGateways; analysis message
 * IST0145). Selectors that only might mean the same pods count as different.
 * @param wanted - Gateways that are to be applied
 * @param present - Gateways that stay in the cluster beside them
 */
export function gatewayConflicts(wanted: readonly KubeObject[], present: readonly KubeObject[]): GatewayConflict[] {
  return wanted.flatMap((gateway, index) =>
    [...wanted.slice(index + 1), ...present].flatMap((other) => conflictBetween(gateway, other)),
  );
}

function conflictBetween(wanted: KubeObject, other: KubeObject): GatewayConflict[] {
  if (!samePods(wanted, other)) return [];
  for (const mine of claims(wanted)) {
    for (const theirs of claims(other)) {
      const host = contested(mine, theirs);
      if (host !== null) return [{ wanted, other, port: mine.port, host }];
    }
  }
  return [];
}

/** One selector holds all of the other's labels: then every pod of the narrower one is meant by both. */
function samePods(left: KubeObject, right: KubeObject): boolean {
  const [mine, theirs] = [left, right].map((gateway) => Object.entries(asObject(gateway.spec?.["selector"])));
  if (!mine?.length || !theirs?.length) return false;
  const holds = (all: typeof mine, some: typeof mine): boolean =>
    some.every(([key, value]) => all.some(([name, label]) => name === key && label === value));
  return holds(mine, theirs) || holds(theirs, mine);
}

function claims({ spec }: KubeObject): Claim[] {
  return asList(spec?.["servers"]).map((each) => {
    const server = asObject(each);
    const { number } = asObject(server["port"]);
    return {
      port: typeof number === "number" ? number : 0,
      bind: asText(server["bind"]) ?? "",
      tls: server["tls"] !== undefined,
      // `namespace/host` says which VirtualServices may use it, not what it is.
      hosts: asList(server["hosts"]).flatMap((host) => asText(host)?.replace(/^.*\//, "") ?? []),
    };
  });
}

/** The host that both claim on one port; null when both can be served. Servers of plain HTTP share a port. */
function contested(mine: Claim, theirs: Claim): string | null {
  if (mine.port !== theirs.port || mine.bind !== theirs.bind || !mine.tls || !theirs.tls) return null;
  return mine.hosts.find((host) => theirs.hosts.includes(host)) ?? null;
}
