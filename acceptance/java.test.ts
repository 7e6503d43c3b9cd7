import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isExhaustive } from './harness/effort.js'
import { freshFolder } from './harness/folder.js'
import { classpath, compileJava, runJava } from './harness/java.js'
import { freshPostgres, postgres } from './harness/postgres.js'
import { python } from './harness/python.js'
import { root } from './harness/root.js'
import { type Server, startServer } from './harness/server.js'
import { calledMethods, publicMethods } from './java/java-methods.js'

const PROGRAMS = [
  ['keeps experiments', 'Experiments', 26],
  ['creates and ends runs', 'Runs', 33],
  ['logs metrics, parameters and batches', 'Logging', 25],
  ['searches runs', 'Searching', 28],
  ['reads models, versions and stages', 'Registry', 30],
  ['starts runs from a context', 'Fluent', 22],
] as const
const NAMES = PROGRAMS.map(([, program]) => program)

describe.skipIf(!classpath)('the official Java client, with only a URI', () => {
  let classes: string
  beforeAll(async () => {
    classes = await mkdtemp(join(tmpdir(), 'cairn-java-'))
    await compileJava(join(root, 'acceptance/java'), classes)
  })
  afterAll(() => rm(classes, { recursive: true, force: true }))

  const run = (command: readonly [string, ...string[]], server: Server, env: Record<string, string> = {}) =>
    runJava(command, classes, { MLFLOW_TRACKING_URI: server.url, ...env })
  /** The number of checks that a program passed; it ends at the first failure. */
  const facts = (said: string, program = '\\S+') =>
    said.match(new RegExp(`^ok ${program}: `, 'gm'))?.length ?? 0

  describe('on SQLite', () => {
    let server: Server
    let said: string
    beforeAll(async () => {
      server = await startServer()
      said = await run(['Programs', isExhaustive ? 'one-by-one' : 'together', ...NAMES], server)
    })
    afterAll(() => server?.[Symbol.asyncDispose]())

    test.each(PROGRAMS)('%s', (_what, program, count) => {
      expect(facts(said, program)).toBe(count)
    })
  })

  test.skipIf(!postgres || !isExhaustive)('passes all programs concurrently on PostgreSQL', async () => {
    await using server = await startServer({ args: ['--database-url', await freshPostgres()] })
    const said = await run(['Programs', 'together', ...NAMES], server)
    expect(NAMES.map((program) => facts(said, program))).toEqual(PROGRAMS.map(([, , count]) => count))
  })

  describe('with a token', () => {
    let server: Server
    let CAIRN_TOKEN: string
    beforeAll(async () => {
      server = await startServer({ env: { CAIRN_AUTH: 'required' } })
      CAIRN_TOKEN = /shown only once: (\S+)/.exec(server.stderr())![1]!
    })
    afterAll(() => server?.[Symbol.asyncDispose]())

    test('sends custom requests and reports their errors', async () => {
      expect(facts(await run(['Requests'], server, { CAIRN_TOKEN }))).toBe(13)
    })

    test.skipIf(!python)('logs, lists and downloads artifacts, and the files of a version', async () => {
      const TMPDIR = await freshFolder() // mlflow downloads to it
      expect(facts(await run(['Artifacts'], server, { CAIRN_TOKEN, TMPDIR }))).toBe(9)
    })
  })

  test('has no public method that the programs do not call', async () => {
    const programs = [...NAMES, 'Requests', 'Artifacts']
    const client = ['MlflowContext', 'ActiveRun', 'MlflowClient'].map((name) => `org.mlflow.tracking.${name}`)
    const [offered, called] = await Promise.all([
      publicMethods(classes, [...client, 'org.mlflow.artifacts.ArtifactRepository']),
      calledMethods(classes, [...programs, ...client]),
    ])
    expect(offered).toHaveLength(96)
    expect(offered.filter((method) => !called.has(method))).toEqual([])
  })
})
