import { homedir } from "node:os";
import { join } from "node:path";

/** Helm's folder for configuration (helm.sh/docs/helm/helm, "Helm configuration"). */
function helmConfigFolder(): string {
  const { HELM_CONFIG_HOME: own, XDG_CONFIG_HOME: xdg, APPDATA: windows } = process.env;
  if (own) {
    return own;
  }
  if (xdg) {
    return join(xdg, "helm");
  }
  if (process.platform === "darwin") {
    return join(homedir(), "Library", "Preferences", "helm");
  }
  return process.platform === "win32" && windows ? join(windows, "helm") : join(homedir(), ".config", "helm");
}

/** Files that `helm registry login` and `docker login` write, in the order in which they count. */
export function registryConfigFiles(): readonly string[] {
  const { HELM_REGISTRY_CONFIG: helm, DOCKER_CONFIG: docker } = process.env;
  return [
    helm || join(helmConfigFolder(), "registry", "config.json"),
    join(docker || join(homedir(), ".docker"), "config.json"),
  ];
}

/** The file that `helm repo add` writes. */
export function repositoriesFile(): string {
  return process.env["HELM_REPOSITORY_CONFIG"] || join(helmConfigFolder(), "repositories.yaml");
}
