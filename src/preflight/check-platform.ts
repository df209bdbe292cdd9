import { PLATFORMS } from "../catalog/platforms.ts";
import type { Finding } from "../model/finding.ts";
import type { Environment } from "../model/stack.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { type Platform, platformOf } from "./platform-of-nodes.ts";

/** Is the cluster the platform that the environment's profile means? */
export function checkPlatform({ stack: { environment }, cluster, nodes }: Facts): readonly Finding[] {
  const reached = valueOf(cluster);
  if (reached === null) return [];
  const platform = platformOf(reached.kubernetesVersion, valueOf(nodes) ?? []);
  const contradiction = contradictionOf(environment, reached, platform);
  if (contradiction !== null) return [contradiction];
  if (platform === null || environment.profile !== null) return [];
  return [
    finding(
      "profile-missing",
      `The cluster runs on ${platform}, and the environment "${environment.name}" names no profile.`,
      `Set \`profile: ${platform}\` in the environment for the values that fit this platform.`,
    ),
  ];
}

/** What is wrong when an environment's profile and the platform of its cluster differ; null when nothing is. */
export function contradictionOf(
  { name, profile }: Environment,
  { context }: { readonly context: string },
  platform: Platform | null,
): Finding | null {
  // A profile of the user's own may stand for anything.
  if (platform === null || profile === null || profile === platform || !isPlatform(profile)) return null;
  return finding(
    "platform-contradicts",
    `The environment "${name}" has the profile ${profile}, but the cluster of context ${context} runs on ${platform}.`,
    "Choose the environment that means this cluster, or correct its profile or context.",
  );
}

function isPlatform(profile: string): boolean {
  return PLATFORMS.some((platform) => platform === profile);
}
