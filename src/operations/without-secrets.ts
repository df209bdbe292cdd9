import type { RunContext } from "../model/context.ts";
import { secrets } from "../runtime/redact.ts";

/** An operation of the library; one of its inputs is the context. */
type Operation<Inputs extends readonly unknown[], Result> = (...inputs: Inputs) => Promise<Result>;

/** The masking twin of each context: whoever asks with the same context gets the same one, and what is kept by it. */
const twins = new WeakMap<RunContext, RunContext>();

/** An operation that shows no secret in the events that it sends and in the errors that it throws. */
export function withoutSecrets<Inputs extends readonly unknown[], Result>(
  operation: Operation<Inputs, Result>,
): Operation<Inputs, Result> {
  return async (...inputs) => {
    try {
      return await operation(...masking(inputs));
    } catch (error) {
      throw secrets.error(error);
    }
  };
}

/** As {@link withoutSecrets}, for operations whose result is there to be shown: it holds no secret either. */
export function showingNoSecrets<Inputs extends readonly unknown[], Result>(
  operation: Operation<Inputs, Result>,
): Operation<Inputs, Result> {
  return withoutSecrets(async (...inputs) => secrets.value(await operation(...inputs)));
}

/** As {@link showingNoSecrets}, for operations that show one result after the other. */
export function yieldingNoSecrets<Inputs extends readonly unknown[], Result>(
  operation: (...inputs: Inputs) => AsyncGenerator<Result>,
): (...inputs: Inputs) => AsyncGenerator<Result> {
  return async function* (...inputs) {
    try {
      for await (const result of operation(...masking(inputs))) yield secrets.value(result);
    } catch (error) {
      throw secrets.error(error);
    }
  };
}

/** The inputs with a context that masks: each has the type it had. */
function masking<Inputs extends readonly unknown[]>(inputs: Inputs): Inputs {
  const masked: readonly unknown[] = inputs.map((input) => (isContext(input) ? maskingTwin(input) : input));
  return masked as Inputs;
}

function isContext(input: unknown): input is RunContext {
  return (
    typeof input === "object" &&
    input !== null &&
    "emit" in input &&
    typeof input.emit === "function" &&
    "signal" in input &&
    input.signal instanceof AbortSignal
  );
}

function maskingTwin(context: RunContext): RunContext {
  const known = twins.get(context);
  if (known !== undefined) return known;
  const twin: RunContext = { ...context, emit: (event) => context.emit(secrets.value(event)) };
  twins.set(context, twin);
  twins.set(twin, twin);
  return twin;
}
