import { ApiError, invalid } from '@cairn/platform/errors'
import { startProcess } from '@cairn/platform/processes/child-process'
import { UpdateRun } from '@cairn/platform/protocol/mlflow/runs'
import type { TaskContext } from '../../task-kinds/task.js'
import type { TrainMessage, TrainOutcome, TrainRequest } from './train-request.js'

/** The number of characters of stderr to report when the process fails. */
const MAX_STDERR = 2_000

type TrainResult = Exclude<TrainOutcome, { error: unknown }>

/**
 * Runs `trainRecipe` in a separate process, from reading the data to logging the model: the server stays responsive, an
 * abort takes effect at once, and a crash of native code does not affect the server.
 *
 * @throws the error of the process; INVALID_PARAMETER_VALUE when it has none, or the process crashed
 */
export async function trainInChildProcess(context: TaskContext, request: TrainRequest): Promise<TrainResult> {
  const { signal } = context
  signal.throwIfAborted()
  // Detached: Ctrl-C reaches the server only, which returns the task to the queue.
  const child = startProcess(new URL('./train.process.js', import.meta.url), { detached: true })
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  const running = new Set<string>()
  let stderr = ''
  child.stdout!.resume()
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR)
  })
  try {
    const outcome = await new Promise<TrainOutcome>((resolve) => {
      child.on('message', (message: TrainMessage) => {
        if ('progress' in message) context.progress(message.progress)
        else if ('log' in message) context.log[message.log](message.message)
        else if ('started' in message) running.add(message.started)
        else if ('ended' in message) running.delete(message.ended)
        else resolve(message)
      })
      child.on('error', (error) => resolve({ error: error.message }))
      child.on('exit', (code, signalName) =>
        resolve({
          error: `The training process ended with ${signalName ?? `code ${code}`}. ${stderr}`.trim(),
        }),
      )
      child.send(request)
    })
    signal.throwIfAborted()
    if (!('error' in outcome)) return outcome
    throw outcome.code ? new ApiError(outcome.code, outcome.error) : invalid(outcome.error)
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
    await endRuns(context, running)
  }
}

/** Ends the runs that a killed or crashed process left. A stopping server rejects this; the next attempt deletes them. */
async function endRuns({ client, signal }: TaskContext, runIds: ReadonlySet<string>) {
  const status = signal.aborted ? 'KILLED' : 'FAILED'
  for (const run_id of runIds)
    await client(UpdateRun, { run_id, status, end_time: Date.now() }).catch(() => undefined)
}
