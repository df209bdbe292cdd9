import { eventLine, newestEvent } from "./cluster-events.ts";
import type { PodContainer } from "./containers.ts";
import type { Finding } from "./finding.ts";
import { containerName, type PodContext, podFinding } from "./pod-context.ts";

/** ConfigMaps, Secrets and their keys that containers or volumes name and that are not there. */
export function configMissing(context: PodContext): readonly Finding[] {
  const { containers, pod } = context;
  const named = containers
    .filter(({ waiting }) => waiting?.reason === "CreateContainerConfigError")
    .map((container) => wrongSettings(context, container));
  const begun = containers.some(({ running, ended, before }) => running || ended !== null || before !== null);
  return named.length > 0 || begun || pod.spec?.["nodeName"] === undefined ? named : missingVolumes(context);
}

/** The kubelet's words in CreateContainerConfigError: `secret "x" not found`, `couldn't find key k in Secret ns/x` … */
function wrongSettings(context: PodContext, container: PodContainer): Finding {
  const words = (container.waiting?.message ?? "").replace(/\.$/, "");
  const evidence = [`container ${container.name}: CreateContainerConfigError: ${words}`];
  if (/run ?as ?non-?root|run as root/i.test(words)) {
    return podFinding(context, {
      rule: "pod-security",
      cause: words.replace(/\(.*$/s, ""),
      message: `${containerName(container)} must not run as root (runAsNonRoot), but its image does.`.replace(
        /^./,
        (first) => first.toUpperCase(),
      ),
      hint: "Set securityContext.runAsUser to a number other than 0 in the release's values, or take an image with a user of its own.",
      evidence,
    });
  }
  return podFinding(context, {
    rule: "config-missing",
    cause: words,
    message: `${containerName(container)} cannot be configured: ${words}.`.replace(/^./, (first) =>
      first.toUpperCase(),
    ),
    hint: missingHint(words, context),
    evidence,
  });
}

/** `MountVolume.SetUp failed for volume "v" : secret "x" not found` in the event FailedMount. */
function missingVolumes(context: PodContext): readonly Finding[] {
  const event = newestEvent(
    context.events,
    ["FailedMount"],
    /(?:configmap|secret) ".*" not found|references non-existent (?:config|secret) key/i,
  );
  if (!event) return [];
  const [words = event.message] =
    /(?:configmap|secret) "[^"]*" not found|references non-existent .*/i.exec(event.message) ?? [];
  const [, volume] = /for volume "([^"]+)"/.exec(event.message) ?? [];
  return [
    podFinding(context, {
      rule: "config-missing",
      cause: words,
      message: `The volume ${volume ?? ""} cannot be mounted: ${words}.`,
      hint: missingHint(words, context),
      since: event.firstSeen,
      evidence: [eventLine(event)],
    }),
  ];
}

function missingHint(words: string, { pod, flag }: PodContext): string {
  const [, kind, name] = /(secret|configmap) "?(?:[\w.-]+\/)?([\w.-]+)"?/i.exec(words) ?? [];
  if (kind === undefined || name === undefined) {
    return `See what the kubelet says: kubectl describe pod ${pod.metadata.name} ${flag}`;
  }
  return /key/i.test(words)
    ? `Add the key; what is there: kubectl describe ${kind.toLowerCase()} ${name} ${flag}`
    : `Create it (kubectl create ${kind.toLowerCase() === "secret" ? "secret generic" : "configmap"} ${name} ${flag} …), or correct its name in the release's values. If another release makes it, name that one under needs.`;
}
