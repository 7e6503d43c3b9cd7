import { invalid } from '@cairn/platform/errors'
import { startProcess } from '@cairn/platform/processes/child-process'
import type { FitMessage, SerializedTask } from './fit.process.js'
import type { FitTask, OnFitStep } from './fit-and-measure.js'

/** The number of characters of stderr to report when the process fails. */
const MAX_STDERR = 2_000

type FinalMessage = Exclude<FitMessage, { step: unknown }>

/**
 * Runs `fitAndMeasure` in a separate process: the server stays responsive, an abort takes effect at once, and a crash of
 * native code does not affect the server.
 *
 * @throws INVALID_PARAMETER_VALUE with the message of the failure
 */
export async function fitApart(task: FitTask, onStep: OnFitStep, signal: AbortSignal) {
  signal.throwIfAborted()
  const child = startProcess(new URL('./fit.process.js', import.meta.url))
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  let stderr = ''
  child.stdout!.resume()
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    stderr = (stderr + text).slice(-MAX_STDERR)
  })
  try {
    const outcome = await new Promise<FinalMessage>((resolve) => {
      child.on('message', (message: FitMessage) => {
        if ('step' in message) onStep(message.step, message.logged)
        else resolve(message)
      })
      child.on('error', (error) => resolve({ error: error.message }))
      child.on('exit', (code, signalName) =>
        resolve({
          error: `The process that trained ended with ${signalName ?? `code ${code}`}. ${stderr}`.trim(),
        }),
      )
      child.send(serialize(task))
    })
    signal.throwIfAborted()
    if ('error' in outcome) throw invalid(outcome.error)
    return outcome
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

function serialize({ interactions, ...task }: FitTask): SerializedTask {
  const { users, items, ...columns } = interactions
  return { ...task, interactions: { ...columns, users: users.ids, items: items.ids } }
}
