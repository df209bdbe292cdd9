import type { Finding } from "../model/finding.ts";
import { asList, asObject } from "../model/json.ts";
import { clusterPlatform } from "./cluster-platform.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { gatewayServices } from "./gateway-services.ts";
import { inWords } from "./in-words.ts";

/** k3s gives load balancers ports of the nodes: each port once (docs.k3s.io, "Networking Services"). Is one taken? */
export function checkHeldPorts(facts: Facts): readonly Finding[] {
  if (clusterPlatform(facts) !== "k3s") return [];
  const wanted = gatewayServices(facts.stack);
  const others = (valueOf(facts.loadBalancers) ?? []).filter(
    ({ metadata }) => !wanted.some(({ name, namespace }) => name === metadata.name && namespace === metadata.namespace),
  );
  return wanted.flatMap(({ release, ports }) =>
    others.flatMap(({ metadata, spec }) => {
      const held = asList(spec?.["ports"])
        .map((port) => Number(asObject(port)["port"]))
        .filter((port) => ports.includes(port));
      if (held.length === 0) return [];
      const isTraefik = metadata.name === "traefik";
      return [
        finding(
          "ports-held",
          `Service ${metadata.namespace}/${metadata.name} holds ${inWords(held.map(String))} on the nodes, and ${release} wants the same: it would never get an address.`,
          isTraefik
            ? "Start k3s with --disable traefik (or a HelmChartConfig that gives Traefik other ports); or give the gateway other ports."
            : "Give one of the two other ports.",
        ),
      ];
    }),
  );
}
