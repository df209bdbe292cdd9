import type { ProbeCode } from "../model/verify-report.ts";

/** Why a probe failed: what was seen, and what to do about it. */
export class ProbeFault extends Error {
  readonly code: ProbeCode;
  readonly hint: string;
  /** Whether trying again may help, as gateways learn of new routes and certificates a moment late. */
  readonly mayPass: boolean;

  constructor(
    code: ProbeCode,
    message: string,
    hint: string,
    options: { readonly mayPass?: boolean; readonly cause?: unknown } = {},
  ) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = "ProbeFault";
    this.code = code;
    this.hint = hint;
    this.mayPass = options.mayPass ?? false;
  }
}
