const ON: ReadonlySet<string> = new Set(["1", "true", "yes"]);
const OFF: ReadonlySet<string> = new Set(["0", "false", "no"]);

/** Whether a variable's value switches an option on. */
export function isOn(text: string): boolean {
  return ON.has(text);
}

/** Whether a variable's value switches an option off. */
export function isOff(text: string): boolean {
  return OFF.has(text);
}
