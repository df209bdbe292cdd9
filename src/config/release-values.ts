import { gatewayPortValues } from "../catalog/gateway-ports.ts";
import type { JsonObject } from "../model/json.ts";
import type { ReleaseRole } from "../model/stack.ts";
import type { DraftRelease } from "./draft-releases.ts";
import type { LayerSource } from "./layer-source.ts";
import { mergeLayers } from "./merge-values.ts";
import type { Profile } from "./schema.ts";

/** What lies above and below a release's own values. */
export interface Surroundings {
  readonly profile: Profile;
  readonly environment: Readonly<Record<string, JsonObject>>;
  readonly set: ReadonlyMap<string, readonly JsonObject[]>;
  readonly files: LayerSource;
}

/**
 * All values of a release. From below: what its role means, the profile, what the `istio` section says outright, the
 * release's `values` in order, the environment, `--set`.
 */
export async function releaseValues(draft: DraftRelease, around: Surroundings): Promise<JsonObject> {
  const profile = profileValues(draft.name, draft.role, around.profile);
  const own: JsonObject[] = [];
  for (const { entry, path } of draft.values) {
    own.push(typeof entry === "string" ? await around.files.valuesFile(entry, path) : entry);
  }
  return mergeLayers([
    draft.defaults,
    profile,
    draft.settings,
    gatewayPortValues(profile, draft.ports),
    ...own,
    ownValue(around.environment, draft.name),
    ...(around.set.get(draft.name) ?? []),
  ]);
}

function profileValues(name: string, role: ReleaseRole | null, { releases = {}, gateways = {} }: Profile): JsonObject {
  const byRole =
    role === "istio-ingress-gateway" ? gateways.ingress : role === "istio-egress-gateway" ? gateways.egress : undefined;
  return mergeLayers([byRole ?? {}, ownValue(releases, name)]);
}

function ownValue(values: Readonly<Record<string, JsonObject>>, name: string): JsonObject {
  return Object.hasOwn(values, name) ? (values[name] ?? {}) : {};
}
