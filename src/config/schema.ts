import * as z from "zod";
import { ISTIO_CHARTS } from "../catalog/istio-sources.ts";
import { PLATFORMS } from "../catalog/platforms.ts";
import type { JsonObject } from "../model/json.ts";
import { duration, dnsLabel, labels, range, values } from "./schema-parts.ts";

const environment = z
  .strictObject({
    profile: dnsLabel("a profile")
      .optional()
      .describe(`The platform it runs on: ${PLATFORMS.join(", ")}.`),
    context: z.string().min(1, "a context needs a name").optional().describe("Its context in the kubeconfig."),
    values: z.record(z.string(), values).optional().describe("Values per release, on top of the release's own."),
    releases: z
      .record(
        z.string(),
        z.strictObject({
          enabled: z.boolean().optional().describe("False: this environment goes without the release."),
        }),
      )
      .optional()
      .describe("What is different about single releases here."),
  })
  .nullable();

const namespace = z
  .strictObject({
    labels: labels.optional().describe("Labels of the namespace, such as istio-injection: enabled."),
    annotations: labels.optional().describe("Annotations of the namespace."),
  })
  .nullable();

const gateway = z.strictObject({
  role: z.enum(["ingress", "egress"]).describe("ingress: a load balancer. egress: a ClusterIP service."),
  namespace: dnsLabel("a namespace").describe("Where the gateway runs. Istio advises one of its own."),
  exposure: z.enum(["internal", "public"]).optional().describe("Who reaches the load balancer; internal by default."),
  ports: z
    .array(
      z.strictObject({
        name: dnsLabel("a port").describe("Name of the port in the service."),
        port: z
          .int()
          .min(1, "a port is a number from 1 to 65535")
          .max(65535, "a port is a number from 1 to 65535")
          .describe("Port number, from 1 to 65535."),
      }),
    )
    .optional()
    .describe("Ports beside 15021 (status-port), 80 (http2) and 443 (https)."),
  values: values.optional().describe("Values for the gateway chart."),
});

const istio = z.strictObject({
  version: range.optional(),
  source: z
    .string()
    .min(1, "a source is a URL or a folder")
    .optional()
    .describe(`Where Istio's charts are: a URL (https://… or oci://…) or a folder (./…). By default ${ISTIO_CHARTS}.`),
  mode: z.enum(["sidecar"]).optional().describe("How workloads join the mesh."),
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
  values: values.optional().describe("Values for the istiod chart."),
  base: z
    .strictObject({ values: values.optional().describe("Values for the base chart.") })
    .optional()
    .describe("The base chart: Istio's CRDs and cluster roles."),
  gateways: z
    .record(dnsLabel("a release"), gateway)
    .optional()
    .describe("Gateways by name; each one is a Helm release."),
});

const chart = z.union([
  z.string().describe("A folder (./charts/app), an archive (./app-1.0.0.tgz) or an OCI chart (oci://host/path/app)."),
  z
    .strictObject({
      source: z
        .string()
        .min(1, "a source is a URL or a folder")
        .describe("URL of a chart repository, or a folder (./…)."),
      name: z.string().min(1, "a chart needs a name").describe("Name of the chart in the source."),
    })
    .describe("A chart in a repository."),
]);

const release = z.strictObject({
  name: dnsLabel("a release").describe("Name of the Helm release."),
  namespace: dnsLabel("a namespace").describe("Namespace of the release; made when it is missing."),
  chart: chart.describe("Where its chart comes from."),
  version: range.optional(),
  needs: z.array(z.string()).optional().describe("Releases that must be ready before this one starts."),
  values: z
    .array(z.union([z.string().describe("A values file, relative to this file."), values]))
    .optional()
    .describe("Values files and inline values; later ones win."),
  wait: z
    .union([
      z.literal(false).describe("Do not wait: the release counts as ready as soon as helm is done."),
      z.strictObject({ timeout: duration.optional() }),
    ])
    .optional()
    .describe("How the release is waited for."),
});

/** The stack file, as far as its shape goes. It makes no defaults and changes nothing: what goes in comes out. */
export const stackSchema = z.strictObject({
  apiVersion: z.enum(["flotilla/v1"]).describe("Version of this format."),
  stack: dnsLabel("a stack").describe("Name of the stack. It owns its releases."),
  requires: z
    .strictObject({
      helm: range.optional(),
      kubernetes: range.optional(),
      flotilla: range.optional(),
    })
    .optional()
    .describe("Versions that this stack was made for, as semver ranges."),
  environments: z
    .record(dnsLabel("an environment"), environment)
    .optional()
    .describe("Where the stack goes; the first one is the default."),
  namespaces: z
    .record(dnsLabel("a namespace"), namespace)
    .optional()
    .describe("Namespaces that need labels or annotations; made before what goes into them."),
  istio: istio.optional().describe("Istio: base, istiod and gateways, in the right order."),
  releases: z.array(release).optional().describe("The Helm releases of the stack."),
  defaults: z
    .strictObject({
      timeout: duration.optional(),
      parallel: z
        .int()
        .min(1, "parallel is a number from 1 to 64")
        .max(64, "parallel is a number from 1 to 64")
        .optional()
        .describe("How many helm processes may run at once; 4 by default."),
    })
    .optional()
    .describe("What holds for every release that says nothing else."),
  state: z
    .strictObject({
      namespace: dnsLabel("a namespace")
        .optional()
        .describe("Namespace of flotilla's own records; flotilla-system by default."),
    })
    .optional()
    .describe("Where flotilla keeps what it knows of the stack."),
});

/** A stack file of the right shape. */
export type StackFile = z.infer<typeof stackSchema>;

/** A release as the stack file has it. */
export type ReleaseEntry = NonNullable<StackFile["releases"]>[number];

/** The `istio` section. */
export type IstioEntry = NonNullable<StackFile["istio"]>;

/** A profile: what a platform changes about charts, per release name and per role of a gateway. */
export const profileSchema = z.strictObject({
  releases: z.record(z.string(), values).optional().describe("Values per release."),
  gateways: z
    .strictObject({ ingress: values.optional(), egress: values.optional() })
    .optional()
    .describe("Values of every gateway with this role."),
});

/** A profile of the right shape. */
export interface Profile {
  readonly releases?: Readonly<Record<string, JsonObject>>;
  readonly gateways?: { readonly ingress?: JsonObject; readonly egress?: JsonObject };
}
