import { expect, test } from "vitest";
import type { ProbeResult, VerifyReport } from "../../src/model/verify-report.ts";
import { eventLines } from "../../src/report/event-lines.ts";
import { createPalette } from "../../src/report/colors.ts";
import { EMPTY_RUN_VIEW } from "../../src/report/run-view.ts";
import { verifyDocument } from "../../src/report/verify-document.ts";
import { verifyText } from "../../src/report/verify-text.ts";

const passed: ProbeResult = {
  probe: "connect",
  outcome: "passed",
  code: null,
  message: "takes connections",
  hint: null,
  durationMs: 3,
};
const failed: ProbeResult = {
  probe: "tls",
  outcome: "failed",
  code: "certificate-expired",
  message: "The certificate of web.test:443 has expired.",
  hint: "Have it renewed.",
  durationMs: 12,
};
const skipped: ProbeResult = {
  probe: "https",
  outcome: "skipped",
  code: null,
  message: null,
  hint: null,
  durationMs: 0,
};

const REPORT: VerifyReport = {
  version: 1,
  stack: "shop",
  environment: "default",
  context: "minikube",
  outcome: "failed",
  durationMs: 1200,
  tests: [
    {
      release: "web",
      name: "https",
      kind: "https",
      target: "web.test:443",
      via: "10.97.0.4:443",
      outcome: "failed",
      durationMs: 15,
      probes: [passed, failed, skipped],
    },
  ],
};

test("smoke tests as people see them", () => {
  expect(verifyText(REPORT, { color: false })).toBe(`✖ shop → default (minikube): 1 of 3 probes failed in 1.2s

     TEST       PROBE    RESULT   TIME  DETAIL
  ✔  web/https  connect  passed   0.0s  10.97.0.4:443
  ✖             tls      failed   0.0s  certificate-expired
  ↷             https    skipped

Failed
  ✖ web/https tls: certificate-expired
    The certificate of web.test:443 has expired.
    → Have it renewed.
`);
  const well: VerifyReport = {
    ...REPORT,
    outcome: "passed",
    tests: REPORT.tests.map((test) => ({ ...test, probes: [passed] })),
  };
  expect(verifyText(well, { color: false })).toContain("✔ shop → default (minikube): 1 smoke test passed in 1.2s");
});

test("smoke tests as programs see them", () => {
  expect(verifyDocument(REPORT)).toEqual(REPORT);
});

test("a probe in a log", () => {
  const event = { type: "probe-finished", release: "web", test: "https", ...failed } as const;
  expect(eventLines(event, EMPTY_RUN_VIEW, createPalette(false))).toEqual([
    "web/https: tls failed in 0.0s: The certificate of web.test:443 has expired.",
  ]);
});
