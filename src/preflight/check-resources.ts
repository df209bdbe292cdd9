import { ROLE_REQUESTS, type Requests, SIDECAR_REQUESTS } from "../catalog/istio-requests.ts";
import type { Finding } from "../model/finding.ts";
import type { KubeObject } from "../model/kube-object.ts";
import { asList, asObject, asText } from "../model/json.ts";
import type { Release } from "../model/stack.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";
import { inWords } from "./in-words.ts";
import { bytesText, coresText } from "../model/quantity.ts";
import { NO_REQUESTS, type PodGroup, plus, podGroups, podRequests, readRequests, times } from "./requests.ts";

/** What one release asks for, and where that is known from. */
interface Wanted {
  readonly release: string;
  readonly groups: readonly PodGroup[];
  readonly known: "chart" | "defaults" | "not";
}

/** Have the nodes room for what is still to be installed? Releases that are there already have theirs. */
export function checkResources(facts: Facts): readonly Finding[] {
  const [nodes, pods, installed] = [valueOf(facts.nodes), valueOf(facts.pods), valueOf(facts.installed)];
  if (nodes === null || pods === null || installed === null) return [];
  const free = nodes.filter(takesPods).map((node) => freeOn(node, pods));
  const missing = facts.stack.releases.filter(({ name }) => !installed.some(({ release }) => release === name));
  if (missing.length === 0) return [];
  const wanted = missing.map((release) => wantedBy(release, facts, free.length));
  const groups = wanted.flatMap((each) => each.groups);
  const sum = groups.reduce((total, { each, count }) => plus(total, times(count, each)), NO_REQUESTS);
  const room = free.reduce(plus, NO_REQUESTS);
  const message = `What is still to be installed asks for ${text(sum)}; ${free.length} nodes have ${text(room)} free.${basis(wanted)}`;
  if (!holds(room, sum)) return [short(message)];
  const homeless = groups.find(({ each, count }) => count > 0 && !free.some((node) => holds(node, each)));
  if (homeless) return [short(`${message} A pod that asks for ${text(homeless.each)} fits on none of them.`)];
  return [finding("resources", message, "Nothing to do.")];
}

function short(message: string): Finding {
  return finding(
    "resources-short",
    message,
    "Add nodes, or lower the requests in the values. Where nodes are added by themselves, nothing.",
  );
}

function wantedBy(release: Release, { rendered }: Facts, nodeCount: number): Wanted {
  const { name, role, injected } = release;
  const objects = valueOf(valueOf(rendered)?.find((each) => each.release === name)?.objects ?? null);
  if (objects !== null) {
    // A gateway's own container is the proxy; anything else gets one beside it.
    const proxy = injected && role === null ? SIDECAR_REQUESTS : NO_REQUESTS;
    const groups = podGroups(objects, nodeCount).map(({ each, count }) => ({ each: plus(each, proxy), count }));
    return { release: name, groups, known: "chart" };
  }
  const defaults = role === null ? undefined : ROLE_REQUESTS[role];
  if (defaults === undefined) return { release: name, groups: [], known: "not" };
  const count = role === "istio-cni" || role === "ztunnel" ? nodeCount : 1;
  return { release: name, groups: [{ each: defaults, count }], known: "defaults" };
}

function basis(wanted: readonly Wanted[]): string {
  const names = (known: Wanted["known"]): readonly string[] =>
    wanted.filter((each) => each.known === known).map(({ release }) => release);
  const [charts, defaults, unknown] = [names("chart"), names("defaults"), names("not")];
  return [
    charts.length > 0 ? ` As rendered: ${inWords(charts)}.` : "",
    defaults.length > 0 ? ` By Istio's defaults: ${inWords(defaults)}.` : "",
    unknown.length > 0 ? ` Not counted, as nothing is known: ${inWords(unknown)}.` : "",
  ].join("");
}

/** Nodes that are cordoned, or tainted so that ordinary pods stay away, are no room. */
function takesPods({ spec }: KubeObject): boolean {
  const keepsAway = asList(spec?.["taints"]).some((taint) =>
    ["NoSchedule", "NoExecute"].includes(asText(asObject(taint)["effect"]) ?? ""),
  );
  return spec?.["unschedulable"] !== true && !keepsAway;
}

function freeOn({ metadata, status }: KubeObject, pods: readonly KubeObject[]): Requests {
  const taken = pods
    .filter(({ spec }) => spec?.["nodeName"] === metadata.name)
    .reduce((total, { spec }) => plus(total, podRequests(spec ?? {})), NO_REQUESTS);
  const all = readRequests(status?.["allocatable"]);
  return { cpu: Math.max(0, all.cpu - taken.cpu), memory: Math.max(0, all.memory - taken.memory) };
}

function holds(room: Requests, wanted: Requests): boolean {
  return room.cpu >= wanted.cpu && room.memory >= wanted.memory;
}

function text({ cpu, memory }: Requests): string {
  return `${coresText(cpu)} CPU and ${bytesText(memory)} memory`;
}
