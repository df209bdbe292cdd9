import { refusesInjection } from "../catalog/injection.ts";
import type { Finding } from "../model/finding.ts";
import { type Facts, valueOf } from "./facts.ts";
import { finding } from "./finding-codes.ts";

/** Do the namespaces' labels, as they will be, say one thing about injection? */
export function checkInjectionLabels({ stack, namespaces }: Facts): readonly Finding[] {
  const existing = valueOf(namespaces);
  if (existing === null) return [];
  return stack.namespaces.flatMap(({ name, labels: wanted }) => {
    const labels = { ...existing.find(({ metadata }) => metadata.name === name)?.metadata.labels, ...wanted };
    const gateways = stack.releases.filter(({ namespace, role }) => namespace === name && role?.endsWith("-gateway"));
    const [injection, revision] = [labels["istio-injection"], labels["istio.io/rev"]];
    const both = injection !== undefined && revision !== undefined;
    return [
      ...(gateways.length > 0 && refusesInjection(labels)
        ? [
            finding(
              "injection-disabled",
              `Namespace ${name} has the label istio-injection=disabled: the pods of ${gateways.map((each) => each.name).join(", ")} would never get their proxy.`,
              `kubectl label namespace ${name} istio-injection-`,
            ),
          ]
        : []),
      ...(both
        ? [
            finding(
              "injection-labels",
              `Namespace ${name} has both istio-injection=${injection} and istio.io/rev=${revision}: the first one wins, the revision has no effect.`,
              `Remove one of the two: kubectl label namespace ${name} istio-injection-`,
            ),
          ]
        : []),
    ];
  });
}
