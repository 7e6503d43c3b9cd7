import { messageOf } from '@cairn/platform/errors'
import { Library, type LibraryTable } from './library.js'

/** To the process. */
export interface LibraryTask {
  readonly library: string | undefined
  readonly parameters: Readonly<Record<string, string>>
  readonly rounds: number
  readonly threads: number
  readonly data: LibraryTable
  readonly evaluation: LibraryTable | undefined
}

/** From the process: `score` of the evaluation table after each round, which waits until it is told to go on. */
export type LibraryAnswer =
  | { readonly score: number | undefined; readonly seconds: number }
  | { readonly model: Uint8Array }
  | { readonly error: string }

// libgomp reads it when the library is loaded: threads that spin between two rounds take the cores of others.
process.env.OMP_WAIT_POLICY = 'passive'

const answer = (message: LibraryAnswer) =>
  new Promise<void>((resolve) => process.send!(message, () => resolve()))
const goesOn = () => new Promise<boolean>((resolve) => process.once('message', resolve))

async function train({ library: path, parameters, rounds, threads, data, evaluation }: LibraryTask) {
  const library = await Library.open(path)
  const matrix = library.matrix(data, threads)
  const held = evaluation && library.matrix(evaluation, threads)
  const booster = library.booster(held ? [matrix, held] : [matrix], parameters)
  if (data.names) library.nameFeatures(booster, data.names)
  for (let round = 0; round < rounds; round++) {
    const started = performance.now()
    library.update(booster, round, matrix)
    const score = held === undefined ? undefined : library.evaluate(booster, round, held)
    const told = goesOn()
    await answer({ score, seconds: (performance.now() - started) / 1000 })
    if (!(await told)) break
  }
  await answer({ model: library.save(booster) })
}

process.once('message', (task: LibraryTask) => {
  train(task)
    .catch((error: unknown) => answer({ error: messageOf(error) }))
    .finally(() => process.disconnect())
})
