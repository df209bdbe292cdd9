// The contestants: what people keep in shell scripts today, and the same as stack files.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";

const NO_WEBHOOKS = "--set global.operatorManageWebhooks=true";
const chart = (source, name) =>
  source.startsWith("http") ? `--repo ${source} ${name}` : `${source}/${name}-1.31.1.tgz`;

/** helm has no command for namespaces: each release makes its own, as scripts do. */
const upgrade = (helm, source, release, name, namespace, more) =>
  `${helm} upgrade --install ${release} ${chart(source, name)} --namespace ${namespace} --create-namespace ${more} >/dev/null`;

/** base, istiod, ingress, egress, one after the other, each waited for. @param istiodFlags the sandbox has no webhooks */
export function installScript(helm, source, istiodFlags = NO_WEBHOOKS) {
  return [
    "set -e",
    upgrade(helm, source, "istio-base", "base", "istio-system", "--wait"),
    upgrade(helm, source, "istiod", "istiod", "istio-system", `--wait ${istiodFlags}`),
    upgrade(helm, source, "istio-ingressgateway", "gateway", "istio-ingress", "--wait"),
    upgrade(helm, source, "istio-egressgateway", "gateway", "istio-egress", "--wait --set service.type=ClusterIP"),
  ].join("\n");
}

/** Gateways before istiod, nothing waited for: pods that are created while there is no injection webhook. */
export function wrongOrderScript(helm, source) {
  const [start, base, istiod, ...gateways] = installScript(helm, source, "").replaceAll(" --wait", "").split("\n");
  return [start, base, ...gateways, istiod].join("\n");
}

/** The same script run again: helm does not know that nothing has changed. */
export const unchangedScript = installScript;

/** The same mesh by istioctl, whose charts are those of its own build; the sandbox has no webhooks. */
export function istioctlFlags() {
  return [
    "profile=minimal",
    "hub=docker.io/istio",
    "tag=1.31.1",
    "values.global.operatorManageWebhooks=true",
    "components.ingressGateways[0].enabled=true",
    "components.ingressGateways[0].name=istio-ingressgateway",
    "components.egressGateways[0].enabled=true",
    "components.egressGateways[0].name=istio-egressgateway",
  ].flatMap((setting) => ["--set", setting]);
}

/** The same as a stack file. */
export function istioStack(source, environment = "{ profile: sandbox, context: flotilla-sandbox-bench }") {
  return `apiVersion: flotilla/v1
stack: bench
environments: { bench: ${environment} }
istio:
  version: 1.31.1
  source: ${source}
  gateways:
    istio-ingressgateway: { role: ingress, namespace: istio-ingress }
    istio-egressgateway: { role: egress, namespace: istio-egress }
`;
}

const gatewayNames = (count) => Array.from({ length: count }, (_, index) => `gateway-${index + 1}`);

/** Many releases of one chart with nothing between them. */
export function gatewayStack(source, count) {
  const releases = gatewayNames(count).map(
    (name) =>
      `  - { name: ${name}, namespace: gateways, chart: { source: ${source}, name: gateway }, version: 1.31.1 }`,
  );
  return `apiVersion: flotilla/v1
stack: bench-gateways
environments: { bench: { profile: sandbox, context: flotilla-sandbox-bench } }
releases:
${releases.join("\n")}
`;
}

/** The same with xargs, so many helms at once. */
export function xargsScript(helm, source, count, workers) {
  const one = upgrade(helm, source, "{}", "gateway", "gateways", "--wait");
  return `set -e\nprintf '%s\\n' ${gatewayNames(count).join(" ")} | xargs -P ${workers} -I{} bash -c '${one}'`;
}

/** Writes a stack file into a folder of its own. @returns its path */
export async function writeStack(world, name, text) {
  const file = join(world.folder, name, "flotilla.yaml");
  await mkdir(join(world.folder, name), { recursive: true });
  await writeFile(file, text);
  return file;
}
