import { messageOf } from '@cairn/platform/errors'
import { Library, type LibraryTable } from './library.js'

/** The first message to the process. */
export interface LibraryTask {
  readonly library: string | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly rounds: number
  readonly threads: number
  readonly data: LibraryTable
  readonly evaluation: LibraryTable | undefined
}

/** The message to the process after each round. */
export type AfterRound = 'continue' | 'finish'

/** The messages of the process: after each round the score of the evaluation table, at the end the model. */
export type LibraryMessage =
  | { readonly score: number | undefined; readonly seconds: number }
  | { readonly model: Uint8Array }
  | { readonly error: string }

// libgomp reads this when the library is loaded; its threads would otherwise spin between rounds and waste cores.
process.env.OMP_WAIT_POLICY = 'passive'

const send = (message: LibraryMessage) =>
  new Promise<void>((resolve) => process.send!(message, () => resolve()))
const nextMessage = () => new Promise<AfterRound>((resolve) => process.once('message', resolve))

async function train({ library: path, parameters, rounds, threads, data, evaluation }: LibraryTask) {
  const library = await Library.open(path)
  const matrix = library.matrix(data, threads)
  const evaluationMatrix = evaluation && library.matrix(evaluation, threads)
  const booster = library.booster(evaluationMatrix ? [matrix, evaluationMatrix] : [matrix], parameters)
  if (data.names) library.nameFeatures(booster, data.names)
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    library.update(booster, round, matrix)
    const score =
      evaluationMatrix === undefined ? undefined : library.evaluate(booster, round, evaluationMatrix)
    const next = nextMessage()
    await send({ score, seconds: (performance.now() - started) / 1000 })
    if ((await next) === 'finish') break
  }
  await send({ model: library.save(booster) })
}

process.once('message', (task: LibraryTask) => {
  train(task)
    .catch((error: unknown) => send({ error: messageOf(error) }))
    .finally(() => process.disconnect())
})
