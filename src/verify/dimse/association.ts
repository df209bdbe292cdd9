import type { Duplex } from "node:stream";
import { codeOf, networkFault } from "../network-fault.ts";
import { ProbeFault } from "../probe-fault.ts";
import { alertFault } from "../tls-fault.ts";
import { acceptedContexts } from "./association-answer.ts";
import { associationRequest, type AssociationSettings, contextId } from "./association-request.ts";
import { AnswerReader, type DicomAnswer, type DicomRequest, encodeRequest } from "./messages.ts";
import { encodePdu, PDU, type Pdu, readPdus } from "./pdu.ts";

/** Milliseconds for an answer. */
const ANSWER_MS = 10_000;

/** A DICOM association over an open connection (PS3.8, 7). */
export class Association {
  readonly #stream: Duplex;
  readonly #target: string;
  readonly #pdus: AsyncGenerator<Pdu>;
  readonly #answers = new AnswerReader();
  readonly #contexts = new Map<string, number>();
  #fault: unknown = null;
  #messageId = 0;

  private constructor(stream: Duplex, target: string) {
    this.#stream = stream;
    this.#target = target;
    // Not only while somebody reads: a server that closes may do so at any time.
    stream.on("error", (error) => (this.#fault = error));
    this.#pdus = readPdus(stream, target);
  }

  /**
   * Asks for an association. The connection is the association's from then on: {@link release} or {@link abort} ends it.
   * @param target `HOST:PORT`, for messages
   * @throws ProbeFault
   */
  static async open(stream: Duplex, settings: AssociationSettings, target: string): Promise<Association> {
    const association = new Association(stream, target);
    try {
      const accepted = acceptedContexts(await association.#exchange([associationRequest(settings)]), target);
      for (const [index, sopClass] of settings.sopClasses.entries()) {
        if (accepted.has(contextId(index))) association.#contexts.set(sopClass, contextId(index));
      }
      return association;
    } catch (error) {
      association.abort();
      throw error;
    }
  }

  /** Whether the server offers a service. */
  offers(sopClass: string): boolean {
    return this.#contexts.has(sopClass);
  }

  /**
   * Sends a request and waits for its last answer.
   * @returns all answers, the last one last
   * @throws ProbeFault; `association-rejected` for a service that the server does not offer
   */
  async request(request: Omit<DicomRequest, "messageId">): Promise<readonly DicomAnswer[]> {
    const context = this.#contexts.get(request.sopClass);
    if (context === undefined) {
      const why = `The DICOM server at ${this.#target} does not offer the service ${request.sopClass} to this AE title.`;
      const hint = "Make our AE title (`callingTitle`) known to the server, and allow it what is asked for.";
      throw new ProbeFault("association-rejected", why, hint);
    }
    this.#messageId += 1;
    const answers: DicomAnswer[] = [];
    let units = encodeRequest({ ...request, messageId: this.#messageId }, context);
    for (;;) {
      const { type, body } = await this.#exchange(units);
      if (type !== PDU.data) throw this.#endedBy(type);
      answers.push(...this.#answers.take(body));
      const last = answers.at(-1);
      if (last !== undefined && !isPending(last.status)) return answers;
      units = [];
    }
  }

  /** Ends the association in order. @throws ProbeFault when the server does not answer to that */
  async release(): Promise<void> {
    const { type } = await this.#exchange([encodePdu({ type: PDU.releaseRequest, body: Buffer.alloc(4) })]);
    if (type !== PDU.releaseAnswer) throw this.#endedBy(type);
    this.#stream.end();
  }

  /** Ends the connection. */
  abort(): void {
    this.#stream.destroy();
  }

  async #exchange(units: readonly Buffer[]): Promise<Pdu> {
    const silent = setTimeout(() => {
      const why = `The DICOM server at ${this.#target} does not answer within ${ANSWER_MS / 1000} s.`;
      this.#stream.destroy(new ProbeFault("no-answer", why, "Look at the server's log.", { mayPass: true }));
    }, ANSWER_MS);
    try {
      for (const unit of units) this.#stream.write(unit);
      const next = await this.#pdus.next();
      if (next.done !== true) return next.value;
      throw this.#closed(this.#fault);
    } catch (error) {
      throw this.#closed(this.#fault ?? error);
    } finally {
      clearTimeout(silent);
    }
  }

  /** A gateway that has nobody behind it takes the connection, and drops it without a word. */
  #closed(error: unknown): ProbeFault {
    if (error instanceof ProbeFault) return error;
    const alert = error instanceof Error ? alertFault(error, this.#target) : null;
    if (alert !== null) return alert;
    const dropped = error === null || ["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"].includes(codeOf(error));
    if (!dropped) return networkFault(error, this.#target);
    const why = `${this.#target} takes connections, but closes them without an answer to DICOM: a gateway does so when its backend cannot be reached.`;
    const hint = "Look at the route of this port (a VirtualService), and whether the DICOM server runs.";
    return new ProbeFault("backend-unavailable", why, hint, { mayPass: true, cause: error });
  }

  #endedBy(type: number): ProbeFault {
    const what = type === PDU.abort ? "aborts the association" : `answers with a unit of type ${type}`;
    return new ProbeFault("dicom-status", `The DICOM server at ${this.#target} ${what}.`, "Look at the server's log.");
  }
}

function isPending(status: number): boolean {
  return status === 0xff00 || status === 0xff01;
}
