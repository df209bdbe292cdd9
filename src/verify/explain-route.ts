import { hasReadyEndpoint } from "../model/endpoint-slices.ts";
import { helmOwner } from "../model/helm-owner.ts";
import { asList, asObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import type { SmokeTest } from "../model/verify.ts";
import type { ProbeCode } from "../model/verify-report.ts";
import {
  type Destination,
  destinationsOf,
  type GatewayServer,
  matchesHost,
  routesOf,
  serversOn,
} from "./istio-routes.ts";
import type { RouteObjects } from "./route-objects.ts";

/** Why connections do not get through, as far as the cluster shows it. */
export interface RouteFinding {
  readonly code: ProbeCode;
  readonly message: string;
  readonly hint: string;
}

/**
 * Follows the way of a smoke test's connections: Istio's Gateways on the entrance's pods, the certificate's Secret, the
 * VirtualServices, their Services and pods. Null when nothing is missing on it, or too little may be looked at.
 */
export function explainRoute(test: SmokeTest, objects: RouteObjects): RouteFinding | null {
  if (objects.pods === null || objects.gateways === null) return deadService(test, objects);
  const onPort = serversOn(objects).filter(({ port }) => port === test.port || port === objects.podPort);
  if (onPort.length === 0) return noPort(test, objects);
  const servers = onPort.filter(({ hosts }) => matchesHost(hosts, test.host));
  if (servers.length === 0) return noHost(test, onPort);
  return missingCredential(servers, objects) ?? brokenRoute(test, servers, objects) ?? deadService(test, objects);
}

function noPort({ port }: SmokeTest, objects: RouteObjects): RouteFinding {
  const others = [...new Set(serversOn(objects).map((server) => server.port))];
  const open = others.length === 0 ? "no port at all" : `only ${others.join(", ")}`;
  return {
    code: "gateway-port-missing",
    message: `No Istio Gateway opens port ${port} on these pods: ${open}.`,
    hint: "Add a server for this port to a Gateway whose selector fits the gateway's pods.",
  };
}

function noHost({ host, port }: SmokeTest, servers: readonly GatewayServer[]): RouteFinding {
  const hosts = servers.flatMap((server) => server.hosts);
  const gateways = new Set(servers.map(({ gateway }) => nameOf(gateway)));
  return {
    code: "gateway-host-missing",
    message: `No Istio Gateway opens port ${port} for the host ${host}: ${[...gateways].join(", ")} has ${hosts.join(", ")}.`,
    hint: "Add the host to the Gateway's `hosts`, or correct the test's `host`.",
  };
}

function missingCredential(servers: readonly GatewayServer[], { secrets, pods }: RouteObjects): RouteFinding | null {
  const lost = servers.find(({ credentialName }) => credentialName !== null && secrets?.has(credentialName) === false);
  if (!lost) return null;
  return {
    code: "credential-missing",
    message: `Istio Gateway ${nameOf(lost.gateway)} has no certificate to show: there is no Secret ${lost.credentialName} in namespace ${pods?.namespace}, where its pods are.`,
    hint: "Make the Secret in that namespace, or correct `credentialName`.",
  };
}

function brokenRoute(test: SmokeTest, servers: readonly GatewayServer[], objects: RouteObjects): RouteFinding | null {
  const kind = test.kind === "https" ? "http" : "other";
  const destinations = servers.flatMap((server) =>
    routesOf(objects, server, test.host).flatMap((route) => destinationsOf(route, kind, test.port)),
  );
  if (destinations.length === 0 && objects.virtualServices !== null) {
    const names = [...new Set(servers.map(({ gateway }) => nameOf(gateway)))];
    return {
      code: "route-missing",
      message: `No VirtualService leads on from Istio Gateway ${names.join(", ")} for ${test.host ?? "any host"} on port ${test.port}.`,
      hint: `Add a VirtualService with this Gateway, this host and ${kind === "http" ? "an http" : "a tcp"} route.`,
    };
  }
  for (const destination of destinations) {
    const finding = brokenDestination(test, destination, objects);
    if (finding !== null) return finding;
  }
  return null;
}

function brokenDestination(test: SmokeTest, destination: Destination, objects: RouteObjects): RouteFinding | null {
  const { namespace, service: name, port, virtualService } = destination;
  if (!objects.lookedAt.has(namespace)) return null;
  const route = `VirtualService ${nameOf(virtualService)}`;
  const hint = `Correct the destination of ${route}.`;
  const service = objects.services.find(({ metadata }) => metadata.name === name && metadata.namespace === namespace);
  if (service === undefined) {
    const message = `${route} leads to Service ${namespace}/${name}, which does not exist.`;
    return { code: "destination-missing", message, hint };
  }
  const ports = asList(service.spec?.["ports"]).map((each) => Number(asObject(each)["port"]));
  if (port !== null && !ports.includes(port)) {
    const message = `${route} leads to port ${port} of Service ${namespace}/${name}, which has only ${ports.join(", ")}.`;
    return { code: "destination-port-missing", message, hint };
  }
  if (hasReadyEndpoint(objects.endpointSlices, namespace, name)) return null;
  // A backend without its database is not ready either: then the database is what to look at.
  const others = deadServices(test, objects).filter(
    ({ metadata }) => metadata.name !== name || metadata.namespace !== namespace,
  );
  return down(namespace, name, `, to which ${route} leads,`, others.map(nameOf));
}

/** The first Service of the release behind which nobody is ready: the one that is called, or one that it needs in turn. */
function deadService(test: SmokeTest, objects: RouteObjects): RouteFinding | null {
  const [first, ...others] = deadServices(test, objects);
  if (first === undefined) return null;
  const { name, namespace = "" } = first.metadata;
  return down(namespace, name, ` of release ${test.release}`, others.map(nameOf));
}

function deadServices({ release }: SmokeTest, { services, endpointSlices }: RouteObjects): readonly KubeObject[] {
  return services.filter(
    ({ metadata, spec }) =>
      helmOwner(metadata)?.name === release &&
      Object.keys(asObject(spec?.["selector"])).length > 0 &&
      !hasReadyEndpoint(endpointSlices, metadata.namespace ?? "", metadata.name),
  );
}

function down(namespace: string, name: string, what: string, others: readonly string[]): RouteFinding {
  const more = others.length === 0 ? "" : ` Nor has ${others.join(", ")}, of the same release.`;
  const first = others.length === 0 ? "Look at its pods" : `Look at the pods of ${others.join(", ")} first`;
  return {
    code: "destination-down",
    message: `Service ${namespace}/${name}${what} has no ready pod.${more}`,
    hint: `${first}: flotilla diagnose, or kubectl -n ${namespace} get pods.`,
  };
}

function nameOf({ metadata: { name, namespace } }: Pick<KubeObject, "metadata">): string {
  return `${namespace ?? ""}/${name}`;
}
