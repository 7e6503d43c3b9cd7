import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { ArtifactLocations } from './artifact-locations.js'
import { openBlobs } from './open.js'

const folder = mkdtempSync(join(tmpdir(), 'cairn-locations-'))
const direct = join(folder, 'direct')
const directUri = pathToFileURL(direct).href
afterAll(() => rmSync(folder, { recursive: true }))

const open = async (...roots: string[]) =>
  new ArtifactLocations({ proxied: await openBlobs(join(folder, 'proxied')), roots, s3: {} })

const refused = (code: string) => expect.objectContaining({ code })
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'resolved',
    (error) => error.code,
  )

describe('the proxied store', () => {
  test.each([
    'mlflow-artifacts:/1/r/artifacts',
    'mlflow-artifacts:1/r/artifacts',
    'mlflow-artifacts:///1/r/artifacts/',
    'mlflow-artifacts://other:5000/1/r/artifacts',
    'MLFLOW-ARTIFACTS:/1/r/artifacts',
    'http://127.0.0.1:5000/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts',
    'https://mlflow.example.com/prefix/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts',
    'mlflow-artifacts:/1/r/artifacts?a=b',
    'mlflow-artifacts:/1/r/artifacts#a',
    'http://h/api/2.0/mlflow-artifacts/artifacts/1/r/artifacts?a=/../..#b',
  ])('resolves %s like clients', async (uri) => {
    expect(await (await open()).resolve(uri, 'x')).toMatchObject({ key: '1/r/artifacts/x', proxied: true })
  })

  test('accepts its root as a location', async () => {
    const locations = await open()
    for (const uri of [
      'mlflow-artifacts:',
      'mlflow-artifacts:/',
      'http://h/api/2.0/mlflow-artifacts/artifacts',
    ])
      expect((await locations.resolve(uri, 'a')).key).toBe('a')
  })

  test.each([
    'mlflow-artifacts:/../etc',
    'mlflow-artifacts:/1/%2e%2e/%2e%2e/etc',
    'mlflow-artifacts:/1/%252e%252e/x',
    'mlflow-artifacts:/1/..%2f..',
    'mlflow-artifacts:/1\\..\\..',
    'mlflow-artifacts:/a%00b',
    'mlflow-artifacts:/C:/x',
    'http://h/api/2.0/mlflow-artifacts/artifacts/../../x',
    'http://h/api/2.0/mlflow-artifacts/artifacts/%2e%2e/x',
  ])('rejects %s, which leaves the store', async (uri) => {
    expect(await codeOf((await open()).resolve(uri))).toBe('INVALID_PARAMETER_VALUE')
  })

  test.each([
    'http://h/artifacts/x',
    'https://evil/api/2.0/mlflow-artifacts',
    'ftp://h/x',
    'runs:/r/a',
    'models:/m/1',
    '',
  ])('rejects %j, which is outside of all roots', async (uri) => {
    expect(await codeOf((await open(directUri)).resolve(uri, 'x'))).toBe('INVALID_PARAMETER_VALUE')
  })
})

describe('a direct root', () => {
  beforeAll(() => {
    mkdirSync(join(direct, '1/run/artifacts/d'), { recursive: true })
    writeFileSync(join(direct, '1/run/artifacts/d/x'), 'x')
    writeFileSync(join(folder, 'beside'), 'secret')
  })

  test('is readable, but nothing beside it', async () => {
    const uri = `${directUri}/1/run/artifacts`
    const locations = await open(directUri)
    const { blobs, key, proxied } = await locations.resolve(uri, 'd/x')
    expect([key, proxied, (await blobs.head(key)).size]).toEqual(['1/run/artifacts/d/x', false, 1])
    for (const location of [
      pathToFileURL(folder).href,
      'file:///',
      'file:///etc',
      `${uri}/../../../..`,
      `${directUri}/%2e%2e`,
      `${directUri}/..%2f..%2fetc`,
      `${directUri}-not`,
      '/etc',
      '/',
      's3://bucket/x',
    ])
      expect(await codeOf(locations.resolve(location)), location).toBe('INVALID_PARAMETER_VALUE')
  })

  test.each([
    '../beside',
    '%2e%2e/beside',
    '%252e%252e/beside',
    '/etc/passwd',
    'C:/x',
    'a\\..\\..',
    'a\0b',
    'file:///etc',
  ])('rejects the path %j, which leaves the root', async (path) => {
    const location = (await open(directUri)).resolve(`${directUri}/1/run`, path)
    const found = await location.then(({ blobs, key }) => blobs.get(key)).catch((error) => error)
    expect([refused('INVALID_PARAMETER_VALUE'), refused('RESOURCE_DOES_NOT_EXIST')]).toContainEqual(found)
  })

  test.each(['file://other-machine/x', 'file:a%2Fb', 'file:///%ff'])(
    'rejects a location that is not a folder of this machine: %s',
    async (location) => {
      expect(await codeOf((await open(directUri)).resolve(location))).toBe('INVALID_PARAMETER_VALUE')
    },
  )

  test('matches whole path segments', async () => {
    const locations = await open(
      'mlflow-artifacts:/',
      directUri,
      join(folder, 'more'),
      's3://bucket/prefix?region=x',
    )
    expect((await locations.resolve(join(folder, 'more', '7'))).blobs.localPath?.('')).toBe(
      join(folder, 'more'),
    )
    expect((await locations.resolve(`${directUri}/1`)).key).toBe('1')
    for (const location of ['s3://bucket/prefixed/x', 's3://bucket', join(folder, 'mores')])
      expect(await codeOf(locations.resolve(location)), location).toBe('INVALID_PARAMETER_VALUE')
  })

  test('neither reads nor writes through a link that leads out of it', async () => {
    symlinkSync(folder, join(direct, '1/run/artifacts/out'))
    symlinkSync(join(folder, 'beside'), join(direct, '1/run/artifacts/file'))
    const locations = await open(directUri)
    for (const path of ['out/beside', 'file']) {
      const { blobs, key } = await locations.resolve(`${directUri}/1/run/artifacts`, path)
      expect(await codeOf(blobs.get(key))).toBe('INVALID_PARAMETER_VALUE')
      expect(await codeOf(blobs.head(key))).toBe('INVALID_PARAMETER_VALUE')
    }
    const { blobs, key } = await locations.resolve(`${directUri}/1/run/artifacts`, 'out/new')
    expect(await codeOf(blobs.put(key, Buffer.from('x')))).toBe('INVALID_PARAMETER_VALUE')
    const listed = await blobs.list('1/run/artifacts')
    expect([listed.blobs, listed.folders]).toEqual([[], ['d']])
  })

  test('denies access to governed data when it contains the proxied store, also through a link', async () => {
    const proxied = await openBlobs(join(folder, 'proxied'))
    await proxied.put('tables/t/part.parquet', Buffer.from('secret'))
    symlinkSync(join(folder, 'proxied/tables'), join(folder, 'innocent'))
    const locations = await open(folder)
    for (const [location, path] of [
      [join(folder, 'proxied/tables/t'), ''],
      [folder, 'proxied/tables/t/part.parquet'],
      [join(folder, 'proxied'), 'imports'],
      [folder, 'innocent/t/part.parquet'],
      [folder, 'innocent/new'],
      [folder, 'proxied/.incoming/multipart~x/key'],
    ] as const)
      expect(await codeOf(locations.resolve(location, path)), `${location} ${path}`).toBe('PERMISSION_DENIED')
    expect((await locations.resolve(folder, 'proxied/tablespoons')).key).toBe('proxied/tablespoons')
  })
})
