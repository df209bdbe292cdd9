import { eventLine, newestEvent } from "./cluster-events.ts";
import type { PodContainer } from "./containers.ts";
import type { Finding } from "./finding.ts";
import { containerName, eventsOfContainer, type PodContext, podFinding } from "./pod-context.ts";

/** Reasons of the kubelet (k8s.io/kubernetes pkg/kubelet/images/types.go). */
const PULLING = [
  "ErrImagePull",
  "ImagePullBackOff",
  "RegistryUnavailable",
  "SignatureValidationFailed",
  "ImageInspectError",
];
const NEVER = ["InvalidImageName", "ErrImageNeverPull"];

/** What registries and container runtimes say, the narrower first. */
const REASONS: readonly { readonly pattern: RegExp; readonly why: string; readonly hint: (image: string) => string }[] =
  [
    {
      pattern: /toomanyrequests|rate limit|429/i,
      why: "the registry lets nobody pull that often",
      hint: () => "Wait, log in to the registry with a pull secret (imagePullSecrets), or pull from a mirror.",
    },
    {
      pattern: /no match(?:ing manifest)? for (?:platform|\w+\/)|no matching manifest/i,
      why: "it is not made for the node's processor",
      hint: () =>
        "Take an image for this platform, or let the pod run on other nodes (nodeSelector kubernetes.io/arch).",
    },
    {
      pattern:
        /unauthorized|authentication required|no basic auth|access (?:to the resource is )?denied|pull access denied|\b40[13]\b/i,
      why: "the registry does not let this cluster in, or has no such image",
      hint: () =>
        "Check the image's name; if it is private, name a Secret of type kubernetes.io/dockerconfigjson in the release's imagePullSecrets.",
    },
    {
      pattern: /not found|manifest unknown|does not exist|NotFound/i,
      why: "the registry has no such image or tag",
      hint: (image) => `Correct the image's name or tag in the release's values, or push ${image}.`,
    },
    {
      pattern: /x509|certificate|tls:/i,
      why: "the registry's certificate is not trusted by the node",
      hint: () => "Let the nodes' container runtime trust the registry's authority, or use another registry.",
    },
    {
      pattern: /no such host|timeout|refused|unreachable|reset by peer|deadline|EOF|dial tcp/i,
      why: "the node cannot reach the registry",
      hint: () => "Check the registry's host name in the image, and the nodes' network, DNS and proxy.",
    },
  ];

/** Containers whose image does not come. */
export function imagePull(context: PodContext): readonly Finding[] {
  return context.containers.flatMap((container) => {
    const reason = container.waiting?.reason ?? "";
    if (container.image === "auto") return [];
    if (NEVER.includes(reason)) return [wrongName(context, container)];
    return PULLING.includes(reason) ? [failedPull(context, container)] : [];
  });
}

function failedPull(context: PodContext, container: PodContainer): Finding {
  const { image, waiting } = container;
  const events = eventsOfContainer(context.events, container.name);
  const failure = newestEvent(events, ["Failed"], /failed to pull/i);
  const said = `${failure?.message ?? ""} ${waiting?.message ?? ""}`;
  const known = REASONS.find(({ pattern }) => pattern.test(said));
  return podFinding(context, {
    rule: "image-pull",
    cause: image,
    message: `The image ${image} of ${containerName(container)} cannot be pulled${known ? `: ${known.why}` : ""}.`,
    hint:
      known?.hint(image) ??
      `See what the kubelet says: kubectl describe pod ${context.pod.metadata.name} ${context.flag}`,
    ...(failure?.firstSeen ? { since: failure.firstSeen } : {}),
    evidence: [
      `container ${container.name}: ${waiting?.reason}${waiting?.message ? `: ${waiting.message}` : ""}`,
      ...(failure ? [eventLine(failure)] : []),
    ],
  });
}

function wrongName(context: PodContext, container: PodContainer): Finding {
  const { image, waiting } = container;
  const never = waiting?.reason === "ErrImageNeverPull";
  return podFinding(context, {
    rule: "image-name",
    cause: image,
    message: never
      ? `The image ${image} of ${containerName(container)} is not on the node, and its pull policy is Never.`
      : `"${image}", the image of ${containerName(container)}, is no name of an image.`,
    hint: never
      ? "Set imagePullPolicy to IfNotPresent in the release's values, or load the image into the nodes."
      : "Correct the image in the release's values: registry/path:tag, in lower case.",
    evidence: [`container ${container.name}: ${waiting?.reason}: ${waiting?.message ?? ""}`],
  });
}
