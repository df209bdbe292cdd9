import { CHART_PORTS } from "../catalog/gateway-ports.ts";
import type { GatewayRole, IstioChoice, PortChoice, StackChoices } from "./choices.ts";
import { indented, inline, scalar } from "./yaml-text.ts";

/** Names and namespaces of the gateways; the example's chart looks for the first one there. */
export const GATEWAYS: Readonly<Record<GatewayRole, { readonly name: string; readonly namespace: string }>> = {
  ingress: { name: "istio-ingressgateway", namespace: "istio-ingress" },
  egress: { name: "istio-egressgateway", namespace: "istio-egress" },
};

/** The `istio` section. */
export function istioLines({ istio }: StackChoices): readonly string[] {
  if (istio === null) {
    return ["# Istio's charts in the right order: istio: { version: ~1.31.0 }, with gateways: below it."];
  }
  return [
    "# Base, istiod and the gateways, each as soon as what it needs is ready: no order has to be written down.",
    "istio:",
    ...indented([
      "# A semver range. flotilla.lock pins the version that it stands for; flotilla lock --update moves on.",
      `version: ${scalar(istio.version)}`,
      "# How pods join the mesh: sidecar, or ambient (with cni and ztunnel).",
      `mode: ${istio.mode}`,
      "# Values for istiod's chart; base: { values: {} } and so on for the others.",
      "# values: { pilot: { autoscaleMin: 2 } }",
      ...gatewayLines(istio),
    ]),
  ];
}

function gatewayLines(istio: IstioChoice): readonly string[] {
  if (istio.gateways.length === 0) {
    const { name, namespace } = GATEWAYS.ingress;
    return ["# gateways:", `#   ${name}: { role: ingress, namespace: ${namespace} }`];
  }
  const lines = istio.gateways.flatMap((role) => (role === "ingress" ? ingressLines(istio) : egressLines()));
  return ["gateways:", ...indented(lines)];
}

function ingressLines({ ports, exposure }: IstioChoice): readonly string[] {
  const about = "# Who reaches it: internal (the default on every cloud) or public.";
  const own = CHART_PORTS.map(({ port }) => port).join(", ");
  return [
    "# The way in: a load balancer.",
    `${GATEWAYS.ingress.name}:`,
    ...indented([
      "role: ingress",
      `namespace: ${GATEWAYS.ingress.namespace}`,
      about,
      exposure === null ? "# exposure: internal" : `exposure: ${exposure}`,
      `# Ports beside ${own}.`,
      ...portLines(ports),
    ]),
  ];
}

function portLines(ports: readonly PortChoice[]): readonly string[] {
  const shown = ports.length === 0 ? [{ name: "tcp-db", port: 5432 }] : ports;
  const lines = [
    "ports:",
    ...indented(
      shown.map(
        ({ name, port }) =>
          `- ${inline([
            ["name", scalar(name)],
            ["port", String(port)],
          ])}`,
      ),
    ),
  ];
  return ports.length === 0 ? lines.map((line) => `# ${line}`) : lines;
}

function egressLines(): readonly string[] {
  return [
    "# The way out, inside the cluster only. The same chart, a release of its own.",
    `${GATEWAYS.egress.name}:`,
    ...indented(["role: egress", `namespace: ${GATEWAYS.egress.namespace}`]),
  ];
}
