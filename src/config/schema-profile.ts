import * as z from "zod";
import type { JsonObject } from "../model/json.ts";
import { values } from "./schema-parts.ts";

/** A profile: what a platform changes about charts, per release name, and per role and exposure of a gateway. */
export const profileSchema = z.strictObject({
  releases: z.record(z.string(), values).optional().describe("Values per release."),
  gateways: z
    .strictObject({
      ingress: values.optional().describe("Values of every ingress gateway."),
      egress: values.optional().describe("Values of every egress gateway."),
      internal: values
        .optional()
        .describe("Values of ingress gateways that are reached from inside only; {} where nothing has to be said."),
      public: values
        .optional()
        .describe("Values of ingress gateways that everybody reaches; {} where nothing has to be said."),
    })
    .optional()
    .describe("Values of gateways by what they are for and who reaches them."),
});

/** A profile of the right shape. */
export interface Profile {
  readonly releases?: Readonly<Record<string, JsonObject>>;
  readonly gateways?: {
    readonly ingress?: JsonObject;
    readonly egress?: JsonObject;
    /** Left out where the platform alone does not decide who reaches a load balancer. */
    readonly internal?: JsonObject;
    readonly public?: JsonObject;
  };
}
