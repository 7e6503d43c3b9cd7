import { Counter, Registry } from 'prom-client'
import { expect, test } from 'vitest'
import type { EndpointRow } from '../schema.js'
import { metricsTextOf } from './documents.js'

test('writes only the series of the endpoint, below their headings', async () => {
  const registry = new Registry()
  const counter = (name: string) =>
    new Counter({ name, help: `Help of ${name}`, labelNames: ['version', 'endpoint'], registers: [registry] })
  counter('ours').inc({ version: '1', endpoint: 'e' })
  counter('both').inc({ version: '1', endpoint: 'e' })
  counter('others').inc({ version: '1', endpoint: 'e2' })
  expect(await metricsTextOf(registry)({ name: 'e' } as EndpointRow)).toBe(
    [
      '# HELP ours Help of ours',
      '# TYPE ours counter',
      'ours{version="1",endpoint="e"} 1',
      '# HELP both Help of both',
      '# TYPE both counter',
      'both{version="1",endpoint="e"} 1',
      '',
    ].join('\n'),
  )
})
