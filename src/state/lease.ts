import type { KubeObject, ObjectRef } from "../model/kube-object.ts";
import type { RunOwner } from "../model/observed.ts";
import { STATE_LABELS } from "./ensure-namespace.ts";

/** A lease that was not renewed for so many seconds belongs to a dead run. */
const LEASE_SECONDS = 15;
/** The same in milliseconds. */
export const LEASE_MS = LEASE_SECONDS * 1000;
const OWNER = "flotilla.dev/owner";

/** The Lease that is a stack's lock. */
export function leaseRef(namespace: string, stack: string): ObjectRef {
  return { apiVersion: "coordination.k8s.io/v1", kind: "Lease", namespace, name: `flotilla-${stack}` };
}

/** A Lease held by a run from now on; with `resourceVersion` it takes the place of that very one. */
export function leaseFor(ref: ObjectRef, owner: RunOwner, resourceVersion: string | null): KubeObject {
  const now = microTime();
  return {
    apiVersion: ref.apiVersion,
    kind: ref.kind,
    metadata: {
      name: ref.name,
      namespace: ref.namespace ?? "",
      labels: STATE_LABELS,
      annotations: { [OWNER]: JSON.stringify(owner) },
      ...(resourceVersion === null ? {} : { resourceVersion }),
    },
    spec: {
      holderIdentity: `${owner.host}/${owner.pid}/${owner.run}`,
      leaseDurationSeconds: LEASE_SECONDS,
      acquireTime: now,
      renewTime: now,
    },
  };
}

/** The same Lease, renewed now. */
export function renewed(lease: KubeObject): KubeObject {
  return { ...lease, spec: { ...lease.spec, renewTime: microTime() } };
}

/** Kubernetes' MicroTime: RFC 3339 with six digits of a second. */
function microTime(): string {
  return new Date().toISOString().replace("Z", "000Z");
}

/** The run that a Lease names; null when it names none that can be read. */
export function ownerOf(lease: KubeObject): RunOwner | null {
  try {
    return JSON.parse(lease.metadata.annotations?.[OWNER] ?? "null") as RunOwner | null;
  } catch {
    return null;
  }
}

/** Whether a Lease was not renewed for its length, by this machine's clock. */
export function isExpired(lease: KubeObject): boolean {
  const renewedAt = Date.parse(String(lease.spec?.["renewTime"] ?? ""));
  // A time that cannot be read is of no run that renews; one that lies ahead says nothing: that clock is wrong.
  return !(Math.abs(Date.now() - renewedAt) < LEASE_MS);
}

/** When this process has first looked at the newest version of each lease that it knows of, by its uid. */
const looks = new Map<string, { readonly version: string | undefined; readonly since: number }>();

/**
 * How long this process has seen a lease without a renewal, in milliseconds: by its own clock, from its first look at that
 * version on. Clocks of hosts differ.
 */
export function unrenewedMs({ metadata: { uid = "", resourceVersion: version } }: KubeObject): number {
  const now = performance.now();
  const look = looks.get(uid);
  if (look?.version === version && look) return now - look.since;
  looks.set(uid, { version, since: now });
  return 0;
}
