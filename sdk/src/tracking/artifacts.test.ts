import { expect, test } from 'vitest'
import { HttpTransport } from '../http.js'
import { Artifacts, timeLimit } from './artifacts.js'

/** Artifacts on a network that only writes down what was asked. */
function recording() {
  const urls: string[] = []
  const fetch = async (url: string) => {
    urls.push(url)
    return new Response('{}')
  }
  return { urls, artifacts: new Artifacts(new HttpTransport({ baseUrl: 'http://h', fetch })) }
}

test('every part of a path is percent-encoded below the root', async () => {
  const { urls, artifacts } = recording()
  await artifacts.put('mlflow-artifacts:/1/abc/artifacts', 'a b/ü#?%.txt', 'x')
  expect(urls).toEqual([
    'http://h/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts/a%20b/%C3%BC%23%3F%25.txt',
  ])
})

test('a root with a host is read through the server the client talks to', async () => {
  const { urls, artifacts } = recording()
  await artifacts.getText('mlflow-artifacts://elsewhere:1/1/abc', 'f')
  expect(urls).toEqual(['http://h/api/2.0/mlflow-artifacts/artifacts/1/abc/f'])
})

test.each(['../x', 'a/../../x', '/etc/passwd', ''])(
  'the path %j is refused before anything is sent',
  async (path) => {
    const { urls, artifacts } = recording()
    await expect(artifacts.put('mlflow-artifacts:/1', path, 'x')).rejects.toThrow(TypeError)
    expect(urls).toEqual([])
  },
)

test('a root that the server does not serve is refused with advice', async () => {
  const { artifacts } = recording()
  await expect(artifacts.list('s3://bucket/1')).rejects.toThrow(/mlflow-artifacts:/)
})

test('a large file has the time that it takes', () => {
  const limit = (size: number) => timeLimit({ size, open: () => new ReadableStream() })
  expect([limit(0), limit(36e9), limit(1e15)]).toEqual([600_000, 360_600_000, 2 ** 31 - 1])
  expect(timeLimit('x'.repeat(100))).toBe(600_001)
})
