import type { Address } from "../model/result.ts";
import type { Palette } from "./colors.ts";
import { plainLine } from "./plain-text.ts";
import { tableLines } from "./tables.ts";

/** A section with where the releases can be reached; no lines when there is nowhere. */
export function addressLines(addresses: readonly Address[], palette: Palette): string[] {
  if (addresses.length === 0) return [];
  const rows = addresses.map((address) => [
    plainLine(address.release),
    plainLine(address.service),
    palette.cyan(plainLine(address.address)),
    address.ports.map(({ name, port }) => (name === null ? `${port}` : `${port} ${plainLine(name)}`)).join(", "),
  ]);
  return [
    "",
    palette.bold("Addresses"),
    ...tableLines(rows, { headers: ["RELEASE", "SERVICE", "ADDRESS", "PORTS"], headerPaint: palette.dim }),
  ];
}
