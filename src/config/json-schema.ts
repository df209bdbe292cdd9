import * as z from "zod";
import type { JsonObject } from "../model/json.ts";
import { stackSchema } from "./schema.ts";

/** The JSON Schema of the stack file (draft 2020-12), for editors: what may be written, with a description of each key. */
export function jsonSchema(): JsonObject {
  // A generated schema is plain JSON; zod's type for it is wider.
  const generated = z.toJSONSchema(stackSchema, { io: "input" }) as unknown as JsonObject;
  const { $schema, ...rest } = generated;
  return { $schema, title: "flotilla stack file", ...rest };
}
