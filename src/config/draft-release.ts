import type { GatewayPort } from "../catalog/gateway-ports.ts";
import type { JsonObject } from "../model/json.ts";
import type { ChartReference, ReleaseRole, WaitOptions } from "../model/stack.ts";
import type { Path } from "./yaml-source.ts";

/** A release before its values are merged. */
export interface DraftRelease {
  readonly name: string;
  readonly namespace: string;
  readonly role: ReleaseRole | null;
  readonly chart: ChartReference;
  readonly version: string | null;
  /** Written ones before implied ones. */
  readonly needs: readonly string[];
  readonly injected: boolean;
  readonly wait: WaitOptions;
  readonly adopt: boolean;
  readonly forceConflicts: boolean;
  readonly protect: boolean;
  /** Values below the profile's. */
  readonly defaults: JsonObject;
  /** Values right above the profile's. */
  readonly settings: JsonObject;
  /** What only gateways have; null for other releases. */
  readonly gateway: DraftGateway | null;
  /** Values that the stack file gives to the release, in order: files and mappings. */
  readonly values: readonly DraftValues[];
}

/** What a stack file says of a gateway besides its values. */
export interface DraftGateway {
  /** Who reaches it; internal unless it is said. */
  readonly exposure: "internal" | "public";
  /** Ports that it opens beside its usual ones. */
  readonly ports: readonly GatewayPort[];
}

/** One entry of a release's `values`, and where it stands. */
export interface DraftValues {
  readonly entry: string | JsonObject;
  readonly path: Path;
}
