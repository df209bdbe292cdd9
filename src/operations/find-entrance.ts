import type { KubeClient } from "../kube/kube-client.ts";
import { helmOwner } from "../model/helm-owner.ts";
import { asList, asObject, asText } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { SmokeTest } from "../model/verify.ts";
import { ProbeFault } from "../verify/probe-fault.ts";

/** A smoke test's way in, as the cluster has it. */
export interface FoundEntrance {
  readonly service: KubeObject;
  /** IP addresses and host names under which it is reached from outside. */
  readonly addresses: readonly string[];
  /** Name or number of the pods' port behind the test's port. */
  readonly targetPort: string | number;
}

/** Finds the Service that leads in. @throws ProbeFault `entrance-missing`, `port-missing`; FlotillaError as any read does */
export async function findEntrance(client: KubeClient, test: SmokeTest, signal: AbortSignal): Promise<FoundEntrance> {
  const services = await candidates(client, test, signal);
  const withPort = services.flatMap((service) =>
    asList(service.spec?.["ports"])
      .map(asObject)
      .filter(({ port }) => port === test.port)
      .map((port) => ({ service, port })),
  );
  const [found] = withPort;
  if (found === undefined) throw fault(test, services);
  const { targetPort } = found.port;
  return {
    service: found.service,
    addresses: addressesOf(found.service),
    targetPort: typeof targetPort === "string" || typeof targetPort === "number" ? targetPort : test.port,
  };
}

async function candidates(
  client: KubeClient,
  { entrance }: SmokeTest,
  signal: AbortSignal,
): Promise<readonly KubeObject[]> {
  const { namespace } = entrance;
  if (entrance.type === "service") {
    const service = await client.get({ apiVersion: "v1", kind: "Service", namespace, name: entrance.name }, signal);
    return service === null ? [] : [service];
  }
  const { items } = await client.list({ apiVersion: "v1", kind: "Service" }, namespace, {}, signal);
  return items.filter(({ metadata }) => helmOwner(metadata)?.name === entrance.release);
}

function fault({ entrance, port }: SmokeTest, services: readonly KubeObject[]): ProbeFault {
  const { namespace } = entrance;
  const what =
    entrance.type === "service" ? `Service ${namespace}/${entrance.name}` : `gateway ${namespace}/${entrance.release}`;
  if (services.length === 0) {
    const hint = "Install the stack first (flotilla up), or correct the test's gateway or service.";
    return new ProbeFault("entrance-missing", `There is no ${what} in the cluster.`, hint);
  }
  const ports = services.flatMap(({ spec }) => asList(spec?.["ports"]).map((each) => Number(asObject(each)["port"])));
  const hint =
    entrance.type === "service"
      ? "Add the port to the Service, or correct the test's port."
      : `Add it to \`ports\` of the gateway ${entrance.release} in the stack file, then flotilla up.`;
  return new ProbeFault("port-missing", `The Service of ${what} has no port ${port}: only ${ports.join(", ")}.`, hint);
}

function addressesOf({ spec, status }: KubeObject): readonly string[] {
  const balanced = asList(asObject(status?.["loadBalancer"])["ingress"]).map(asObject);
  return [
    ...balanced.flatMap(({ ip, hostname }) => asText(ip) ?? asText(hostname) ?? []),
    ...asList(spec?.["externalIPs"]).flatMap((ip) => asText(ip) ?? []),
  ];
}
