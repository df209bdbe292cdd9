import { isAbsolute } from "node:path";

import type { ChartReference } from "../model/stack.ts";
import { shownUrl } from "./shown-url.ts";

/** Where a chart comes from, for people. */
export function sourceName(reference: ChartReference): string {
  switch (reference.type) {
    case "folder":
    case "archive":
      return reference.path;
    case "repository":
      return isAbsolute(reference.url) ? reference.url : shownUrl(reference.url);
    case "oci":
      return reference.url;
    case "manifests":
      return `manifests of ${reference.name}`;
  }
}

/** What a chart is called before its Chart.yaml has been read. */
export function chartLabel(reference: ChartReference): string {
  if (reference.type === "repository" || reference.type === "manifests") {
    return reference.name;
  }
  const path = reference.type === "oci" ? reference.url : reference.path;
  return path.slice(path.lastIndexOf("/") + 1);
}
