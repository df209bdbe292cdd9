import { mkdir, writeFile } from "node:fs/promises";
import { beforeEach, describe, expect, test } from "vitest";
import { hasPodIdentity, meansPodIdentity } from "../../src/kube/pod-identity.ts";
import { useTempFolder } from "../support/temp-folder.ts";
import { useVariables } from "../support/variables.ts";

const folder = useTempFolder();
const setVariables = useVariables();

/** A pod as Kubernetes makes it: the API server in a variable, a token in a file, and no kubeconfig. */
beforeEach(async () => {
  setVariables({ HOME: folder.path, KUBECONFIG: undefined, KUBERNETES_SERVICE_HOST: "10.0.0.1" });
  await writeFile(folder.join("token"), "token");
});

describe("the pod's own identity", () => {
  test("names the cluster where there is no kubeconfig", async () => {
    expect(await meansPodIdentity(null, folder.join("token"))).toBe(true);
  });

  test("is not meant where a kubeconfig is named, by flag or by variable", async () => {
    expect(await meansPodIdentity(folder.join("config"), folder.join("token"))).toBe(false);
    setVariables({ KUBECONFIG: folder.join("config") });
    expect(await meansPodIdentity(null, folder.join("token"))).toBe(false);
  });

  test("is not meant where a kubeconfig lies in its usual place, which could mean another cluster", async () => {
    await mkdir(folder.join(".kube"));
    await writeFile(folder.join(".kube", "config"), "{}");
    expect(await meansPodIdentity(null, folder.join("token"))).toBe(false);
  });

  test("is only there in a pod, with a token", async () => {
    expect(await hasPodIdentity(folder.join("no-token"))).toBe(false);
    setVariables({ KUBERNETES_SERVICE_HOST: undefined });
    expect(await hasPodIdentity(folder.join("token"))).toBe(false);
  });
});
