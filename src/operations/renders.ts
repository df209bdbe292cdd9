import { chartMentions } from "../charts/mentions.ts";
import { createSlots, type Slots } from "../execute/slots.ts";
import { renderChart, type RenderRequest } from "../helm/render-chart.ts";
import { apisOfCrds } from "../manifest/crd-apis.ts";
import { parseManifest } from "../manifest/parse-manifest.ts";
import { FlotillaError } from "../model/errors.ts";
import type { ClassifiedRelease } from "../plan/build.ts";
import { pause } from "../runtime/abort.ts";
import type { HelmProvider } from "./choose-helm.ts";
import type { Cluster } from "./connect-cluster.ts";

/** A chart as helm renders it. */
export interface RenderedChart {
  /** Hooks and tests included. */
  readonly manifest: string;
  /** Rendered once more where the chart makes something up; what differs is not known beforehand. Null for other charts. */
  readonly again: string | null;
}

/** What makes a chart come out differently each time, or by what is in the cluster (masterminds.github.io/sprig, helm.sh). */
const UNCERTAIN =
  /\{\{[^}]*\b(?:lookup|rand(?:Alpha|Numeric|Ascii|Bytes|Int)\w*|gen(?:CA|Signed|SelfSigned|PrivateKey)\w*|uuidv4|now|ago|htpasswd|bcrypt|shuffle|encryptAES)\b/;

const LOOKS_UP = /\{\{[^}]*\blookup\b/;
const TELLS_TIME = /\{\{[^}]*\b(?:now|ago)\b/;

/** Charts that ask what the cluster serves: for others it does not matter what comes before them. */
const ASKS_FOR_APIS = "APIVersions";

/** What makes it a matter of the cluster whether a chart renders at all. */
export const LOOKS_AT_CLUSTER = new RegExp(`${ASKS_FOR_APIS}|${LOOKS_UP.source}`);

/**
 * The charts of one plan as helm would render them now, each rendered when it is first asked for, a few at a time: with
 * what the cluster serves, and what CRDs of releases that come before it will bring.
 */
export class Renders {
  readonly #cluster: Cluster;
  readonly #provideHelm: HelmProvider;
  readonly #releases: ReadonlyMap<string, ClassifiedRelease>;
  readonly #slots: Slots;
  readonly #signal: AbortSignal;
  readonly #rendered = new Map<string, Promise<RenderedChart>>();
  #served: Promise<ReadonlySet<string>> | null = null;

  constructor(
    cluster: Cluster,
    provideHelm: HelmProvider,
    { releases, parallel }: { readonly releases: readonly ClassifiedRelease[]; readonly parallel: number },
    signal: AbortSignal,
  ) {
    this.#cluster = cluster;
    this.#provideHelm = provideHelm;
    this.#releases = new Map(releases.map((each) => [each.pinned.release.name, each]));
    this.#slots = createSlots(parallel);
    this.#signal = signal;
  }

  /** @throws FlotillaError `helm-missing`, `helm-failed` when the chart cannot be rendered, `interrupted` */
  render(classified: ClassifiedRelease): Promise<RenderedChart> {
    const { name } = classified.pinned.release;
    const known = this.#rendered.get(name);
    if (known) return known;
    const rendering = this.#render(classified);
    // Whoever asked hears of a fault; the one that nobody awaits must not end the process.
    rendering.catch(() => {});
    this.#rendered.set(name, rendering);
    return rendering;
  }

  /**
   * Has helm try whether a chart takes its values, as cheaply as that goes: once, without a cluster. A chart that looks into
   * one may fail for that alone.
   * @throws like {@link render}
   */
  async check(classified: ClassifiedRelease): Promise<void> {
    const known = this.#rendered.get(classified.pinned.release.name);
    if (known) await known;
    else {
      const path = await this.#provideHelm.path();
      const request = { ...this.#request(classified, []), withCrds: false };
      await this.#slots.use(() => renderChart({ path }, request, this.#signal), this.#signal);
    }
  }

  #request({ pinned, revision }: ClassifiedRelease, apiVersions: readonly string[]): RenderRequest {
    const { release, chart } = pinned;
    return {
      name: release.name,
      namespace: release.namespace,
      chart: chart.path,
      values: release.values,
      kubeVersion: this.#cluster.kubernetesVersion,
      apiVersions,
      isUpgrade: revision !== null,
      withCrds: revision === null,
    };
  }

  async #render(classified: ClassifiedRelease): Promise<RenderedChart> {
    const { release, chart } = classified.pinned;
    const [path, [asks, uncertain, looksUp, tellsTime]] = await Promise.all([
      this.#provideHelm.path(),
      chartMentions(chart.path, [ASKS_FOR_APIS, UNCERTAIN, LOOKS_UP, TELLS_TIME]),
    ]);
    const served = asks || looksUp ? await this.#servedApis() : new Set<string>();
    const coming = asks || looksUp ? await this.#comingApis(release.needs) : [];
    const added = coming.filter((api) => !served.has(api));
    const request = this.#request(classified, [...served, ...added]);
    const once = (): Promise<string> =>
      this.#slots.use(() => this.#renderOnce(path, request, looksUp === true && added.length === 0), this.#signal);
    if (!uncertain) return { manifest: await once(), again: null };
    const again = tellsTime ? nextSecond(this.#signal).then(once) : once();
    const [manifest, other] = await Promise.all([once(), again]);
    return { manifest, again: other };
  }

  /** Charts that look into the cluster get to see it, unless what they hold is of kinds that are still to come. */
  async #renderOnce(path: string, request: RenderRequest, withCluster: boolean): Promise<string> {
    const { helmTarget } = this.#cluster;
    if (withCluster) {
      try {
        return await renderChart({ path }, { ...request, target: helmTarget }, this.#signal);
      } catch (error) {
        if (!(error instanceof FlotillaError) || error.code !== "helm-failed") throw error;
      }
    }
    return renderChart({ path }, request, this.#signal);
  }

  #servedApis(): Promise<ReadonlySet<string>> {
    return (this.#served ??= this.#cluster.client
      .kindVersions(this.#signal)
      .then((kinds) => new Set(kinds.flatMap(({ apiVersion, kind }) => [apiVersion, `${apiVersion}/${kind}`]))));
  }

  /** What releases that come first will have brought. Those that are there and stay have brought it already. */
  async #comingApis(needs: readonly string[]): Promise<readonly string[]> {
    const before = [...this.#allNeeds(needs)].filter(({ action }) => action !== "unchanged");
    const rendered = await Promise.all(before.map((each) => this.render(each).catch(() => null)));
    const manifests = rendered
      .flatMap((each) => each?.manifest ?? [])
      .filter((text) => text.includes("kind: CustomRes"));
    return [...new Set(manifests.flatMap((manifest) => apisOfCrds(parseManifest(manifest))))];
  }

  #allNeeds(needs: readonly string[], found = new Set<ClassifiedRelease>()): ReadonlySet<ClassifiedRelease> {
    for (const release of needs.flatMap((name) => this.#releases.get(name) ?? [])) {
      if (found.has(release)) continue;
      found.add(release);
      this.#allNeeds(release.pinned.release.needs, found);
    }
    return found;
  }
}

/** Two renders of one second tell the same time. */
function nextSecond(signal: AbortSignal): Promise<void> {
  return pause(1_000 - (Date.now() % 1_000), signal);
}
