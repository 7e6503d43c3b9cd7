import { invalid } from '@cairn/platform/errors'
import { startProcess } from '@cairn/platform/processes/child-process'
import type { FitMessage, SentTask } from './fit.process.js'
import type { FitTask, OnFitStep } from './fit-and-measure.js'

/** How much of what a failed process said last is told. */
const LAST_WORDS = 2_000

type Outcome = Exclude<FitMessage, { step: unknown }>

/**
 * `fitAndMeasure` in a process of its own: the server goes on answering, an abort ends it at once wherever it is, and
 * native code that fails takes nothing else along.
 *
 * @throws what made it fail, as one sentence
 */
export async function fitApart(task: FitTask, onStep: OnFitStep, signal: AbortSignal) {
  signal.throwIfAborted()
  const child = startProcess(new URL('./fit.process.js', import.meta.url))
  const stop = () => child.kill('SIGKILL')
  signal.addEventListener('abort', stop, { once: true })
  let said = ''
  child.stdout!.resume()
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-LAST_WORDS)
  })
  try {
    const outcome = await new Promise<Outcome>((resolve) => {
      child.on('message', (message: FitMessage) => {
        if ('step' in message) onStep(message.step, message.logged)
        else resolve(message)
      })
      child.on('error', (error) => resolve({ error: error.message }))
      child.on('exit', (code, by) =>
        resolve({ error: `The process that trained ended by ${by ?? `code ${code}`}. ${said}`.trim() }),
      )
      child.send(sent(task))
    })
    signal.throwIfAborted()
    if ('error' in outcome) throw invalid(outcome.error)
    return outcome
  } finally {
    signal.removeEventListener('abort', stop)
    stop()
  }
}

function sent({ interactions, ...task }: FitTask): SentTask {
  const { users, items, ...columns } = interactions
  return { ...task, interactions: { ...columns, users: users.ids, items: items.ids } }
}
