import { unlessMissing } from '@cairn/platform/errors'
import type { Client } from '@cairn/platform/protocol/client'
import { GetExperiment } from '@cairn/platform/protocol/experiments'
import { DigestRuns, type RunDigest } from '@cairn/platform/protocol/imports'
import { GetLoggedModel } from '@cairn/platform/protocol/logged-models'
import { loggedModelDigest, registeredModelDigest } from './digest-of.js'
import type { Entry, Ledger, MovedRun } from './ledger.js'
import type { Migration } from './migrate.js'
import { toModel } from './rest-source.js'

/** One line of the table at the end. */
export interface Check {
  readonly what: string
  /** How many the source has, how many are here, and how many of those are not the same. */
  readonly source: number
  readonly here: number
  readonly differ: number
}

const RUNS = 100
const PARTS = ['info', 'params', 'tags', 'metrics', 'inputs'] as const

/**
 * Asks the server for everything of the source that the ledger says was brought, and compares. What is not the same is
 * forgotten, so that the next run brings it again.
 *
 * @param onDifference told in one sentence of each thing that is not the same
 */
export async function verify(
  migration: Migration,
  onDifference: (sentence: string) => void,
): Promise<Check[]> {
  const { target, ledger, withArtifacts } = migration
  const runs = ledger.met('run')
  const brought = files(ledger)
  const digests = await digestsOf(target.call, runs)
  const differs: Differs = (entry, sentence) => {
    ledger.forget(entry)
    onDifference(sentence)
  }
  return [
    await experiments(migration, differs),
    ...runChecks(runs, digests, differs),
    await loggedModels(migration, differs),
    ...(await registered(migration, differs)),
    ...(withArtifacts ? [brought] : []),
  ]
}

type Differs = (entry: Entry, sentence: string) => void

async function digestsOf(call: Client, runs: readonly MovedRun[]): Promise<Map<string, RunDigest>> {
  const found = new Map<string, RunDigest>()
  for (let start = 0; start < runs.length; start += RUNS) {
    const run_ids = runs.slice(start, start + RUNS).map(({ to }) => to)
    for (const one of (await call(DigestRuns, { run_ids })).runs) found.set(one.run_id, one)
  }
  return found
}

function runChecks(
  runs: readonly MovedRun[],
  digests: ReadonlyMap<string, RunDigest>,
  differs: Differs,
): Check[] {
  return PARTS.map((part) => {
    const check = { what: part === 'info' ? 'runs' : part, source: 0, here: 0, differ: 0 }
    for (const run of runs) {
      const { id, to, digest } = run
      const here = digests.get(to)
      check.source += countOf(digest, part)
      check.here += here ? countOf(here, part) : 0
      if (here && same(digest, here, part)) continue
      check.differ++
      differs(run, here ? `Run ${id}: its ${part} differ.` : `Run ${id} is not there.`)
    }
    return check
  })
}

const countOf = (digest: RunDigest, part: (typeof PARTS)[number]) =>
  part === 'info' ? 1 : digest[part].count

const same = (source: RunDigest, here: RunDigest, part: (typeof PARTS)[number]) =>
  part === 'info' ? source.info === here.info : JSON.stringify(source[part]) === JSON.stringify(here[part])

/** One that was here before keeps the tags that it had beside. */
async function experiments({ target, ledger }: Migration, differs: Differs): Promise<Check> {
  const moved = ledger.met('experiment')
  const check = { what: 'experiments', source: moved.length, here: 0, differ: 0 }
  for (const entry of moved) {
    const { id, to, tags = [] } = entry
    const found = await target.call(GetExperiment, { experiment_id: to }).catch(unlessMissing)
    if (found) check.here++
    const here = new Map(found?.experiment.tags?.map(({ key, value }) => [key, value]))
    if (found && tags.every(({ key, value = '' }) => here.get(key) === value)) continue
    check.differ++
    differs(entry, `Experiment ${id}${found ? ': its tags differ.' : ' is not there.'}`)
    if (found) ledger.put({ kind: 'experiment', id, to, tags }) // as none that was here by that name before
  }
  return check
}

async function loggedModels({ target, ledger }: Migration, differs: Differs): Promise<Check> {
  const moved = ledger.met('logged model')
  const check = { what: 'logged models', source: moved.length, here: 0, differ: 0 }
  for (const entry of moved) {
    const { id, contents } = entry
    const here = await target.call(GetLoggedModel, { model_id: id, allow_deleted: true }).catch(unlessMissing)
    if (here) check.here++
    if (here && loggedModelDigest(toModel(here.model)) === contents) continue
    check.differ++
    differs(entry, `Logged model ${id} ${here ? 'differs' : 'is not there'}.`)
  }
  return check
}

async function registered({ target, ledger }: Migration, differs: Differs): Promise<Check[]> {
  const moved = ledger.met('registered model')
  const models = { what: 'registered models', source: moved.length, here: 0, differ: 0 }
  const versions = { what: 'versions', source: 0, here: 0, differ: 0 }
  for (const entry of moved) {
    const { id, versions: count, contents } = entry
    const here = await target.registeredModel(id).catch(unlessMissing)
    versions.source += count
    versions.here += here?.versions?.length ?? 0
    if (here) models.here++
    if (here && registeredModelDigest(here) === contents) continue
    models.differ++
    differs(entry, `Registered model ${id} ${here ? 'differs' : 'is not there'}.`)
  }
  return [models, versions]
}

/** Their digests were compared as they were stored; of those that were here already, the sizes, before others were sent. */
function files(ledger: Ledger): Check {
  const moved = [...ledger.met('run'), ...ledger.met('logged model')]
  const count = moved.reduce((sum, one) => sum + one.files, 0)
  return { what: 'artifacts', source: count, here: count, differ: 0 }
}

/** What the ledger says was left out, a sentence each. */
export const leftOut = (ledger: Ledger): readonly string[] =>
  [...ledger.met('run'), ...ledger.met('logged model')].flatMap(({ left_out = [] }) => left_out)
