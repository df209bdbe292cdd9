import { expect, it } from "vitest";
import { againCommand } from "../../src/cli/again.ts";
import { choicesOf, choiceWords } from "../../src/cli/commands/plan-choices.ts";
import type { GlobalOptions } from "../../src/cli/options.ts";

const NONE: GlobalOptions = { output: "text", color: true };

it.each<[string, readonly string[], Partial<GlobalOptions>, string]>([
  ["nothing but itself", ["up"], {}, "flotilla up"],
  ["the environment that was meant", ["up"], { environment: "prod" }, "flotilla up -e prod"],
  [
    "file and cluster",
    ["down", "--crds"],
    { config: "shop.yaml", context: "kind-dev", kubeconfig: "kube/config" },
    "flotilla down --crds -c shop.yaml --context kind-dev --kubeconfig kube/config",
  ],
  // A variable may name the context of another cluster.
  ["the sandbox alone", ["rollback", "r1"], { sandbox: true, context: "prod" }, "flotilla rollback r1 --sandbox"],
  [
    "what a shell would take apart",
    ["up"],
    { config: "my 'own'.yaml" },
    String.raw`flotilla up -c 'my '\''own'\''.yaml'`,
  ],
])("the command to go on with names %s", (_title, words, options, expected) => {
  expect(againCommand(words, { ...NONE, ...options })).toBe(expected);
});

it("has the choices of the run that it goes on with", () => {
  const flags = { set: ["web.host=${env:HOST}", "web.replicas=2"], prune: true };
  const words = choiceWords(choicesOf(flags, { ...NONE, only: ["web", "db"] }));
  expect(againCommand(["up", ...words], NONE)).toBe(
    "flotilla up --only web --only db --prune --set 'web.host=${env:HOST}' --set web.replicas=2",
  );
});

it("shows no secret that was given by itself, short or quoted as it may be", () => {
  const set = ["web.password=abc", "web.auth.token=it's-a-secret", "web.apiKey=${secret:env:KEY}"];
  expect(againCommand(["up", ...choiceWords(choicesOf({ set }, NONE))], NONE)).toBe(
    "flotilla up --set 'web.password=***' --set 'web.auth.token=***' --set 'web.apiKey=${secret:env:KEY}'",
  );
});
