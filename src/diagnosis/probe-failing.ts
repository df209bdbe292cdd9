import { asObject } from "../model/json.ts";
import { eventLine, newestEvent } from "./cluster-events.ts";
import type { PodContainer } from "./containers.ts";
import { logOf } from "./containers.ts";
import { isKilledByProbe } from "./crash.ts";
import type { Finding } from "./finding.ts";
import { containerName, eventsOfContainer, type PodContext, podFinding } from "./pod-context.ts";

/** Containers that run but do not pass their probes (event Unhealthy), or are ended because of one. */
export function probeFailing(context: PodContext): readonly Finding[] {
  return context.containers
    .filter((container) => !container.ready)
    .flatMap((container) => {
      const killed = isKilledByProbe(context, container);
      if (!container.running && !killed) return [];
      const probes = ["readinessProbe", "startupProbe", "livenessProbe"].filter(
        (key) => container.spec[key] !== undefined,
      );
      const events = eventsOfContainer(context.events, container.name);
      const event = newestEvent(events, ["Unhealthy", "ProbeError"]);
      // The event may name no container; it is not about one that has no probe.
      if (!event || (event.fieldPath === "" && probes.length === 0 && context.containers.length > 1)) return [];
      return [failing(context, container, { event, killed })];
    });
}

function failing(
  context: PodContext,
  container: PodContainer,
  { event, killed }: { readonly event: NonNullable<ReturnType<typeof newestEvent>>; readonly killed: boolean },
): Finding {
  const [, probe = "readiness", answer = event.message] =
    /^(\w+) probe (?:failed|errored): ?([\s\S]*)/i.exec(event.message) ?? [];
  const kind = probe.toLowerCase();
  const settings = asObject(container.spec[`${kind}Probe`]);
  return podFinding(context, {
    rule: "probe-failing",
    cause: `${container.name} ${kind}`,
    message:
      `${containerName(container)} ${killed ? "is ended again and again: it" : "runs, but"} does not pass its ${kind} probe${target(settings)}: ${why(answer)}.`.replace(
        /^./,
        (first) => first.toUpperCase(),
      ),
    hint: killed
      ? `If it only needs longer to start, give it a startupProbe or a larger initialDelaySeconds in the release's values; else see its log: kubectl logs ${context.pod.metadata.name} ${context.flag} --container ${container.name} --previous`
      : `See what it does: kubectl logs ${context.pod.metadata.name} ${context.flag} --container ${container.name}. Check the probe's port and path in the release's values.`,
    since: event.firstSeen,
    evidence: [eventLine(event)],
    log: logOf(context.pod, container),
  });
}

/** Where the probe asks: ` (GET /ready on port 8080)`. */
function target(probe: ReturnType<typeof asObject>): string {
  const http = asObject(probe["httpGet"]);
  if (http["port"] !== undefined) return ` (GET ${String(http["path"] ?? "/")} on port ${String(http["port"])})`;
  const tcp = asObject(probe["tcpSocket"]);
  if (tcp["port"] !== undefined) return ` (TCP port ${String(tcp["port"])})`;
  return probe["exec"] === undefined ? "" : " (a command)";
}

/** Without the pod's address, which is another one for each pod. */
function why(answer: string): string {
  const text = answer.trim().split("\n")[0] ?? "";
  if (/connection refused/.test(text)) return "nothing listens there";
  if (/deadline exceeded|Client\.Timeout|timed? ?out/i.test(text)) return "no answer in time";
  return text.replace(/\.$/, "") || "it fails";
}
