import { isMissing } from "../kube/api-error.ts";
import type { KubeClient } from "../kube/kube-client.ts";
import type { KindName } from "../kube/resource-kind.ts";
import { FlotillaError } from "../model/errors.ts";
import { asObject, asText, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { SmokeTest } from "../model/verify.ts";
import type { ProbeCode } from "../model/verify-report.ts";
import { destinationsOf } from "../verify/istio-routes.ts";
import { explainRoute } from "../verify/explain-route.ts";
import { ProbeFault } from "../verify/probe-fault.ts";
import type { RouteObjects } from "../verify/route-objects.ts";
import type { FoundEntrance } from "./find-entrance.ts";
import { readyPod } from "./open-way.ts";

/** Failures whose cause may stand in the cluster; the others say it all themselves. */
const ASKS: readonly ProbeCode[] = [
  "connection-refused",
  "connection-cut",
  "no-answer",
  "tls-failed",
  "backend-unavailable",
  "http-status",
  "association-rejected",
  "dicom-status",
  "dicom-not-found",
  "failed",
];

const ISTIO = "networking.istio.io/v1";

/** The cause of a failure as far as the cluster shows it, with what was seen before it; else the failure as it is. */
export async function explainTest(
  client: KubeClient,
  test: SmokeTest,
  entrance: FoundEntrance,
  fault: ProbeFault,
  signal: AbortSignal,
): Promise<ProbeFault> {
  if (!ASKS.includes(fault.code)) return fault;
  const cause = explainRoute(test, await routeObjects(client, test, entrance, signal));
  return cause === null ? fault : new ProbeFault(cause.code, `${fault.message} ${cause.message}`, cause.hint);
}

async function routeObjects(
  client: KubeClient,
  test: SmokeTest,
  { service, targetPort }: FoundEntrance,
  signal: AbortSignal,
): Promise<RouteObjects> {
  const list = (apiVersion: string, kind: string, namespace: string | null, metadataOnly = false) =>
    listIfAllowed(client, { apiVersion, kind }, namespace, metadataOnly, signal);
  const home = service.metadata.namespace ?? "";
  const [pod, gateways, virtualServices, secrets] = await Promise.all([
    readyPod(client, service, signal),
    list(ISTIO, "Gateway", null),
    list(ISTIO, "VirtualService", null),
    list("v1", "Secret", home, true),
  ]);
  const kind = test.kind === "https" ? "http" : "other";
  const targets = (virtualServices ?? []).flatMap((each) => destinationsOf(each, kind, test.port));
  const namespaces = [...new Set([test.namespace, ...targets.map(({ namespace }) => namespace)])];
  const looks = await Promise.all(
    namespaces.map(async (namespace) => ({
      namespace,
      services: await list("v1", "Service", namespace),
      slices: await list("discovery.k8s.io/v1", "EndpointSlice", namespace),
    })),
  );
  const seen = looks.filter(({ services, slices }) => services !== null && slices !== null);
  const labels = pod?.metadata.labels ?? stringsIn(asObject(service.spec?.["selector"]));
  return {
    pods: Object.keys(labels).length === 0 ? null : { namespace: home, labels },
    podPort: typeof targetPort === "number" ? targetPort : test.port,
    gateways,
    virtualServices,
    secrets: secrets && new Set(secrets.map(({ metadata }) => metadata.name)),
    services: seen.flatMap(({ services }) => services ?? []),
    endpointSlices: seen.flatMap(({ slices }) => slices ?? []),
    lookedAt: new Set(seen.map(({ namespace }) => namespace)),
  };
}

/** Null for what may not be looked at, or a kind that the cluster does not know. */
async function listIfAllowed(
  client: KubeClient,
  kind: KindName,
  namespace: string | null,
  metadataOnly: boolean,
  signal: AbortSignal,
): Promise<readonly KubeObject[] | null> {
  try {
    return (await client.list(kind, namespace, { metadataOnly }, signal)).items;
  } catch (error) {
    if (isMissing(error) || (error instanceof FlotillaError && error.code === "forbidden")) return null;
    throw error;
  }
}

function stringsIn(mapping: JsonObject): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(mapping).flatMap(([key, value]) => (asText(value) === null ? [] : [[key, String(value)]])),
  );
}
