import type { ClusterApi, KubeJson } from "./cluster-api.ts";

/** How often somebody else may write an object in the middle of an edit. */
const TRIES = 10;

/**
 * Reads an object, changes it and writes it back, as a person with an editor does; again when the cluster wrote it meanwhile.
 * @param change gives the object as it is to be
 * @param query of the write, such as `?fieldManager=me`
 * @returns the object as it was
 */
export async function editObject(
  api: ClusterApi,
  path: string,
  change: (live: KubeJson) => unknown,
  query = "",
): Promise<KubeJson> {
  for (let tries = 1; ; tries += 1) {
    const before = await api.get(path);
    if (before === null) throw new Error(`there is nothing at ${path}`);
    try {
      await api.send("PUT", `${path}${query}`, change(structuredClone(before)));
      return before;
    } catch (error) {
      if (tries === TRIES || !String(error).includes('"reason":"Conflict"')) throw error;
    }
  }
}
