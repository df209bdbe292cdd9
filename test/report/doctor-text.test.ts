import { describe, expect, it } from "vitest";
import { PreflightError } from "../../src/model/errors.ts";
import type { Finding } from "../../src/model/finding.ts";
import { doctorDocument, doctorText } from "../../src/report/doctor-text.ts";
import { errorDocument } from "../../src/report/error-document.ts";
import { formatError } from "../../src/report/errors.ts";

const ERROR: Finding = { code: "gitops-owned", severity: "error", message: "It is Flux's.", hint: "Let go of it." };
const WARNING: Finding = { code: "istio-end-of-life", severity: "warning", message: "It ends.", hint: "Move on." };
const INFO: Finding = { code: "identity", severity: "info", message: "You are jane.", hint: "Ask kubectl." };

const view = (findings: readonly Finding[]) => ({
  stack: "shop",
  environment: "dev",
  context: "minikube",
  kubernetesVersion: "v1.36.3",
  helmVersion: "4.3.1",
  findings,
});

describe("doctor, for people", () => {
  it("shows what was looked at, each finding with what to do, and a sum", () => {
    expect(doctorText(view([ERROR, WARNING, INFO]), { color: false })).toBe(`\
shop → dev (minikube, Kubernetes 1.36.3, Helm 4.3.1)

✖ gitops-owned  It is Flux's.
  → Let go of it.

▲ istio-end-of-life  It ends.
  → Move on.

• identity  You are jane.

1 error, 1 warning: up would be refused.
`);
  });

  it("tells apart what stops up and what does not", () => {
    const last = (findings: readonly Finding[]): string | undefined =>
      doctorText(view(findings), { color: false }).trimEnd().split("\n").at(-1);
    expect(last([WARNING, WARNING])).toBe("2 warnings; nothing that would stop up.");
    expect(last([INFO])).toBe("Nothing stands in the way.");
  });

  it("says so when there is no cluster or no helm", () => {
    const nothing = { ...view([]), context: null, kubernetesVersion: null, helmVersion: null };
    expect(doctorText(nothing, { color: false })).toContain("shop → dev (no cluster, no helm)");
  });

  it("shows nothing that a terminal would act on", () => {
    const text = doctorText(view([{ ...ERROR, message: "a\u001b[31mb" }]), { color: false });
    expect(text).not.toContain("\u001b");
  });
});

it("doctor's document has exactly the contract's fields", () => {
  expect(doctorDocument(view([ERROR, INFO]))).toEqual({ version: 1, findings: [ERROR, INFO] });
});

describe("a preflight that refuses", () => {
  const error = new PreflightError("One thing keeps the stack shop from being applied.", [ERROR]);

  it("shows all findings", () => {
    expect(formatError(error, { color: false, verbose: false })).toBe(`\
error[preflight-failed]: One thing keeps the stack shop from being applied.

✖ gitops-owned  It is Flux's.
  → Let go of it.

  hint: \`flotilla doctor\` looks at everything, and changes nothing.
`);
  });

  it("has them in its document", () => {
    expect(errorDocument(error)).toMatchObject({ code: "preflight-failed", problems: null, findings: [ERROR] });
  });
});
