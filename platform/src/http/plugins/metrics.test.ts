import Fastify from 'fastify'
import { expect, onTestFinished, test } from 'vitest'
import { metrics } from './metrics.js'

async function served() {
  const lines: Record<string, unknown>[] = []
  const write = (line: string) => void lines.push(JSON.parse(line))
  const app = Fastify({ logger: { level: 'warn', stream: { write } } })
  onTestFinished(() => app.close())
  metrics(app, 3_600_000)
  app.get('/status/:code', async (request, reply) => {
    const { code } = request.params as { code: string }
    return reply.code(Number(code)).send('')
  })
  const get = (url: string) => app.inject(url)
  return { app, get, lines }
}

test('durations are counted by method, route and status', async () => {
  const { get } = await served()
  for (const code of [200, 200, 404]) await get(`/status/${code}`)
  await get('/nowhere')
  const counts = (await get('/metrics')).body.split('\n').filter((line) => line.includes('_seconds_count{'))
  expect(counts).toEqual([
    'cairn_http_request_duration_seconds_count{method="GET",route="/status/:code",status="200"} 2',
    'cairn_http_request_duration_seconds_count{method="GET",route="/status/:code",status="404"} 1',
    'cairn_http_request_duration_seconds_count{method="GET",route="unknown",status="404"} 1',
  ])
})

test('one of the refusals in an interval is logged, then the number of the others, and every other failure', async () => {
  const { app, get, lines } = await served()
  for (const code of [503, 503, 500, 503, 500, 404]) await get(`/status/${code}`)
  expect(lines.map(({ status }) => status)).toEqual([503, 500, 500])
  expect(lines[0]).toMatchObject({ msg: 'request failed', url: '/status/503', skipped: 0 })
  await app.close()
  expect(lines.at(-1)).toMatchObject({ msg: 'requests failed', route: '/status/:code', skipped: 2 })
})
