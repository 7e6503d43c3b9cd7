import { RequestThread } from '@cairn/platform/processes/request-thread'
import { convert, type NotebookAnswer, type NotebookRequest } from './notebook-conversion.js'

const SMALL_CHARACTERS = 128 * 1024
const MAX_PENDING = 20

/** Reads and converts notebooks. Large ones run on a worker thread, because parsing 10 MB would block all other requests. */
export class NotebookThread {
  readonly #thread: RequestThread<NotebookRequest, NotebookAnswer>

  /** @param onFailure receives the error that ended the thread; the next large notebook starts another */
  constructor(onFailure: (error: Error) => void) {
    this.#thread = new RequestThread({
      module: new URL('./notebook-thread.worker.js', import.meta.url),
      onFailure,
      unanswered: 'The notebook was not converted. Try again.',
      maxPending: MAX_PENDING,
    })
  }

  /** @throws INVALID_PARAMETER_VALUE unless it is a notebook, and for too many cells; TEMPORARILY_UNAVAILABLE */
  async convert(request: NotebookRequest): Promise<string> {
    const isSmall = request.text.length <= SMALL_CHARACTERS
    const { text } = isSmall ? convert(request) : await this.#thread.ask(request, [])
    return text
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}
