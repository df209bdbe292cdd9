import type { ReleaseRole } from "../model/stack.ts";

/** What a pod asks the scheduler for: processor in thousandths of a core, memory in bytes. */
export interface Requests {
  readonly cpu: number;
  readonly memory: number;
}

const MEBIBYTE = 1024 * 1024;

/** A proxy beside an application's container (istiod's values.yaml, `global.proxy.resources`). */
export const SIDECAR_REQUESTS: Requests = { cpu: 100, memory: 128 * MEBIBYTE };

/**
 * What Istio's charts ask for when nothing else is said (the `resources` of their values.yaml, 1.31): one pod each, or
 * one a node of cni and ztunnel.
 */
export const ROLE_REQUESTS: Readonly<Partial<Record<ReleaseRole, Requests>>> = {
  "istio-base": { cpu: 0, memory: 0 },
  istiod: { cpu: 500, memory: 2048 * MEBIBYTE },
  "istio-cni": { cpu: 100, memory: 100 * MEBIBYTE },
  ztunnel: { cpu: 200, memory: 512 * MEBIBYTE },
  "istio-ingress-gateway": { cpu: 100, memory: 128 * MEBIBYTE },
  "istio-egress-gateway": { cpu: 100, memory: 128 * MEBIBYTE },
};
