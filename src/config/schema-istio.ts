import * as z from "zod";
import { ISTIO_CHARTS } from "../catalog/istio-sources.ts";
import { byName, dnsLabel, forceConflicts, range, values } from "./schema-parts.ts";

const port = z.strictObject({
  name: dnsLabel("a port").describe("Name of the port in the service."),
  port: z
    .int()
    .min(1, "a port is a number from 1 to 65535")
    .max(65535, "a port is a number from 1 to 65535")
    .describe("Port number, from 1 to 65535."),
});

const gateway = z.strictObject({
  role: z.enum(["ingress", "egress"]).describe("ingress: a load balancer. egress: a ClusterIP service."),
  namespace: dnsLabel("a namespace").describe("Where the gateway runs. Istio advises one of its own."),
  exposure: z
    .enum(["internal", "public"])
    .optional()
    .describe("Who reaches the load balancer of an ingress gateway; internal by default on every cloud."),
  ports: z.array(port).optional().describe("Ports beside 15021 (status-port), 80 (http2) and 443 (https)."),
  values: values.optional().describe("Values for the gateway chart."),
  forceConflicts: forceConflicts.optional(),
});

/** A chart of Istio's of which little can be said; empty asks for it as it is. */
const component = (chart: string) =>
  z
    .strictObject({
      values: values.optional().describe(`Values for the ${chart} chart.`),
      forceConflicts: forceConflicts.optional(),
    })
    .nullable()
    .optional();

/** The `istio` section. */
export const istioSchema = z.strictObject({
  version: range.optional(),
  source: z
    .string()
    .min(1, "a source is a URL, a folder or a name from sources")
    .optional()
    .describe(
      `Where Istio's charts are: a URL (https://… or oci://…), a folder (./…) or a name from sources. By default ${ISTIO_CHARTS}.`,
    ),
  mode: z
    .enum(["sidecar", "ambient"])
    .optional()
    .describe("How workloads join the mesh: sidecar (the default), or ambient, which also installs cni and ztunnel."),
  namespace: dnsLabel("a namespace").optional().describe("Where istiod runs; istio-system by default."),
  hub: z
    .string()
    .min(1, "a hub is a registry")
    .optional()
    .describe("Registry of Istio's images, such as docker.io/istio."),
  imagePullSecrets: z
    .array(dnsLabel("a Secret", 253))
    .optional()
    .describe("Names of pull secrets in the namespaces of Istio and its gateways."),
  repairInjection: z
    .boolean()
    .optional()
    .describe("False: pods that were made before Istio's injection answered are named, not replaced. True by default."),
  values: values.optional().describe("Values for the istiod chart."),
  forceConflicts: forceConflicts.optional(),
  base: component("base").describe("The base chart: Istio's CRDs and cluster roles."),
  cni: component("cni").describe(
    "The node agent that redirects traffic, instead of an init container with privileges. Ambient mode and OpenShift always have it.",
  ),
  ztunnel: component("ztunnel").describe("The node proxy of ambient mode."),
  gateways: byName("a release", gateway).optional().describe("Gateways by name; each one is a Helm release."),
});

/** The `istio` section. */
export type IstioEntry = z.infer<typeof istioSchema>;
