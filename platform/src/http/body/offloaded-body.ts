import type { FastifyRequest } from 'fastify'

/** The length from which parsing a body takes longer than passing it to a thread. */
export const OFFLOADED_BYTES = 32 * 1024

/** A JSON body that has not been parsed. */
export class OffloadedBody {
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
}

/** Handles large bodies elsewhere, so that parsing them does not block the event loop. */
export interface OffloadHandler<Output> {
  /** Returns false if the body is to be parsed on this thread like any other. */
  isReady(): boolean
  /** @param admit decides about the objects that the parsed input names, before anything is written */
  handle(
    bytes: Buffer,
    query: FastifyRequest['query'],
    admit: <In>(input: In) => Promise<In> | In,
  ): Promise<Output>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    offload?: OffloadHandler<unknown>
  }
}
