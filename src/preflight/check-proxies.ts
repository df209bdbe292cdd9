import type { Finding } from "../model/finding.ts";
import { type OutdatedProxies, restartCommand } from "../model/proxies.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { fewInWords } from "./in-words.ts";
import { outdatedProxies } from "./outdated-proxies.ts";

/** Are there proxies of another version than their control plane? They change only when their pods are made anew. */
export function checkProxies({ pods, istiods }: Facts): readonly Finding[] {
  const outdated = outdatedProxies(valueOf(pods) ?? [], valueOf(istiods) ?? []);
  if (outdated.length === 0) return [];
  return [
    finding(
      "proxies-outdated",
      `Proxies are of another version than their istiod: ${fewInWords(outdated.map(inText))}.`,
      `${outdated.map(restartCommand).join("; ")}. Gateways of the stack: flotilla up --restart-gateways.`,
    ),
  ];
}

function inText({ namespace, kind, name, version, controlPlane }: OutdatedProxies): string {
  return `${kind} ${namespace}/${name} (${version}, istiod ${controlPlane})`;
}
