// The contestants: what people keep in shell scripts today, and the same as stack files.

const NO_WEBHOOKS = "--set global.operatorManageWebhooks=true";
const chart = (source, name) =>
  source.startsWith("http") ? `--repo ${source} ${name}` : `${source}/${name}-1.31.1.tgz`;

/** helm has no command for namespaces: each release makes its own, as scripts do. */
const upgrade = (helm, source, release, name, namespace, more) =>
  `${helm} upgrade --install ${release} ${chart(source, name)} --namespace ${namespace} --create-namespace ${more} >/dev/null`;

/** base, istiod, ingress, egress, one after the other, each waited for. */
export function installScript(helm, source) {
  return [
    "set -e",
    upgrade(helm, source, "istio-base", "base", "istio-system", "--wait"),
    upgrade(helm, source, "istiod", "istiod", "istio-system", `--wait ${NO_WEBHOOKS}`),
    upgrade(helm, source, "istio-ingressgateway", "gateway", "istio-ingress", "--wait"),
    upgrade(helm, source, "istio-egressgateway", "gateway", "istio-egress", "--wait --set service.type=ClusterIP"),
  ].join("\n");
}

/** The same script run again: helm does not know that nothing has changed. */
export const unchangedScript = installScript;

/** The same as a stack file. */
export function istioStack(source) {
  return `apiVersion: flotilla/v1
stack: bench
environments: { bench: { profile: sandbox, context: flotilla-sandbox-bench } }
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
