import type { FastifyRequest } from 'fastify'

/** Below it, a body is read in the time that it takes to tell a thread of it. */
export const OFFLOADED_BYTES = 32 * 1024

/** A JSON body that nobody has read yet. */
export class OffloadedBody {
  readonly bytes: Buffer

  constructor(bytes: Buffer) {
    this.bytes = bytes
  }
}

/** Answers an operation without reading its body here, where all other requests would wait for it. */
export interface OffloadHandler<Answer> {
  /** Otherwise the body is read here, like any other. */
  isReady(): boolean
  answer(bytes: Buffer, query: FastifyRequest['query']): Promise<Answer>
}

declare module 'fastify' {
  interface FastifyContextConfig {
    large?: OffloadHandler<unknown>
  }
}
