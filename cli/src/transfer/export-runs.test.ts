import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createClient } from '@cairn/platform/protocol/client'
import { expect, test } from 'vitest'
import { Progress } from '../copying/progress.js'
import { exportRuns } from './export-runs.js'

/** The responses of a server with one run, whose digest never matches. */
const responses = (status: string, run_id = 'r1'): Record<string, object> => {
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

interface TestServer {
  readonly run_id?: string
  readonly folder?: string
  /** The response to the request for digests. */
  readonly digests?: () => Response
}

async function exported(status: string, { run_id, folder, digests }: TestServer = {}) {
  const all = responses(status, run_id)
  const fetch = async (url: string) => {
    const [path] = Object.keys(all).filter((name) => url.includes(name))
    if (digests && path === 'runs/digests') return digests()
    return new Response(JSON.stringify(all[path!]))
  }
  const server = 'http://server'
  const connection = { server, token: undefined, fetch, call: createClient(server, { fetch }) }
  const unverified: string[] = []
  const options = {
    ...{ experiments: ['/movies'], runs: ['r1'], deleted: false, folder },
    ...{ progress: new Progress(undefined), onUnverified: (id: string) => void unverified.push(id) },
  }
  const kinds: string[] = []
  for await (const { kind } of exportRuns(connection, options)) kinds.push(kind)
  return { kinds, unverified }
}

const KINDS = ['header', 'experiment', 'run', 'metrics', 'run end', 'experiment', 'end']

test('exports a running run unverified, and rejects a finished one that differs from the digest of the server', async () => {
  expect(await exported('RUNNING')).toEqual({ kinds: KINDS, unverified: [] })
  await expect(exported('FINISHED')).rejects.toThrow('Run r1 changed during the export')
})

test('fails when the digest of a finished run cannot be read', async () => {
  const body = { error_code: 'TEMPORARILY_UNAVAILABLE', message: 'The database is busy.' }
  const digests = () => new Response(JSON.stringify(body), { status: 503 })
  await expect(exported('FINISHED', { digests })).rejects.toThrow('The database is busy.')
})

test('reports finished runs as unverified on a server without digests', async () => {
  const digests = () => new Response('<h1>Not Found</h1>', { status: 404 })
  expect(await exported('FINISHED', { digests })).toEqual({ kinds: KINDS, unverified: ['r1'] })
})

test('does not write files of a run whose id would escape the folder', async () => {
  const root = mkdtempSync(join(tmpdir(), 'cairn-export-'))
  try {
    const result = exported('RUNNING', { run_id: '../outside', folder: join(root, 'folder') })
    await expect(result).rejects.toThrow('Invalid path')
    expect(readdirSync(root)).toEqual([])
  } finally {
    rmSync(root, { recursive: true })
  }
})
