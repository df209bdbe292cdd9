import type { ResourceKind } from "./resource-kind.ts";

/** Query parameters; those that are undefined are left out. */
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * The REST path of a collection, or of one object when `name` is given (Kubernetes API concepts, "Resource URIs").
 * @param namespace ignored for cluster-scoped kinds; null means all namespaces
 */
export function resourcePath(kind: ResourceKind, namespace: string | null, name: string | null, query: Query): string {
  const root = kind.apiVersion.includes("/") ? `/apis/${kind.apiVersion}` : `/api/${kind.apiVersion}`;
  const scope = kind.namespaced && namespace !== null ? `/namespaces/${encodeURIComponent(namespace)}` : "";
  const object = name === null ? "" : `/${encodeURIComponent(name)}`;
  const parameters = new URLSearchParams();
  for (const [key, value] of Object.entries(query)) if (value !== undefined) parameters.set(key, String(value));
  const text = parameters.toString();
  return `${root}${scope}/${kind.plural}${object}${text === "" ? "" : `?${text}`}`;
}
