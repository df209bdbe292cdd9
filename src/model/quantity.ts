/** Factors of Kubernetes' quantities (k8s.io/apimachinery pkg/api/resource, Quantity). */
const SUFFIXES: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};

/** A quantity such as `500m`, `2Gi`, `1e3` or the number 2 as a number; 0 for what is none. */
export function quantity(value: unknown): number {
  if (typeof value === "number") return value;
  if (typeof value !== "string") return 0;
  const [, digits, suffix = ""] = /^([+-]?[\d.]+(?:[eE][+-]?\d+)?)([A-Za-z]*)$/.exec(value.trim()) ?? [];
  const factor = SUFFIXES[suffix];
  return digits === undefined || factor === undefined ? 0 : Number(digits) * factor;
}

/** Thousandths of a core for people: `500m`, `2.5`. */
export function coresText(cpu: number): string {
  return cpu < 1000 ? `${Math.round(cpu)}m` : `${Math.round(cpu / 100) / 10}`;
}

/** Bytes for people: `128Mi`, `2.5Gi`. */
export function bytesText(bytes: number): string {
  const mebibytes = bytes / 2 ** 20;
  return mebibytes < 1024 ? `${Math.round(mebibytes)}Mi` : `${Math.round(mebibytes / 102.4) / 10}Gi`;
}
