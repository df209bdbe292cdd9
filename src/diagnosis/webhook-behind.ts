import { hasReadyEndpoint } from "../model/endpoint-slices.ts";
import { asList, asObject, asText } from "../model/json.ts";
import { type ClusterSnapshot, hasPart, KINDS, objectsIn, type Part } from "./snapshot.ts";

/** What stands behind the webhook that a refusal names: its configuration, Service and endpoints, a line each. */
export function webhookBehind(
  snapshot: ClusterSnapshot,
  words: string,
): { readonly lines: readonly string[]; readonly parts: readonly Part[] } {
  const [, name = ""] = /failed calling webhook "([^"]+)"/.exec(words) ?? [];
  const kinds = [KINDS.mutatingWebhooks, KINDS.validatingWebhooks].map((kind) => ({ ...kind, namespace: null }));
  const unread = kinds.filter((part) => !hasPart(snapshot, part));
  if (unread.length > 0) return { lines: [], parts: unread };
  for (const configuration of kinds.flatMap((kind) => objectsIn(snapshot, kind, null))) {
    const hook = asList(configuration["webhooks"])
      .map(asObject)
      .find((each) => each["name"] === name);
    if (!hook) continue;
    const service = asObject(asObject(hook["clientConfig"])["service"]);
    const at = { namespace: asText(service["namespace"]), name: asText(service["name"]) };
    const head = `${configuration.kind} ${configuration.metadata.name}: failurePolicy ${asText(hook["failurePolicy"]) ?? "Fail"}`;
    if (at.namespace === null || at.name === null) return { lines: [head], parts: [] };
    const slices = { ...KINDS.endpointSlices, namespace: at.namespace };
    const line = `${head}, answered by Service ${at.namespace}/${at.name}`;
    if (!hasPart(snapshot, slices)) return { lines: [line], parts: [slices] };
    const answers = hasReadyEndpoint(objectsIn(snapshot, KINDS.endpointSlices, at.namespace), at.namespace, at.name);
    return { lines: [`${line}, which has ${answers ? "a" : "no"} ready endpoint`], parts: [] };
  }
  return { lines: [], parts: [] };
}
