import { CHART_PORTS } from "../catalog/gateway-ports.ts";
import { refusesInjection } from "../catalog/injection.ts";
import type { ConfigProblem } from "../model/errors.ts";
import { isMapping } from "../catalog/mapping.ts";
import { itemsAt } from "./json-tree.ts";
import type { RuleInput } from "./shaped-stack.ts";

/** A gateway's ports have names and numbers of their own, those that the chart opens anyway included. */
export function gatewayPorts({ source, stack, tree }: RuleInput): ConfigProblem[] {
  return Object.keys(stack.istio?.gateways ?? {}).flatMap((gateway) => {
    const names = new Set(CHART_PORTS.map(({ name }) => name));
    const numbers = new Set(CHART_PORTS.map(({ port }) => port));
    return itemsAt(tree, ["istio", "gateways", gateway, "ports"]).flatMap(({ value, path }) => {
      const { name, port } = isMapping(value) ? value : {};
      const taken: ConfigProblem[] = [];
      const hint = `every gateway has ${CHART_PORTS.map((own) => `${own.port} (${own.name})`).join(", ")} already`;
      if (typeof name === "string" && names.has(name)) {
        taken.push(
          source.problem([...path, "name"], "value", { message: `"${gateway}" has two ports named "${name}"`, hint }),
        );
      }
      if (typeof port === "number" && numbers.has(port)) {
        taken.push(
          source.problem([...path, "port"], "value", { message: `"${gateway}" has the port ${port} twice`, hint }),
        );
      }
      if (typeof name === "string") names.add(name);
      if (typeof port === "number") numbers.add(port);
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
