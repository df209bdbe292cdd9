import * as z from "zod";
import { PLATFORMS } from "../catalog/platforms.ts";
import { istioSchema } from "./schema-istio.ts";
import { addressPool, byName, dnsLabel, duration, labels, range, values } from "./schema-parts.ts";
import { releaseSchema } from "./schema-release.ts";

const environment = z
  .strictObject({
    profile: dnsLabel("a profile")
      .optional()
      .describe(`The platform it runs on: ${PLATFORMS.join(", ")}.`),
    context: z.string().min(1, "a context needs a name").optional().describe("Its context in the kubeconfig."),
    addressPool: addressPool.optional(),
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

const source = z.strictObject({
  url: z
    .string()
    .min(1, "a source is a URL or a folder")
    .describe("A chart repository (https://…), a registry's folder of charts (oci://…) or a folder (./…)."),
  caFile: z
    .string()
    .min(1, "a file needs a name")
    .optional()
    .describe("PEM file with authorities to trust besides the usual ones, relative to this file."),
  username: z.string().min(1, "a user needs a name").optional().describe("Who logs in; with password."),
  password: z
    .string()
    .min(1, "a password is not empty")
    .optional()
    .describe(
      "Better ${secret:env:NAME} or ${secret:file:PATH} than the password itself. Without it, the logins of Helm and Docker are used.",
    ),
});

const SECRET = /^([a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?\/)?[a-z0-9]([-a-z0-9.]{0,251}[a-z0-9])?$/;

const namespace = z
  .strictObject({
    labels: labels.optional().describe("Labels of the namespace, such as istio-injection: enabled."),
    annotations: labels.optional().describe("Annotations of the namespace."),
    pullSecretsFrom: z
      .array(z.string().regex(SECRET, "a Secret is named NAME (in the state namespace) or NAMESPACE/NAME"))
      .optional()
      .describe("Secrets that are copied into it first: NAME (from the state namespace) or NAMESPACE/NAME."),
  })
  .nullable();

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
  environments: byName("an environment", environment)
    .optional()
    .describe("Where the stack goes; the first one is the default."),
  sources: byName("a source", source)
    .optional()
    .describe("Chart sources by name, with authorities and credentials of their own."),
  namespaces: byName("a namespace", namespace)
    .optional()
    .describe("Namespaces that need labels, annotations or pull secrets; made before what goes into them."),
  istio: istioSchema.optional().describe("Istio: base, istiod, cni, ztunnel and gateways, in the right order."),
  releases: z.array(releaseSchema).optional().describe("The Helm releases of the stack."),
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
