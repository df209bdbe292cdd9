import { parseAllDocuments } from "yaml";
import { FlotillaError } from "../model/errors.ts";
import type { JsonObject, JsonValue } from "../model/json.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { withoutCrdSchemas } from "./crd-schemas.ts";
import { KUBERNETES_YAML } from "./yaml-dialect.ts";

/** Where a manifest is from, for errors. */
export interface ManifestOrigin {
  /** Begins a sentence, such as `The manifest crds/a.yaml`. */
  readonly name: string;
  readonly hint: string;
}

const RENDERED: ManifestOrigin = {
  name: "The manifest that the chart renders",
  hint: "Render the chart with `helm template` and look at the line; a value may be missing or of the wrong type.",
};

/**
 * Reads a manifest as Helm renders or stores it: several YAML documents, lists taken apart, empty documents left out.
 * CustomResourceDefinitions come with an empty `openAPIV3Schema` (see {@link withoutCrdSchemas}); everything else is
 * whole. Objects without a name (`generateName`) are left out: nothing can be looked up or waited for by them.
 * @throws FlotillaError `chart-invalid` for what is no YAML, or no Kubernetes object; never quotes the text, which may
 * hold secrets
 */
export function parseManifest(manifest: string, origin = RENDERED): KubeObject[] {
  try {
    return parseDocuments(withoutCrdSchemas(manifest), origin);
  } catch {
    // Cutting works by indentation. Should a manifest be indented in a way that defeats it, or really be broken,
    // then reading it whole decides.
    return parseDocuments(manifest, origin);
  }
}

/**
 * Like {@link parseManifest}, with the CRDs' schemas. Ten times slower on Istio's base chart (0.4 s).
 * @throws FlotillaError `chart-invalid`
 */
export function parseWholeManifest(manifest: string): KubeObject[] {
  return parseDocuments(manifest, RENDERED);
}

function parseDocuments(manifest: string, origin: ManifestOrigin): KubeObject[] {
  const invalid = (offset: number, what: string): FlotillaError => invalidAt(manifest, offset, what, origin);
  const objects: KubeObject[] = [];
  for (const document of parseAllDocuments(manifest, KUBERNETES_YAML)) {
    const error = document.errors[0];
    if (error) throw invalid(error.pos[0], `is not YAML (${error.code})`);
    const value: unknown = document.toJS();
    if (value === null || value === undefined) continue;
    if (!isJsonObject(value)) throw invalid(document.range[0], "is no Kubernetes object");
    for (const object of takenApart(value)) {
      if (!isNamedObject(object)) continue;
      objects.push(object);
    }
  }
  return objects;

  /** The objects of a `List`, or the object itself. */
  function takenApart(value: JsonObject): readonly JsonObject[] {
    const { kind, items } = value;
    if (typeof kind !== "string" || typeof value["apiVersion"] !== "string") {
      throw invalid(0, "holds a document without apiVersion and kind");
    }
    if (!kind.endsWith("List") || !Array.isArray(items)) return [value];
    return items.filter(isJsonObject).flatMap(takenApart);
  }
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isNamedObject(value: JsonObject): value is KubeObject {
  const metadata: JsonValue | undefined = value["metadata"];
  return isJsonObject(metadata) && typeof metadata["name"] === "string" && metadata["name"] !== "";
}

function invalidAt(manifest: string, offset: number, what: string, { name, hint }: ManifestOrigin): FlotillaError {
  const line = manifest.slice(0, offset).split("\n").length;
  const place = offset > 0 ? ` at line ${line}` : "";
  return new FlotillaError("chart-invalid", `${name} ${what}${place}.`, { hint });
}
