import { afterEach, expect, test, vi } from "vitest";
import { checkStorageDriver, helmEnvironment } from "../../src/helm/helm-environment.ts";
import { secrets } from "../../src/runtime/redact.ts";

afterEach(() => vi.unstubAllEnvs());

test("helm gets no variable that holds a known secret, none of ours, and none that sends it elsewhere", () => {
  vi.stubEnv("DB_PASSWORD", "environment-secret");
  vi.stubEnv("COPY_OF_IT", "environment-secret");
  vi.stubEnv("FLOTILLA_CONTEXT", "dev");
  vi.stubEnv("HELM_KUBETOKEN", "t");
  vi.stubEnv("HTTPS_PROXY", "http://proxy.example");
  secrets.add("environment-secret");
  const changes = helmEnvironment({ usesPlugin: false });
  for (const name of ["DB_PASSWORD", "COPY_OF_IT", "FLOTILLA_CONTEXT", "HELM_KUBETOKEN"]) {
    expect(Object.entries(changes)).toContainEqual([name, undefined]);
  }
  expect(Object.keys(changes)).not.toContain("HTTPS_PROXY");
  expect(Object.keys(changes)).not.toContain("PATH");
});

test("a credential plugin may need them for its login", () => {
  vi.stubEnv("AWS_SECRET_ACCESS_KEY", "environment-secret");
  secrets.add("environment-secret");
  expect(Object.keys(helmEnvironment({ usesPlugin: true }))).not.toContain("AWS_SECRET_ACCESS_KEY");
});

test.each(["configmap", "sql", "memory"])("refuses HELM_DRIVER=%s", (driver) => {
  expect(() => checkStorageDriver(driver)).toThrow(
    expect.objectContaining({ code: "helm-unsupported", message: expect.stringContaining(driver) }),
  );
});

test.each([undefined, "", "secret", "secrets"])("takes HELM_DRIVER=%j", (driver) => {
  checkStorageDriver(driver);
});
