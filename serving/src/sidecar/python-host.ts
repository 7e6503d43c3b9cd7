import { invalid } from '@cairn/platform/errors'
import { requireEncoding } from '../protocols/body-bytes.js'
import { requireMediaType } from '../protocols/media-type.js'
import type { ModelQuery, PredictionRequest, PredictionResponse } from '../runtime/messages.js'
import type { ModelHost } from '../runtime/model-host.js'
import {
  type Prediction,
  type QueryOptions,
  type QueueLimits,
  RequestQueue,
} from '../runtime/request-queue.js'
import type { LoadedModel } from '../runtime/responder.js'
import { unavailable } from '../runtime/unavailable.js'
import type { Frame } from './frames.js'
import { OipTranslator } from './oip-translator.js'
import { predictionError } from './python-errors.js'
import { PythonProcess, type PythonProcessOptions } from './python-process.js'
import { TENSORS } from './tensor-messages.js'

const MEDIA_TYPES = ['application/json', 'text/csv', 'application/vnd.apache.parquet']

export interface PythonHostOptions extends PythonProcessOptions {
  readonly description: LoadedModel
  readonly onLine: (line: string) => void
  /** Called once; after a crash with the time since the model was ready. */
  readonly onEnd: (uptimeMs: number | undefined) => void
  readonly limits?: Partial<QueueLimits> | undefined
  readonly loadTimeoutMs?: number | undefined
  /** A process that answers nothing for this time is killed. */
  readonly hangMs?: number | undefined
}

/**
 * A model in a separate Python process, which answers MLflow's protocol by the model's own mlflow. Requests in the Open
 * Inference Protocol are translated.
 */
export class PythonHost implements ModelHost {
  readonly description: LoadedModel
  readonly #queue: RequestQueue
  #process: PythonProcess | undefined
  /** Started by the first request in the Open Inference Protocol. */
  #translator: OipTranslator | undefined
  #failure: string | undefined
  #readyAt: number | undefined
  #isClosed = false
  /** Called when the model is ready, or with the reason why it never will be. */
  #onReady: (reason?: string) => void = () => undefined

  private constructor({ description, limits, hangMs = 60_000 }: PythonHostOptions) {
    this.description = description
    const onStalled = () => this.#process?.kill(`it has not responded for ${hangMs / 1000} s`)
    this.#queue = new RequestQueue(
      (requests) => this.#send(requests),
      { stalledMs: hangMs, ...limits },
      onStalled,
    )
  }

  /** Starts the process and waits until it has loaded the model. @throws INVALID_PARAMETER_VALUE with the model's error */
  static async start(options: PythonHostOptions): Promise<PythonHost> {
    const host = new PythonHost(options)
    await host.#load(options)
    return host
  }

  get failure(): string | undefined {
    return this.#failure
  }

  isBusyFor(caller: string): boolean {
    return this.#queue.isBusyFor(caller)
  }

  /** The process, for tests that end it. */
  get pid(): number | undefined {
    return this.#process?.pid
  }

  async predict(query: ModelQuery, options?: QueryOptions): Promise<Prediction> {
    if (this.#failure !== undefined) throw unavailable(this.#failure)
    if (query.protocol === 'oip') return this.#predictTensors(query, options)
    requireMediaType(query.body.contentType, MEDIA_TYPES)
    requireEncoding(query.body.contentEncoding)
    return this.#queue.add(query, options)
  }

  async close(): Promise<void> {
    await this.#queue.drain()
    this.#isClosed = true
    this.#process?.kill('it has been replaced or deleted')
    await this.#translator?.close()
  }

  #predictTensors({ body, name, version }: ModelQuery, options?: QueryOptions) {
    if (!this.#translator || this.#translator.hasFailed) this.#translator = new OipTranslator()
    return this.#translator.translate(body, { ...this.description, name, version }, (translated) =>
      this.#queue.add({ protocol: 'oip', body: translated, name, version }, options),
    )
  }

  async #load(options: PythonHostOptions): Promise<void> {
    const { loadTimeoutMs = 300_000 } = options
    const loaded = new Promise<void>((resolve, reject) => {
      this.#onReady = (reason) =>
        reason === undefined ? resolve() : reject(invalid(`The model could not be loaded: ${reason}.`))
    })
    const python = await PythonProcess.start(options, {
      onLine: options.onLine,
      onFrame: (frame) => this.#receive(frame),
      onEnd: (reason) => this.#end(reason, options),
    })
    this.#process = python
    const tooLong = () => python.kill(`it was not loaded within ${loadTimeoutMs / 1000} s`)
    const timer = setTimeout(tooLong, loadTimeoutMs)
    await loaded.finally(() => clearTimeout(timer))
  }

  #send(requests: readonly PredictionRequest[]) {
    for (const { id, protocol, body } of requests) {
      const content_type = canonicalType(body.contentType!)
      const content_encoding = encodingOf(body.contentEncoding)
      const json_length = protocol === 'oip' ? body.jsonLength : undefined // other clients may send the header too
      this.#process!.send({ id, content_type, content_encoding, json_length }, body.bytes)
    }
  }

  #receive({ header, body }: Frame) {
    if (this.#readyAt === undefined) return this.#start(header)
    this.#queue.receive([responseOf(header, body)])
  }

  #start({ ready, message }: Frame['header']) {
    if (ready !== true) return this.#process?.kill(String(message).slice(0, 2_000))
    this.#readyAt = performance.now()
    this.#onReady()
  }

  #end(reason: string, { onEnd }: PythonHostOptions) {
    this.#failure = reason
    this.#queue.fail(unavailable(reason))
    this.#onReady(reason)
    void this.#translator?.close()
    const isCrash = this.#readyAt !== undefined && !this.#isClosed
    onEnd(isCrash ? performance.now() - this.#readyAt! : undefined)
  }
}

/** MLflow compares it exactly. */
const canonicalType = (contentType: string) => contentType.split(';')[0]!.trim().toLowerCase()

function encodingOf(encoding = ''): string | undefined {
  const name = encoding.trim().toLowerCase().replace(/^x-/, '')
  return name === 'identity' || name === '' ? undefined : name
}

function responseOf(header: Frame['header'], body: Buffer): PredictionResponse {
  const { id, rows, client_request_id: requestId, error, json_length: jsonLength } = header
  if (error !== undefined) return { id: Number(id), error: predictionError(error) }
  return {
    id: Number(id),
    response:
      typeof jsonLength === 'number'
        ? { contentType: TENSORS, body: new Uint8Array(body), jsonLength } // without the rest of the stream's buffer
        : { contentType: 'application/json', body: body.toString() },
    rows: Number(rows) || 0,
    ...(typeof requestId === 'string' && { clientRequestId: requestId }),
  }
}
