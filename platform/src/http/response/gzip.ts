import { pipeline } from 'node:stream'
import { createGzip } from 'node:zlib'
import type { FastifyReply } from 'fastify'

const ACCEPTED = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/i
const LOOPBACK = /^(::1$|(::ffff:)?127\.)/

/** Within a machine, sending is faster than compressing. Lengths of compressed secrets would reveal them (BREACH). */
export const wantsGzip = (reply: FastifyReply) =>
  ACCEPTED.test(String(reply.request.headers['accept-encoding'] ?? '')) &&
  reply.getHeader('cache-control') !== 'no-store' &&
  !(
    LOOPBACK.test(reply.request.socket.remoteAddress ?? '') &&
    reply.request.headers['x-forwarded-for'] === undefined
  )

/** Compresses in the thread pool, at the fastest level: others make JSON hardly smaller. */
export async function gzip(buffers: readonly Buffer[]): Promise<Buffer[]> {
  const zipped: Buffer[] = []
  for await (const bytes of pipeline(buffers, createGzip({ level: 1 }), () => undefined)) zipped.push(bytes)
  return zipped
}
