import { expect, test } from 'vitest'
import { HttpTransport } from '../http.js'
import { Artifacts, uploadTimeoutMs } from './artifacts.js'

/** Artifacts on a fake network that records the requested URLs. */
function recordRequests() {
  const urls: string[] = []
  const fetch = async (url: string) => {
    urls.push(url)
    return new Response('{}')
  }
  return { urls, artifacts: new Artifacts(new HttpTransport({ baseUrl: 'http://h', fetch })) }
}

test('percent-encodes every path segment', async () => {
  const { urls, artifacts } = recordRequests()
  await artifacts.put('mlflow-artifacts:/1/abc/artifacts', 'a b/ü#?%.txt', 'x')
  expect(urls).toEqual([
    'http://h/api/2.0/mlflow-artifacts/artifacts/1/abc/artifacts/a%20b/%C3%BC%23%3F%25.txt',
  ])
})

test('reads a root with a host through the configured server', async () => {
  const { urls, artifacts } = recordRequests()
  await artifacts.getText('mlflow-artifacts://elsewhere:1/1/abc', 'f')
  expect(urls).toEqual(['http://h/api/2.0/mlflow-artifacts/artifacts/1/abc/f'])
})

test.each(['../x', 'a/../../x', '/etc/passwd', ''])(
  'rejects the path %j before sending anything',
  async (path) => {
    const { urls, artifacts } = recordRequests()
    await expect(artifacts.put('mlflow-artifacts:/1', path, 'x')).rejects.toThrow(TypeError)
    expect(urls).toEqual([])
  },
)

test('rejects a root that the server does not serve, with advice', async () => {
  const { artifacts } = recordRequests()
  await expect(artifacts.list('s3://bucket/1')).rejects.toThrow(/mlflow-artifacts:/)
})

test('extends the timeout for large files', () => {
  const limit = (size: number) => uploadTimeoutMs({ size, open: () => new ReadableStream() })
  expect([limit(0), limit(36e9), limit(1e15)]).toEqual([600_000, 360_600_000, 2 ** 31 - 1])
  expect(uploadTimeoutMs('x'.repeat(100))).toBe(600_001)
})
