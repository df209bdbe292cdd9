import { readContexts } from "./kubeconfig.ts";

/** The contexts of a kubeconfig, the current one first; none where there is no kubeconfig that can be read. */
export async function listContexts(kubeconfig: string | null): Promise<readonly string[]> {
  const { names, current } = await readContexts(kubeconfig).catch(() => ({ names: [], current: "" }));
  return names.toSorted((left, right) => Number(right === current) - Number(left === current));
}
