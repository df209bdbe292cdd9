import type { KubeObject } from "../model/kube-object.ts";
import type { Readiness } from "../model/readiness.ts";
import { conditionOf, wordsOf } from "./fields.ts";
import { failed, ready, waiting } from "./verdict.ts";

/**
 * A CustomResourceDefinition is ready when it is Established; one whose names collide with another's never will be.
 * Sources: cli-utils kstatus `crdConditions`, helm `crdReady`.
 */
export function customResourceDefinitionReadiness(definition: KubeObject): Readiness {
  const awaiting = `${definition.metadata.name} to be established`;
  const names = conditionOf(definition, "NamesAccepted");
  if (names?.status === "False") return failed(awaiting, wordsOf(names) ?? "its names are not accepted");
  const established = conditionOf(definition, "Established");
  if (established?.status === "True") return ready();
  // "Installing" is what the API server says of every new one.
  return waiting(awaiting, established?.reason === "Installing" ? null : wordsOf(established));
}
