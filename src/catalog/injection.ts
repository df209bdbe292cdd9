/** Labels as a namespace carries them. */
export type Labels = { readonly [key: string]: string };

/**
 * True when pods of a namespace with these labels get a sidecar. `istio-injection` beats `istio.io/rev`
 * (istio.io, "Installing the Sidecar", namespace label precedence).
 */
export function isInjected(labels: Labels): boolean {
  const injection = labels["istio-injection"];
  if (injection !== undefined) return injection === "enabled";
  return labels["istio.io/rev"] !== undefined;
}

/** True when the injection webhook leaves this namespace out, gateways included: their pods would keep the image `auto`. */
export function refusesInjection(labels: Labels): boolean {
  return labels["istio-injection"] === "disabled";
}

/** True when pods of a namespace with these labels are taken into the mesh by ztunnel (istio.io, "Add workloads to the mesh"). */
export function isAmbient(labels: Labels): boolean {
  return labels["istio.io/dataplane-mode"] === "ambient";
}
