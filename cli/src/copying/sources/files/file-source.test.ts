import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { ArtifactRoots } from '../artifact-roots.js'
import type { Point, SourceRun } from '../source.js'
import { FileSource } from './file-source.js'

const ROOTS = new ArtifactRoots({ region: 'x' })
/** Read as a number by YAML 1.2. */
const RUN = '12345678901234567890123456789e12'

let root: string
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'cairn-mlruns-'))
  write('1/meta.yaml', 'experiment_id: "1"\nname: als\nlifecycle_stage: active\n')
  write(`1/${RUN}/meta.yaml`, `run_id: ${RUN}\nrun_name: 1e5\nstatus: 3\nstart_time: 5\nend_time: null\n`)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

function write(path: string, text: string) {
  mkdirSync(dirname(join(root, path)), { recursive: true })
  writeFileSync(join(root, path), text)
}

async function all<T>(items: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = []
  for await (const item of items) list.push(item)
  return list
}

async function theRun(roots = ROOTS): Promise<{ source: FileSource; run: SourceRun }> {
  const source = new FileSource(root, roots)
  const [experiment] = await all(source.experiments())
  const [run] = await all(source.runs(experiment!))
  return { source, run: run! }
}

describe('a file store', () => {
  test('gives ids and names as they are written, whatever YAML makes of them', async () => {
    const { run } = await theRun()
    expect(run).toMatchObject({ run_id: RUN, run_name: '1e5', status: 'FINISHED', start_time: 5 })
    expect(run.end_time).toBeUndefined()
  })

  test('gives each point once, with keys from folders and floats as Python writes them', async () => {
    write(`1/${RUN}/metrics/a/b`, '1 0.5 0\n1 0.5 0\n2 nan 1\n3 -inf 2\n4 1e-5\n')
    const { source, run } = await theRun()
    const points: Point[] = (await all(source.history(run))).flat()
    expect(points).toEqual([
      { key: 'a/b', value: 0.5, timestamp: 1, step: 0 },
      { key: 'a/b', value: Number.NaN, timestamp: 2, step: 1 },
      { key: 'a/b', value: Number.NEGATIVE_INFINITY, timestamp: 3, step: 2 },
      { key: 'a/b', value: 1e-5, timestamp: 4, step: 0 },
    ])
  })

  test('tells that a metric has more points', async () => {
    write(`1/${RUN}/metrics/loss`, '1 0.5 0\n')
    const { run: before } = await theRun()
    write(`1/${RUN}/metrics/loss`, '1 0.5 0\n2 0.4 1\n')
    expect((await theRun()).run.metrics).not.toEqual(before.metrics)
  })

  test('is not followed out of itself by links', async () => {
    write(`1/${RUN}/artifacts/model/MLmodel`, 'x')
    symlinkSync('/etc', join(root, `1/${RUN}/artifacts/etc`))
    symlinkSync('/etc/passwd', join(root, `1/${RUN}/artifacts/passwd`))
    mkdirSync(join(root, `1/${RUN}/params`))
    symlinkSync('/etc/passwd', join(root, `1/${RUN}/params/secret`))
    symlinkSync('..', join(root, `1/${RUN}/artifacts/model/up`))
    symlinkSync('gone', join(root, `1/${RUN}/artifacts/dangling`))
    const { source, run } = await theRun()
    expect(run.params).toEqual([])
    const files = source.files('runs', run)
    const left: string[] = []
    expect(await all(files.list((sentence) => left.push(sentence)))).toMatchObject([
      { path: 'model/MLmodel', size: 1 },
    ])
    const at = join(root, `1/${RUN}/artifacts`)
    expect(left.sort()).toEqual([
      `${at}/dangling leads nowhere.`,
      `${at}/etc leads out of the folders that are read.`,
      `${at}/model/up is a link to a folder that it lies in.`,
      `${at}/passwd leads out of the folders that are read.`,
    ])
    await expect(files.open('passwd')).rejects.toThrow(/passwd leads out of the folders/)
    await expect(files.open('etc/passwd')).rejects.toThrow(/passwd leads out of the folders/)
  })

  test('is followed through links that stay inside, as MLflow serves them', async () => {
    write('1/shared/weights.bin', 'weights')
    write(`1/${RUN}/artifacts/model/MLmodel`, 'x')
    symlinkSync('../../shared', join(root, `1/${RUN}/artifacts/shared`))
    symlinkSync('model/MLmodel', join(root, `1/${RUN}/artifacts/MLmodel`))
    const { source, run } = await theRun()
    const files = source.files('runs', run)
    expect((await all(files.list())).map(({ path, size }) => `${path} ${size}`).sort()).toEqual([
      'MLmodel 1',
      'model/MLmodel 1',
      'shared/weights.bin 7',
    ])
    expect(await text(await files.open('shared/weights.bin'))).toBe('weights')
  })

  test('is not followed out of itself by a folder of artifacts that is a link, unless that place is named', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'cairn-elsewhere-'))
    writeFileSync(join(elsewhere, 'secret'), 'x')
    symlinkSync(elsewhere, join(root, `1/${RUN}/artifacts`))
    const { source, run } = await theRun()
    const left: string[] = []
    expect(await all(source.files('runs', run).list((sentence) => left.push(sentence)))).toEqual([])
    expect(left).toEqual([expect.stringContaining(`1/${RUN}/artifacts leads out of the folders`)])
    const { source: named, run: same } = await theRun(ROOTS.with(elsewhere))
    expect(await all(named.files('runs', same).list())).toMatchObject([{ path: 'secret', size: 1 }])
    rmSync(elsewhere, { recursive: true })
  })

  test('is not followed out of itself by an artifact URI', async () => {
    write(`1/${RUN}/meta.yaml`, `run_id: ${RUN}\nstatus: 3\nstart_time: 5\nartifact_uri: file:///etc\n`)
    const { source, run } = await theRun()
    expect(() => source.files('runs', run)).toThrow(/outside of the store/)
  })

  test.each([
    ['a line that is no metric', 'metrics/loss', '5 five 1\n', /no metric: '5 five 1'/],
    ['a number that is too large', 'metrics/loss', '99999999999999999999 1 1\n', /no metric/],
  ])('%s is refused, naming the file', async (_what, path, text, message) => {
    write(`1/${RUN}/${path}`, text)
    const { source, run } = await theRun()
    await expect(all(source.history(run))).rejects.toThrow(message)
  })

  test('a meta.yaml that unfolds or is no mapping is refused', async () => {
    write('1/meta.yaml', 'a: &a [x]\nb: [*a, *a]\n')
    await expect(theRun()).rejects.toThrow(/meta\.yaml is no YAML/)
    write('1/meta.yaml', '- 1\n')
    await expect(theRun()).rejects.toThrow(/no YAML mapping/)
  })

  test('a folder that is none is refused', () => {
    expect(() => new FileSource(join(root, '1'), ROOTS)).toThrow(/no file store of MLflow/)
  })
})
