import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { send } from './harness/api.js'
import { isExhaustive } from './harness/effort.js'
import { python, runPython } from './harness/python.js'
import { killScoringServers, type ScoringServer, serveModel } from './harness/scoring-server.js'

interface Case {
  readonly name: string
  readonly model: string
  readonly body: string
  readonly content_type: string
  /** The status and body of MLflow's scoring server. */
  readonly status: number
  readonly response: string
}

/**
 * MLflow's tests of its scoring server cover more than its HTTP interface. These subjects have no counterpart here:
 * - the command line of gunicorn and uvicorn: `cairn models serve` starts neither;
 * - the conversion of numpy arrays to lists as a separate function: every prediction below passes through it;
 * - stack traces in errors: Cairn's errors have none, because they quote the request.
 */

/** The Python of the tests may be in a folder that only root can read. */
const AS_ROOT = process.getuid?.() === 0 ? { CAIRN_PYTHON_USER: 'root' } : {}

/** Models that differ from `typed` in their signature only. They are not repeated, because each needs a Python process. */
const REPEATING = isExhaustive ? [] : ['untyped', 'shape', 'simple']

describe.skipIf(!python)("the cases of MLflow's scoring server (TEST_PYTHON)", () => {
  let folder: string
  let cases: readonly Case[]
  const servers = new Map<string, ScoringServer>()

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'cairn-scoring-cases-'))
    const output = await runPython('acceptance/clients/mlflow_scoring_models.py', { args: [folder] })
    cases = JSON.parse(/^FACTS (.*)$/m.exec(output)![1]!)
    expect(cases.length).toBeGreaterThanOrEqual(34)
    cases = cases.filter(({ model }) => !REPEATING.includes(model))
    for (const model of new Set(cases.map((one) => one.model)))
      servers.set(
        model,
        await serveModel(join(folder, model), [], { CAIRN_PYTHON_MODELS: python!, ...AS_ROOT }),
      )
  })
  afterAll(async () => {
    await Promise.all(Array.from(servers.values(), (server) => server.stop()))
    killScoringServers()
    await rm(folder, { recursive: true, force: true })
  })

  test('are answered with its status and its predictions', async () => {
    for (const { name, model, body, content_type, status, response } of cases) {
      const answer = await send(servers.get(model)!.url, 'POST', '/invocations', {
        body: Buffer.from(body),
        headers: { 'content-type': content_type },
      })
      expect([name, answer.status, answer.text]).toEqual([name, status, expect.any(String)])
      if (status === 200) expect([name, answer.json()]).toEqual([name, JSON.parse(response)])
      else if (status === 415) expect(answer.headers.get('content-type')).toMatch(/^text\/plain/)
      else
        expect([name, answer.json()]).toEqual([
          name,
          { error_code: JSON.parse(response).error_code, message: expect.any(String) },
        ])
    }
  })

  test('its client waits for the server, and reads predictions and the version', async () => {
    const { port } = new URL(servers.get('neighbours')!.url)
    const output = await runPython('acceptance/clients/mlflow_scoring_client.py', { args: [port] })
    expect(output.match(/^ok /gm)).toHaveLength(3)
  })
})
