import { platformNeeds } from "../catalog/platforms.ts";
import type { IstioEntry } from "./schema-istio.ts";

/** Which of Istio's node agents a stack has. */
export interface IstioParts {
  readonly cni: boolean;
  readonly ztunnel: boolean;
}

/** The node agents that an `istio` section asks for, outright, by its mode or by the platform of the environment. */
export function istioParts({ mode, cni }: IstioEntry, profile: string | null): IstioParts {
  const ztunnel = mode === "ambient";
  return { cni: ztunnel || cni !== undefined || platformNeeds(profile).cni, ztunnel };
}
