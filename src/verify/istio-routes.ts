import { asList, asObject, asText, type JsonObject } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { hasLabels } from "../model/label-selector.ts";
import type { RouteObjects } from "./route-objects.ts";

/** A port that an Istio Gateway opens on some pods. */
export interface GatewayServer {
  readonly gateway: KubeObject;
  readonly port: number;
  readonly hosts: readonly string[];
  /** The Secret of its certificate; null when TLS does not end here, or it comes from elsewhere. */
  readonly credentialName: string | null;
}

/** Where a route leads. */
export interface Destination {
  readonly virtualService: KubeObject;
  readonly namespace: string;
  readonly service: string;
  /** Null: the Service's only port. */
  readonly port: number | null;
}

/** What Istio's Gateways open on the entrance's pods. */
export function serversOn({ pods, gateways }: RouteObjects): readonly GatewayServer[] {
  if (pods === null || gateways === null) return [];
  const selecting = gateways.filter(({ spec }) => hasLabels(pods.labels, asObject(spec?.["selector"])));
  return selecting.flatMap((gateway) =>
    asList(gateway.spec?.["servers"]).map((each) => {
      const server = asObject(each);
      return {
        gateway,
        port: Number(asObject(server["port"])["number"]),
        // `namespace/host` says which VirtualServices may use it.
        hosts: texts(server["hosts"]).map((host) => host.replace(/^.*\//, "")),
        credentialName: asText(asObject(server["tls"])["credentialName"]),
      };
    }),
  );
}

/** Whether one of some hosts, perhaps with a leading `*`, stands for a name; null stands for any. */
export function matchesHost(hosts: readonly string[], name: string | null): boolean {
  return hosts.some(
    (host) => host === "*" || name === null || host === name || (host.startsWith("*.") && name.endsWith(host.slice(1))),
  );
}

/** The VirtualServices that a Gateway's connections for a host go through. */
export function routesOf(
  { virtualServices }: RouteObjects,
  { gateway }: GatewayServer,
  host: string | null,
): readonly KubeObject[] {
  const { name, namespace } = gateway.metadata;
  return (virtualServices ?? []).filter(({ metadata, spec }) => {
    const bound = texts(spec?.["gateways"]).some(
      (each) => each === `${namespace}/${name}` || (each === name && metadata.namespace === namespace),
    );
    return bound && matchesHost(texts(spec?.["hosts"]), host);
  });
}

/** Where a VirtualService sends what comes in on a port, HTTP or other. */
export function destinationsOf(
  virtualService: KubeObject,
  kind: "http" | "other",
  port: number,
): readonly Destination[] {
  const { spec, metadata } = virtualService;
  const sections = kind === "http" ? ["http"] : ["tcp", "tls"];
  const routes = sections
    .flatMap((section) => asList(spec?.[section]).map(asObject))
    .filter((route) => takes(route, port));
  return routes.flatMap((route) =>
    asList(route["route"]).flatMap((each) => {
      const destination = asObject(asObject(each)["destination"]);
      const host = asText(destination["host"]);
      if (host === null) return [];
      const [service = "", namespace = metadata.namespace ?? "", kind = "svc"] = host.split(".");
      // Names outside the cluster are no business of Services.
      if (kind !== "svc") return [];
      const number = asObject(destination["port"])["number"];
      return [{ virtualService, namespace, service, port: typeof number === "number" ? number : null }];
    }),
  );
}

function takes(route: JsonObject, port: number): boolean {
  const matches = asList(route["match"]).map(asObject);
  return matches.length === 0 || matches.some((match) => match["port"] === undefined || match["port"] === port);
}

function texts(value: unknown): readonly string[] {
  return asList(value).flatMap((each) => asText(each) ?? []);
}
