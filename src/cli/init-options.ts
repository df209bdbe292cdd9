import type { Command } from "commander";
import { collected } from "./collected.ts";

/** What a stack file can say from the start; what a flag says is not asked. */
export function addInitOptions(init: Command): Command {
  return init
    .option("--stack <name>", "name of the stack (default: the folder's)")
    .option(
      "--profile <platform>",
      "platform of the environment: minikube, kind, k3s, aks, eks, gke, openshift or none",
    )
    .addOption(
      collected(
        "--target <name=platform@context>",
        "an environment in one word; with several, the first is the default",
      ),
    )
    .option("--istio", "with Istio (the default)")
    .option("--no-istio", "without Istio")
    .option("--istio-version <range>", "semver range of Istio's charts (default: the newest minor)")
    .option("--mode <mode>", "how pods join the mesh: sidecar (the default) or ambient")
    .option("--gateways <roles>", "ingress (the default), egress, ingress,egress or none")
    .addOption(collected("--port <name:port>", "a port of the ingress gateway beside 80 and 443"))
    .option("--exposure <who>", "who reaches the ingress gateway: internal (the default on clouds) or public")
    .option(
      "--app <chart>",
      "folder, archive, oci://HOST/PATH/NAME, https://REPOSITORY/NAME, dicom (an example) or none",
    )
    .option("--release <name>", "name of the app's release (default: its chart's)")
    .option("--namespace <name>", "namespace of the app (default: its release's name)")
    .option("--chart-version <range>", "semver range of the app's chart (default: any)")
    .option("--mesh", "the app's pods join the mesh (the default, but not for the example)")
    .option("--no-mesh", "the app's pods stay out of the mesh")
    .option("--force", "overwrite a file that is there");
}
