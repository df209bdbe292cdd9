/** A port of a pod. */
export interface PodPort {
  readonly namespace: string;
  readonly pod: string;
  readonly port: number;
}

/** An open connection: one of Node's streams (see `asStream` in port-forward.ts), whose type the library does not show. */
export interface PodConnection {
  /** Ends it. */
  destroy(): unknown;
}
