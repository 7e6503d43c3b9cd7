import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@cairn/platform/protocol/client'
import { expect, test } from 'vitest'
import { Progress } from '../copying/progress.js'
import { readRuns } from './export-runs.js'

/** A server with one run, which holds other metrics by the time it is asked for their digest. */
const answers = (status: string, run_id = 'r1'): Record<string, object> => {
  const info = { run_id, experiment_id: '1', status, start_time: 1, lifecycle_stage: 'active' }
  const run = { info, data: { metrics: [{ key: 'loss', value: 1, timestamp: 1, step: 0 }] } }
  const none = { count: 0, digest: '' }
  const digest = { run_id: 'r1', info: '', params: none, tags: none, metrics: none, inputs: none }
  return {
    'experiments/get': { experiment: { experiment_id: '1', name: '/movies' } },
    'experiments/search': { experiments: [{ experiment_id: '1', name: '/movies' }] },
    'runs/search': { runs: [run] },
    'runs/get': { run },
    'metrics/get-history': { metrics: run.data.metrics },
    'runs/digests': { runs: [digest] },
    'artifacts/list': { files: [{ path: 'x', is_dir: false, file_size: 2 }] },
    'get-artifact': {},
  }
}

async function kindsOf(status: string, { run_id, folder }: { run_id?: string; folder?: string } = {}) {
  const all = answers(status, run_id)
  const fetch = async (url: string) => {
    const [path] = Object.keys(all).filter((name) => url.includes(name))
    return new Response(JSON.stringify(all[path!]))
  }
  const server = 'http://server'
  const connection = { server, token: undefined, fetch, call: createClient(server, { fetch }) }
  const wanted = { experiments: ['/movies'], runs: ['r1'], deleted: false, folder }
  const kinds: string[] = []
  for await (const { kind } of readRuns(connection, wanted, new Progress(undefined))) kinds.push(kind)
  return kinds
}

test('a run that is still written to is exported as far as it is, and one that is not is to be what the server has', async () => {
  expect(await kindsOf('RUNNING')).toEqual([
    'header',
    'experiment',
    'run',
    'metrics',
    'run end',
    'experiment',
    'end',
  ])
  await expect(kindsOf('FINISHED')).rejects.toThrow('Run r1 changed while it was exported')
})

test('files of a run whose id leads out of the folder are not written', async () => {
  const root = mkdtempSync(join(tmpdir(), 'cairn-export-'))
  try {
    const asked = kindsOf('RUNNING', { run_id: '../outside', folder: join(root, 'folder') })
    await expect(asked).rejects.toThrow('Invalid path')
    expect(readdirSync(root)).toEqual([])
  } finally {
    rmSync(root, { recursive: true })
  }
})
