import * as z from "zod";
import { dnsLabel, duration, forceConflicts, giveUp, labels, range, values } from "./schema-parts.ts";
import { smokeTestSchema } from "./schema-verify.ts";

const chart = z.union([
  z.string().describe("A folder (./charts/app), an archive (./app-1.0.0.tgz) or an OCI chart (oci://host/path/app)."),
  z
    .strictObject({
      source: z
        .string()
        .min(1, "a source is a URL, a folder or a name from sources")
        .describe("URL of a chart repository (https://… or oci://…), a folder (./…), or a name from sources."),
      name: z.string().min(1, "a chart needs a name").describe("Name of the chart in the source."),
    })
    .describe("A chart in a repository."),
]);

const API_VERSION = /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?v[0-9]+((alpha|beta)[0-9]+)?$/;

/** A condition of `wait.for`. */
export const conditionSchema = z
  .strictObject({
    apiVersion: z
      .string()
      .regex(API_VERSION, "an apiVersion is v1, or group/version such as apps/v1")
      .describe("Such as v1 or cert-manager.io/v1."),
    kind: z
      .string()
      .regex(/^[A-Z][A-Za-z0-9]*$/, "a kind is one word in capitalised form, such as Deployment")
      .describe("Such as Certificate."),
    name: z.string().min(1, "an object needs a name").optional().describe("Name of the object; or selector."),
    selector: labels.optional().describe("Labels of the objects, all of them; or name. At least one must be found."),
    namespace: dnsLabel("a namespace").optional().describe("Where they are; the release's own namespace by default."),
    condition: z
      .string()
      .min(1, "a condition needs a type")
      .optional()
      .describe('A condition of the status: Ready stands for "Ready=True". Or jsonPath.'),
    jsonPath: z
      .string()
      .min(1, "a JSONPath names a field")
      .optional()
      .describe('A field as kubectl names it, such as "{.status.phase}"; or condition.'),
    value: z.string().optional().describe("What the field must be; without it, anything but empty will do."),
  })
  .describe("Something of the cluster that must hold before the release counts as ready.");

/** A condition of `wait.for` as the stack file has it. */
export type ConditionEntry = z.infer<typeof conditionSchema>;

const wait = z.union([
  z.literal(false).describe("Do not wait: the release counts as ready as soon as helm is done."),
  z.strictObject({
    timeout: duration.optional(),
    engine: z
      .enum(["auto", "watch", "helm"])
      .optional()
      .describe(
        "Who waits. watch: flotilla, by watching the cluster. helm: Helm's own --wait. auto (the default): flotilla, but Helm where a chart has hooks that run after readiness.",
      ),
    giveUp: giveUp.optional(),
    for: z
      .array(conditionSchema)
      .optional()
      .describe("What must hold besides the readiness of the release's own objects."),
  }),
]);

/** A release as the stack file has it. */
export const releaseSchema = z
  .strictObject({
    name: dnsLabel("a release").describe("Name of the Helm release."),
    namespace: dnsLabel("a namespace").describe("Namespace of the release; made when it is missing."),
    chart: chart.optional().describe("Where its chart comes from."),
    manifests: z
      .array(z.string().min(1, "an entry names files"))
      .min(1, "name at least one file")
      .optional()
      .describe(
        "Instead of a chart: files with plain manifests, relative to this file. * and ? stand for parts of a name, ** for folders. They are wrapped into a chart.",
      ),
    version: range.optional(),
    needs: z.array(z.string()).optional().describe("Releases that must be ready before this one starts."),
    values: z
      .array(z.union([z.string().describe("A values file, relative to this file."), values]))
      .optional()
      .describe("Values files and inline values; later ones win."),
    wait: wait.optional().describe("How the release is waited for."),
    adopt: z
      .boolean()
      .optional()
      .describe(
        "True: what is in the cluster already, a Helm release of this name or objects without one, is taken over, as by up --adopt.",
      ),
    verify: z.array(smokeTestSchema).optional().describe("Smoke tests for flotilla verify and flotilla up --verify."),
    forceConflicts: forceConflicts.optional(),
    protect: z.boolean().optional().describe("True: flotilla down refuses to uninstall it."),
  })
  .meta({ oneOf: [{ required: ["chart"] }, { required: ["manifests"] }] });

/** A release as the stack file has it. */
export type ReleaseEntry = z.infer<typeof releaseSchema>;
