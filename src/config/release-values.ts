import { gatewayPortValues } from "../catalog/gateway-ports.ts";
import type { JsonObject } from "../model/json.ts";
import type { DraftRelease } from "./draft-release.ts";
import type { LayerSource } from "./layer-source.ts";
import { mergeLayers } from "./merge-values.ts";
import type { Profile } from "./schema-profile.ts";

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
  const profile = profileValues(draft, around.profile);
  const own: JsonObject[] = [];
  for (const { entry, path } of draft.values) {
    own.push(typeof entry === "string" ? await around.files.valuesFile(entry, path) : entry);
  }
  return mergeLayers([
    draft.defaults,
    profile,
    draft.settings,
    gatewayPortValues(profile, draft.gateway?.ports ?? []),
    ...own,
    ownValue(around.environment, draft.name),
    ...(around.set.get(draft.name) ?? []),
  ]);
}

/** Whether all values of a gateway are what flotilla knows of its role and of the platform: nobody has written any. */
export function areOurs(draft: DraftRelease, { environment, set }: Surroundings): boolean {
  const { name, settings, gateway, values } = draft;
  if (gateway === null || gateway.ports.length > 0 || Object.keys(settings).length > 0) return false;
  return values.length === 0 && !Object.hasOwn(environment, name) && (set.get(name) ?? []).length === 0;
}

/** A gateway's role lies below who reaches it, and its name above both. */
function profileValues({ name, role, gateway }: DraftRelease, { releases = {}, gateways = {} }: Profile): JsonObject {
  const layers: (JsonObject | undefined)[] = [];
  if (role === "istio-egress-gateway") layers.push(gateways.egress);
  if (role === "istio-ingress-gateway" && gateway) layers.push(gateways.ingress, gateways[gateway.exposure]);
  return mergeLayers([...layers.filter((layer) => layer !== undefined), ownValue(releases, name)]);
}

function ownValue(values: Readonly<Record<string, JsonObject>>, name: string): JsonObject {
  return Object.hasOwn(values, name) ? (values[name] ?? {}) : {};
}
