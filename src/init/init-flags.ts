/** What can be said without being asked; texts as they were given. */
export interface InitFlags {
  readonly stack?: string;
  /** Name of the first environment. */
  readonly environment?: string;
  /** Its context. */
  readonly context?: string;
  /** Its platform, or `none`. */
  readonly profile?: string;
  /** `NAME=PLATFORM@CONTEXT` each. */
  readonly target?: readonly string[];
  readonly istio?: boolean;
  readonly istioVersion?: string;
  readonly mode?: string;
  readonly gateways?: string;
  /** `NAME:PORT` each, or several with commas. */
  readonly port?: readonly string[];
  readonly exposure?: string;
  /** A chart's place, `dicom` or `none`. */
  readonly app?: string;
  readonly release?: string;
  readonly namespace?: string;
  readonly chartVersion?: string;
  readonly mesh?: boolean;
}
