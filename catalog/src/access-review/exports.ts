import { Readable } from 'node:stream'
import { ApiError } from '@cairn/platform/errors'
import type { FastifyReply, FastifyRequest } from 'fastify'
import { csvLine } from './csv.js'

export interface CsvPage {
  readonly text: string
  readonly next_page_token: string | null
}

interface CsvExport {
  /** The name of the downloaded file, without its extension. */
  readonly name: string
  readonly head: readonly string[]
  /** Returns a page after checking the caller's right again. */
  page(token: string | undefined): Promise<CsvPage>
}

/** Sends exports of reviews. A principal has one at a time, because an export may read all securables. */
export class Exports {
  /** By the id of the principal. */
  readonly #running = new Map<string, Readable>()

  /**
   * Streams a page at a time, so that a large review is never in memory. The session or token must stay valid, and the caller
   * must keep the right.
   *
   * @throws RESOURCE_EXHAUSTED while another export of the caller runs
   */
  send(request: FastifyRequest, reply: FastifyReply, { name, head, page }: CsvExport): FastifyReply {
    const { id } = request.principal
    if (this.#running.has(id))
      throw new ApiError('RESOURCE_EXHAUSTED', 'Another export of yours is running: wait until it ends.')
    const lines = Readable.from(linesOf(head, page, request, reply), { objectMode: false })
    this.#running.set(id, lines)
    const end = () => this.#running.get(id) === lines && this.#running.delete(id)
    lines.once('end', end) // before the client has the whole response
    lines.once('close', end)
    return reply
      .type('text/csv; charset=utf-8')
      .header('content-disposition', `attachment; filename="${name}.csv"`)
      .send(lines)
  }
}

/** Pages without text are not written, so only the reply notices a closed connection between them. */
async function* linesOf(
  head: readonly string[],
  page: CsvExport['page'],
  request: FastifyRequest,
  reply: FastifyReply,
): AsyncGenerator<string> {
  yield csvLine(head)
  for (let token: string | undefined; !reply.raw.destroyed; ) {
    const { text, next_page_token } = await page(token)
    if (text) yield text
    if (next_page_token === null) return
    token = next_page_token
    await request.reauthenticate()
  }
}
