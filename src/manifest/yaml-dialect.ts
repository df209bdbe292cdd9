import type { DocumentOptions, ParseOptions, SchemaOptions, Tags } from "yaml";

/** YAML 1.1 tags that Kubernetes' own reader (sigs.k8s.io/yaml on go-yaml v2) does not resolve: it leaves text. */
const LEFT_AS_TEXT = new Set(["tag:yaml.org,2002:timestamp", "tag:yaml.org,2002:binary"]);

/**
 * How Helm and the API server read YAML: 1.1 with its `yes`/`on` booleans, `0644` octals and `<<` merges, but without
 * dates, and without base-60 numbers (`22:22` stays text). Of equal keys the last one counts.
 */
export const KUBERNETES_YAML: ParseOptions & DocumentOptions & SchemaOptions = {
  version: "1.1",
  customTags: (tags: Tags): Tags => tags.filter((tag) => typeof tag === "string" || !isLeftAsText(tag)),
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: "error",
};

function isLeftAsText(tag: { tag: string; format?: string }): boolean {
  return LEFT_AS_TEXT.has(tag.tag) || tag.format === "TIME";
}
