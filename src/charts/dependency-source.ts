import { resolve } from "node:path";

import type { RunContext } from "../model/context.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ChartReference } from "../model/stack.ts";
import type { ChartDependency } from "./chart-file.ts";
import { helmRepositories } from "./helm-repositories.ts";

/**
 * Where a dependency of a chart folder is to be had, as helm reads `repository`
 * (helm.sh/docs/helm/helm_dependency); null when only the folder's own `charts/` can hold it.
 * @param folder - of the chart that depends on it
 * @throws FlotillaError `chart-invalid` for what is no repository, or none that helm knows by that name
 */
export async function dependencySource(
  folder: string,
  { name, repository }: ChartDependency,
  context: RunContext,
): Promise<ChartReference | null> {
  if (repository === null) {
    return null;
  }
  if (repository.startsWith("file://")) {
    return { type: "folder", path: resolve(folder, repository.slice("file://".length)) };
  }
  const alias = /^(?:@|alias:)(.+)$/.exec(repository)?.[1];
  const url = alias === undefined ? repository : await urlOf(alias, folder, context);
  if (url.startsWith("oci://")) {
    return { type: "oci", url: `${url.replace(/\/+$/, "")}/${name}` };
  }
  if (!/^https?:\/\//.test(url) || !URL.canParse(url)) {
    throw new FlotillaError("chart-invalid", `The chart folder ${folder} takes ${name} from "${repository}".`, {
      hint: "A dependency's repository is https://…, oci://…, file://… or @NAME of a repository that helm knows.",
    });
  }
  return { type: "repository", url: url.replace(/\/+$/, ""), name };
}

async function urlOf(alias: string, folder: string, context: RunContext): Promise<string> {
  const known = (await helmRepositories(context)).find(({ name }) => name === alias);
  if (known !== undefined) {
    return known.url;
  }
  throw new FlotillaError(
    "chart-invalid",
    `The chart folder ${folder} names the repository "${alias}", which helm does not know.`,
    { hint: `Add it with \`helm repo add ${alias} URL\`, or write its URL in Chart.yaml.` },
  );
}
