import { CHART_PORTS } from "../catalog/gateway-ports.ts";
import { refusesInjection } from "../catalog/injection.ts";
import type { ConfigProblem } from "../model/errors.ts";
import type { RuleInput } from "./shaped-stack.ts";

/** A gateway's ports have names and numbers of their own, those that the chart opens anyway included. */
export function gatewayPorts({ source, stack }: RuleInput): ConfigProblem[] {
  return Object.entries(stack.istio?.gateways ?? {}).flatMap(([gateway, { ports = [] }]) => {
    const names = new Set(CHART_PORTS.map(({ name }) => name));
    const numbers = new Set(CHART_PORTS.map(({ port }) => port));
    return ports.flatMap(({ name, port }, index) => {
      const path = ["istio", "gateways", gateway, "ports", index];
      const taken: ConfigProblem[] = [];
      const hint = `every gateway has ${CHART_PORTS.map((own) => `${own.port} (${own.name})`).join(", ")} already`;
      if (names.has(name)) {
        taken.push(
          source.problem([...path, "name"], "value", { message: `"${gateway}" has two ports named "${name}"`, hint }),
        );
      }
      if (numbers.has(port)) {
        taken.push(
          source.problem([...path, "port"], "value", { message: `"${gateway}" has the port ${port} twice`, hint }),
        );
      }
      names.add(name);
      numbers.add(port);
      return taken;
    });
  });
}

/** The injection webhook must see a gateway's pods: without it they keep the image `auto` for ever. */
export function gatewayInjection({ source, stack }: RuleInput): ConfigProblem[] {
  return Object.entries(stack.istio?.gateways ?? {}).flatMap(([gateway, { namespace }]) => {
    if (!refusesInjection(stack.namespaces?.[namespace]?.labels ?? {})) return [];
    return [
      source.problem(["namespaces", namespace, "labels", "istio-injection"], "value", {
        message: `the gateway "${gateway}" runs in "${namespace}", where istio-injection=disabled keeps its proxy out`,
        hint: "remove the label, or give the gateway another namespace",
      }),
    ];
  });
}

/** Without a platform nobody knows how its load balancers are kept internal. */
export function exposureWithoutProfile({ source, stack, environment }: RuleInput): ConfigProblem[] {
  if (environment.sandbox || stack.environments?.[environment.name]?.profile !== undefined) return [];
  return Object.entries(stack.istio?.gateways ?? {}).flatMap(([gateway, { exposure }]) => {
    if (exposure === undefined) return [];
    return [
      source.problem(["istio", "gateways", gateway, "exposure"], "key", {
        severity: "warning",
        message: `exposure has no effect: the environment "${environment.name}" names no profile`,
        hint: "what it means depends on the platform; set profile, or the service's annotations in values",
      }),
    ];
  });
}
