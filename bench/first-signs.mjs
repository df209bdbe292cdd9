// What the cluster shows first of each failure, apart from flotilla: by the API's own objects, watched from outside.

const waits =
  (...reasons) =>
  (object) =>
    containers(object).some(({ state }) => reasons.includes(state?.waiting?.reason));
const ended = (isIt) => (object) =>
  containers(object).some(({ state, lastState }) => [state, lastState].some((each) => isIt(each?.terminated)));
const containers = ({ kind, status }) => (kind === "Pod" ? (status?.containerStatuses ?? []) : []);
const event =
  (name) =>
  ({ kind, reason }) =>
    kind === "Event" && reason === name;
const condition = (wanted, type, status) => (object) =>
  object.kind === wanted &&
  (object.status?.conditions ?? []).some((each) => each.type === type && each.status === status);

const image = (name) => (object) =>
  object.kind === "Pod" && object.spec.containers.some((container) => container.image === name);
const is = (kind) => (object) => object.kind === kind;

/** Release of test/node/failures.ts → whether an object shows its failure. */
export const NODE_SIGNS = {
  image: waits("ErrImagePull", "ImagePullBackOff"),
  crash: ended((state) => state?.exitCode > 0),
  memory: ended((state) => state?.reason === "OOMKilled"),
  configmap: waits("CreateContainerConfigError"),
  "secret-key": waits("CreateContainerConfigError"),
  "secret-volume": event("FailedMount"),
  probe: event("Unhealthy"),
  size: condition("Pod", "PodScheduled", "False"),
  volume: event("ProvisioningFailed"),
  quota: event("FailedCreate"),
  security: event("FailedCreate"),
  job: condition("Job", "Failed", "True"),
  hook: condition("Job", "Failed", "True"),
};

/** The same for scenarios of test/cluster/diagnosis-scenarios.ts; the others show nothing before helm itself speaks. */
export const SANDBOX_SIGNS = {
  "image-pull": waits("ErrImagePull", "ImagePullBackOff"),
  "three-pods": waits("ErrImagePull", "ImagePullBackOff"),
  "hook-image": waits("ErrImagePull", "ImagePullBackOff"),
  "crash-loop": ended((state) => state?.exitCode > 0),
  "oom-killed": ended((state) => state?.reason === "OOMKilled"),
  "config-missing": waits("CreateContainerConfigError"),
  "no-account": event("FailedCreate"),
  "probe-failing": event("Unhealthy"),
  unschedulable: condition("Pod", "PodScheduled", "False"),
  "no-such-node": condition("Pod", "PodScheduled", "False"),
  quota: event("FailedCreate"),
  "pod-security": event("FailedCreate"),
  "webhook-unreachable": event("FailedCreate"),
  "webhook-denied": event("FailedCreate"),
  "injection-missed": image("auto"),
  "volume-unbound": event("ProvisioningFailed"),
  "progress-deadline": condition("Deployment", "Progressing", "False"),
  "job-failed": condition("Job", "Failed", "True"),
  "hook-failed": condition("Job", "Failed", "True"),
  "load-balancer": is("Service"),
  "no-endpoints": is("Service"),
};

const WATCHED = [
  ["Pod", "/api/v1/pods"],
  ["Event", "/api/v1/events"],
  ["Service", "/api/v1/services"],
  ["Deployment", "/apis/apps/v1/deployments"],
  ["Job", "/apis/batch/v1/jobs"],
];

/**
 * Watches until the API client is closed.
 * @param signs release → whether an object of its namespace shows its failure
 * @param releaseOf the release that a namespace is for
 * @returns release → when its failure showed first, as `performance.now()`
 */
export function watchFirstSigns(api, signs, releaseOf = (namespace) => namespace) {
  const seen = new Map();
  for (const [kind, path] of WATCHED) {
    api.watch(path, (_type, object) => {
      const release = releaseOf(object.metadata.namespace);
      if (seen.has(release) || !signs[release]?.({ ...object, kind })) return;
      seen.set(release, performance.now());
    });
  }
  return seen;
}
