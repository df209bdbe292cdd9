import { FlotillaError } from "../model/errors.ts";

/** The oldest Helm that flotilla works with: its `upgrade` takes `--labels` and prints what it rendered. */
const MINIMUM = { major: 3, minor: 18 };

/** Majors whose flags and messages flotilla knows. */
const KNOWN_MAJORS = [3, 4] as const;

/** A Helm version that flotilla works with. */
export interface HelmVersion {
  /** `4.3.1`: without `v`, always three numbers (builds from source call themselves `v3.22`). */
  readonly version: string;
  readonly major: (typeof KNOWN_MAJORS)[number];
}

/**
 * Reads what `helm version --template {{.Version}}` prints.
 * @throws FlotillaError `helm-unsupported`, naming the version found and the one wanted
 */
export function parseHelmVersion(printed: string, path: string): HelmVersion {
  const [, majorText, minorText, patchText] = /\bv?(\d+)\.(\d+)(?:\.(\d+(?:-[\w.-]+)?))?/.exec(printed) ?? [];
  const found = majorText === undefined ? null : `${majorText}.${minorText}.${patchText ?? "0"}`;
  const major = KNOWN_MAJORS.find((known) => known === Number(majorText));
  const tooOld = major === MINIMUM.major && Number(minorText) < MINIMUM.minor;
  if (found === null || major === undefined || tooOld) {
    throw new FlotillaError(
      "helm-unsupported",
      found === null
        ? `${path} does not say which version of Helm it is.`
        : `${path} is Helm ${found}; flotilla works with Helm ${MINIMUM.major}.${MINIMUM.minor} or newer, and with Helm 4.`,
      { hint: "Install a current Helm (https://helm.sh/docs/intro/install/), or name one with FLOTILLA_HELM." },
    );
  }
  return { version: found, major };
}
