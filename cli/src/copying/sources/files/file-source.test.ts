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
  test('keeps ids and names that YAML would read as numbers', async () => {
    const { run } = await theRun()
    expect(run).toMatchObject({ run_id: RUN, run_name: '1e5', status: 'FINISHED', start_time: 5 })
    expect(run.end_time).toBeUndefined()
  })

  test('returns each distinct point, with keys from folders and floats in Python notation', async () => {
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

  test('changes the extent of a metric when points are added', async () => {
    write(`1/${RUN}/metrics/loss`, '1 0.5 0\n')
    const { run: before } = await theRun()
    write(`1/${RUN}/metrics/loss`, '1 0.5 0\n2 0.4 1\n')
    expect((await theRun()).run.metrics).not.toEqual(before.metrics)
  })

  test('skips links that leave the store, are broken or form a loop', async () => {
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
    const skipped: string[] = []
    expect(await all(files.list((sentence) => skipped.push(sentence)))).toMatchObject([
      { path: 'model/MLmodel', size: 1 },
    ])
    const at = join(root, `1/${RUN}/artifacts`)
    expect(skipped.sort()).toEqual([
      `${at}/dangling is a broken link.`,
      `${at}/etc is outside of the folders that may be read.`,
      `${at}/model/up links to a folder that contains it.`,
      `${at}/passwd is outside of the folders that may be read.`,
    ])
    await expect(files.open('passwd')).rejects.toThrow(/passwd is outside of the folders/)
    await expect(files.open('etc/passwd')).rejects.toThrow(/passwd is outside of the folders/)
  })

  test('follows links within the store, as MLflow does', async () => {
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

  test('follows a link from the artifacts folder to another folder only if that is allowed', async () => {
    const elsewhere = mkdtempSync(join(tmpdir(), 'cairn-elsewhere-'))
    writeFileSync(join(elsewhere, 'secret'), 'x')
    symlinkSync(elsewhere, join(root, `1/${RUN}/artifacts`))
    const { source, run } = await theRun()
    const skipped: string[] = []
    expect(await all(source.files('runs', run).list((sentence) => skipped.push(sentence)))).toEqual([])
    expect(skipped).toEqual([expect.stringContaining(`1/${RUN}/artifacts is outside of the folders`)])
    const { source: allowed, run: sameRun } = await theRun(ROOTS.with(elsewhere))
    expect(await all(allowed.files('runs', sameRun).list())).toMatchObject([{ path: 'secret', size: 1 }])
    rmSync(elsewhere, { recursive: true })
  })

  test('rejects an artifact URI outside of the store', async () => {
    write(`1/${RUN}/meta.yaml`, `run_id: ${RUN}\nstatus: 3\nstart_time: 5\nartifact_uri: file:///etc\n`)
    const { source, run } = await theRun()
    expect(() => source.files('runs', run)).toThrow(/outside of the store/)
  })

  test.each([
    ['a malformed metric line', 'metrics/loss', '5 five 1\n', /malformed metric line: '5 five 1'/],
    ['an integer that is too large', 'metrics/loss', '99999999999999999999 1 1\n', /malformed metric line/],
  ])('rejects %s and names the file', async (_case, path, text, message) => {
    write(`1/${RUN}/${path}`, text)
    const { source, run } = await theRun()
    await expect(all(source.history(run))).rejects.toThrow(message)
  })

  test('rejects a meta.yaml with aliases or without a mapping', async () => {
    write('1/meta.yaml', 'a: &a [x]\nb: [*a, *a]\n')
    await expect(theRun()).rejects.toThrow(/meta\.yaml is not valid YAML/)
    write('1/meta.yaml', '- 1\n')
    await expect(theRun()).rejects.toThrow(/not a YAML mapping/)
  })

  test('rejects a folder that is not a file store', () => {
    expect(() => new FileSource(join(root, '1'), ROOTS)).toThrow(/not a file store of MLflow/)
  })
})
