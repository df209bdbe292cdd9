import type { GiveUpOverrides } from "../model/diagnosis.ts";
import type { Finding } from "./finding.ts";
import { graceOf } from "./give-up.ts";
import { findingKey } from "./merge-findings.ts";

/** Keeps for how long a wait has seen each cause, and says when it is over. Times are milliseconds of any steady clock. */
export class GiveUpClock {
  readonly #overrides: GiveUpOverrides;
  #firstSeen: ReadonlyMap<string, number> = new Map();

  constructor(overrides: GiveUpOverrides) {
    this.#overrides = overrides;
  }

  /** Takes what is seen now: the clock of a cause that is gone starts anew when it comes back. */
  observe(findings: readonly Finding[], now: number): void {
    this.#firstSeen = new Map(
      findings.map((finding) => [findingKey(finding), this.#firstSeen.get(findingKey(finding)) ?? now]),
    );
  }

  /** Milliseconds since a cause was seen first. */
  heldMs(finding: Finding, now: number): number {
    return now - (this.#firstSeen.get(findingKey(finding)) ?? now);
  }

  /** From when on somebody is to be told of a cause. */
  tellFrom(finding: Finding): number {
    return (this.#firstSeen.get(findingKey(finding)) ?? 0) + (finding.quietMs ?? 0);
  }

  /** When the wait is over because of a cause; null: not because of it. */
  deadlineOf(finding: Finding): number | null {
    const since = this.#firstSeen.get(findingKey(finding));
    const grace = graceOf(finding.rule, this.#overrides);
    return since === undefined || grace === null ? null : since + grace;
  }
}
