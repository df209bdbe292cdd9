import type { ConfigProblem } from "../model/errors.ts";
import { didYouMeanOneOf } from "../model/near-name.ts";
import { releaseNames } from "./release-names.ts";
import { placedReleases, type RuleInput } from "./shaped-stack.ts";
import { SMOKE_TEST_KINDS, smokeTestName } from "./smoke-tests.ts";
import type { SmokeTestEntry } from "./schema-verify.ts";
import type { Path } from "./yaml-source.ts";

/** Every smoke test is of one kind, has a name of its own, and a way in. */
export function smokeTestsMakeSense(input: RuleInput): ConfigProblem[] {
  return placedReleases(input.stack).flatMap(({ entry, path }) => {
    const seen = new Set<string>();
    return (entry.verify ?? []).flatMap((test, index) => {
      const at: Path = [...path, "verify", index];
      const name = smokeTestName(test);
      const twice = seen.has(name);
      seen.add(name);
      return [
        ...oneKind(test, at, input),
        ...(twice
          ? [problem(input, at, `"${entry.name}" has two smoke tests named "${name}"`, "give each a name")]
          : []),
        ...wayIn(test, at, input),
        ...portOf(test, at, input),
        ...caOf(test, at, input),
      ];
    });
  });
}

function problem({ source }: RuleInput, at: Path, message: string, hint: string): ConfigProblem {
  return source.problem(at, "value", { message, hint });
}

function oneKind(test: SmokeTestEntry, at: Path, input: RuleInput): ConfigProblem[] {
  const kinds = SMOKE_TEST_KINDS.filter((kind) => test[kind] !== undefined);
  if (kinds.length === 1) return [];
  const what = kinds.length === 0 ? "says nothing to test" : `is of several kinds: ${kinds.join(", ")}`;
  return [problem(input, at, `a smoke test ${what}`, "write one of https, dicom and tcp")];
}

function wayIn({ gateway, service }: SmokeTestEntry, at: Path, input: RuleInput): ConfigProblem[] {
  if (gateway !== undefined && service !== undefined) {
    return [problem(input, [...at, "service"], "a smoke test has one way in", "remove gateway or service")];
  }
  if (service !== undefined) return [];
  const gateways = Object.entries(input.stack.istio?.gateways ?? {});
  if (gateway !== undefined) {
    const names = releaseNames(input.tree).map(({ name }) => name);
    if (names.includes(gateway)) return [];
    const hint = didYouMeanOneOf(
      gateway,
      "gateways",
      gateways.map(([name]) => name),
    );
    return [input.source.problem([...at, "gateway"], "value", { message: `there is no gateway "${gateway}"`, hint })];
  }
  const ingress = gateways.filter(([, { role }]) => role === "ingress").map(([name]) => name);
  if (ingress.length === 1) return [];
  const what =
    ingress.length === 0 ? "the stack has no ingress gateway" : `the stack has ${ingress.length} ingress gateways`;
  const hint = ingress.length === 0 ? "name a service" : `name one with gateway: ${ingress.join(", ")}`;
  return [problem(input, at, `a smoke test names no way in, and ${what}`, hint)];
}

function portOf({ tcp, port }: SmokeTestEntry, at: Path, input: RuleInput): ConfigProblem[] {
  if (tcp === undefined || port !== undefined) return [];
  return [problem(input, at, "a smoke test of kind tcp names no port", "add port")];
}

/** What nobody reads would give false comfort. */
function caOf({ ca, tls, tcp }: SmokeTestEntry, at: Path, input: RuleInput): ConfigProblem[] {
  const plain = tls === false || (tls === undefined && tcp !== undefined);
  if (ca === undefined || !plain) return [];
  return [problem(input, [...at, "ca"], "ca has no effect without TLS", "set tls: true, or remove it")];
}
