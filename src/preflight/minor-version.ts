import coerce from "semver/functions/coerce.js";

/** A version's major and minor, such as `1.31`; null when there is none. Takes `v1.36.3`, `1.31-alpha`, `1.31`. */
export function minorOf(version: string): string | null {
  const parsed = coerce(version);
  return parsed === null ? null : `${parsed.major}.${parsed.minor}`;
}

/** How many minors lie between two versions of one major: 1 from 1.30 to 1.31, -1 back. Null across majors. */
export function minorsBetween(from: string, to: string): number | null {
  const [one, other] = [coerce(from), coerce(to)];
  return one === null || other === null || one.major !== other.major ? null : other.minor - one.minor;
}
