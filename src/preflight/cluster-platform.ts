import { type Facts, valueOf } from "./facts.ts";
import { platformOf } from "./platform-of-nodes.ts";

/** What the cluster runs on: by what it shows of itself, else by the environment's profile. Null: nobody knows, or looked. */
export function clusterPlatform({ stack, cluster, nodes }: Facts): string | null {
  const reached = valueOf(cluster);
  if (reached === null) return null;
  return platformOf(reached.kubernetesVersion, valueOf(nodes) ?? []) ?? stack.environment.profile;
}
