import { startProcess } from '@cairn/platform/processes/child-process'
import { getContender } from './contenders.js'
import type { MeasuredModel, ModelTask, OnProgress } from './measure-model.js'
import type { ModelMessage } from './measure-model.process.js'

/** A row of the table that `cairn bench` prints. */
export type LeaderboardRow = MeasuredRow | FailedRow

export interface MeasuredRow extends MeasuredModel {
  /** The peak memory of its process, including data and evaluation. */
  readonly peak_memory_bytes: number
}

export interface FailedRow {
  readonly kind: string
  readonly title: string
  readonly error: string
}

export interface LeaderboardTask extends Omit<ModelTask, 'kind' | 'parameters' | 'popularity'> {
  readonly kinds: readonly string[]
  /** Parameters by kind. */
  readonly parameters: Readonly<Record<string, Readonly<Record<string, unknown>>>>
  readonly signal?: AbortSignal
}

export const BASELINE = 'popularity'

/**
 * Measures models for `cairn bench`, one kind after the other, each in a separate process. Popularity comes first, because
 * models below it are flagged. The row of a failed model or process contains the error.
 */
export async function* measureModels(
  { kinds, parameters, signal, ...task }: LeaderboardTask,
  onProgress: (kind: string, ...progress: Parameters<OnProgress>) => void,
): AsyncGenerator<LeaderboardRow> {
  const ordered = [...new Set(kinds)].sort((a, b) => Number(b === BASELINE) - Number(a === BASELINE))
  let popularity: ModelTask['popularity']
  for (const kind of ordered) {
    signal?.throwIfAborted()
    const modelTask = { ...task, kind, parameters: parameters[kind] ?? {}, ...(popularity && { popularity }) }
    const row = await measureInChildProcess(modelTask, (...progress) => onProgress(kind, ...progress), signal)
    if (kind === BASELINE && !('error' in row)) popularity = row.measurements.map(({ summary }) => summary)
    yield row
  }
}

async function measureInChildProcess(
  task: ModelTask,
  onProgress: OnProgress,
  signal?: AbortSignal,
): Promise<LeaderboardRow> {
  const child = startProcess(new URL('./measure-model.process.js', import.meta.url))
  const stop = () => child.kill('SIGKILL')
  signal?.addEventListener('abort', stop, { once: true })
  let stderr = ''
  child.stdout!.resume()
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-2_000)
  })
  try {
    const message = await new Promise<Exclude<ModelMessage, { progress: unknown }>>((resolve) => {
      child.on('message', (message: ModelMessage) => {
        if ('progress' in message) onProgress(...message.progress)
        else resolve(message)
      })
      child.on('error', (error) => resolve({ error: error.message }))
      child.on('exit', (code, signalName) =>
        resolve({ error: `The process ended with ${signalName ?? `code ${code}`}. ${stderr}`.trim() }),
      )
      child.send(task)
    })
    signal?.throwIfAborted()
    if ('model' in message) return { ...message.model, peak_memory_bytes: message.peakBytes }
    const title = await getContender(task.kind).then(
      (contender) => contender.title,
      () => task.kind,
    )
    return { kind: task.kind, title, error: message.error }
  } finally {
    signal?.removeEventListener('abort', stop)
    stop()
  }
}
