import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { connect } from "../../src/kube/connect.ts";
import { resourcePath } from "../../src/kube/resource-path.ts";
import { parseWholeManifest } from "../../src/manifest/parse-manifest.ts";
import { runHelm } from "../charts-rendered/render-chart.ts";
import type { TestSandbox } from "./test-sandbox.ts";

const exec = promisify(execFile);

/** What the charts are stamped as. */
const VERSION = "1.30.5";

const OWNER = {
  "install.operator.istio.io/owning-resource": "unknown",
  "install.operator.istio.io/owning-resource-namespace": "istio-system",
  "istio.io/rev": "default",
  "operator.istio.io/managed": "Reconcile",
  "operator.istio.io/version": VERSION,
};

/** One of the parts that `istioctl install` installs. */
export interface IstioctlComponent {
  /** Its own name for it, in a label: `Base`, `Pilot`, `IngressGateways`. */
  readonly component: string;
  /** What it renders the chart as. */
  readonly name: string;
  readonly chart: string;
  /** For `helm template --set`. */
  readonly set?: readonly string[];
}

/**
 * Leaves a cluster as `istioctl install` leaves it (istio.io, operator/pkg/install/install.go), which applies its charts on
 * the server's side as manager `istio-operator`, by force, with labels that say that they are its own. The real one, which
 * takes minutes to build, is used where FLOTILLA_TEST_ISTIOCTL names it.
 */
export async function installAsIstioctl(sandbox: TestSandbox, components: readonly IstioctlComponent[]): Promise<void> {
  const istioctl = process.env["FLOTILLA_TEST_ISTIOCTL"];
  if (istioctl) {
    const values = components.flatMap(({ set = [] }) => set.map((value) => `values.${value}`));
    const settings = ["profile=minimal", "hub=docker.io/istio", `tag=${VERSION}`, ...values];
    const flags = settings.flatMap((setting) => ["--set", setting]);
    await exec(istioctl, ["install", "--skip-confirmation", "--kubeconfig", sandbox.kubeconfig, ...flags]);
    return;
  }
  const signal = AbortSignal.timeout(60_000);
  const client = await connect({ kubeconfig: sandbox.kubeconfig, context: sandbox.context });
  const namespace = "istio-system";
  try {
    await sandbox.api.send("POST", "/api/v1/namespaces", { metadata: { name: namespace } });
    for (const { component, name, chart, set = [] } of components) {
      const flags = set.flatMap((value) => ["--set", value]);
      const { stdout } = await runHelm("helm4", ["template", name, chart, "--namespace", namespace, ...flags]);
      for (const object of parseWholeManifest(stdout)) {
        const kind = await client.resource(object, signal);
        const { metadata } = object;
        const place = kind.namespaced ? (metadata.namespace ?? namespace) : null;
        const labels = { ...metadata.labels, ...OWNER, "operator.istio.io/component": component };
        const path = resourcePath(kind, place, metadata.name, { fieldManager: "istio-operator", force: true });
        await sandbox.api.send(
          "PATCH",
          path,
          { ...object, metadata: { ...metadata, labels } },
          "application/apply-patch+yaml",
        );
      }
    }
  } finally {
    client.close();
  }
}
