import type { JsonObject } from "../model/json.ts";
import { ISTIO_NAMESPACE, type IstioSettings } from "./istio-settings.ts";

/** What a chart of Istio's can be told under `global`. */
type GlobalKey = "istioNamespace" | "hub" | "imagePullSecrets";

/** The settings under `global`, as far as a chart reads them and they differ from what it assumes. */
export function componentGlobals(settings: IstioSettings, keys: readonly GlobalKey[]): JsonObject {
  const { namespace, hub, imagePullSecrets } = settings;
  const told: Readonly<Record<GlobalKey, JsonObject>> = {
    istioNamespace: namespace === ISTIO_NAMESPACE ? {} : { istioNamespace: namespace },
    hub: hub === null ? {} : { hub },
    imagePullSecrets: imagePullSecrets.length === 0 ? {} : { imagePullSecrets },
  };
  const values: JsonObject = Object.assign({}, ...keys.map((key) => told[key]));
  return Object.keys(values).length === 0 ? {} : { global: values };
}

/** The gateway chart reads no `global.imagePullSecrets` and wants objects, not names (its values.schema.json). */
export function gatewayPullSecrets({ imagePullSecrets }: IstioSettings): JsonObject {
  return imagePullSecrets.length === 0 ? {} : { imagePullSecrets: imagePullSecrets.map((name) => ({ name })) };
}

/**
 * What istiod must know of the node agents. The ambient profile is one of the charts' own; beside cni, injected pods get
 * no init container (istio.io, "Install the Istio CNI node agent"); a ztunnel in another namespace has to be trusted
 * (istio-discovery/values.yaml, trustedZtunnelNamespace).
 */
export function istiodDefaults({ mode, cni, namespace, nodeAgentNamespace }: IstioSettings): JsonObject {
  if (mode === "sidecar") return cni ? { pilot: { cni: { enabled: true } } } : {};
  const elsewhere = nodeAgentNamespace === namespace ? {} : { trustedZtunnelNamespace: nodeAgentNamespace };
  return { profile: "ambient", ...elsewhere };
}
