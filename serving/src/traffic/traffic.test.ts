import { describe, expect, test } from 'vitest'
import type { LoadedDeployment } from '../deployments/loaded-deployments.js'
import { parseTraffic } from '../endpoint-state/traffic.js'
import type { ModelQuery } from '../runtime/messages.js'
import type { Prediction } from '../runtime/request-queue.js'
import { compareAnswers } from './compare-answers.js'
import { hashShare } from './hash-share.js'
import { pickRoute } from './pick-route.js'
import { Shadow } from './shadow.js'
import { stickyKey } from './sticky-key.js'

const bodyOf = (value: unknown) => ({ bytes: Buffer.from(JSON.stringify(value)) })

describe('the sticky key', () => {
  test.each([
    [{ dataframe_split: { columns: ['k', 'user_id'], data: [[5, 7]] } }],
    [{ dataframe_records: [{ user_id: 7 }, { user_id: 8 }] }],
    [{ instances: [{ user_id: 7 }] }],
    [{ inputs: [{ user_id: 7 }] }],
    [{ inputs: { user_id: 7 } }],
    [{ inputs: { user_id: [7, 8] } }],
    [{ inputs: [{ name: 'user_id', shape: [1], datatype: 'INT64', data: [7] }] }],
  ])('is the field of the first row of %j', (body) => {
    expect(stickyKey('field:user_id', 'me', bodyOf(body))).toBe('7')
  })

  test.each([
    [{}],
    [[]],
    [null],
    [{ dataframe_records: [] }],
    [{ dataframe_records: [{ user_id: [7] }] }],
    [{ inputs: 7 }],
  ])('is absent in %j', (body) => {
    expect(stickyKey('field:user_id', 'me', bodyOf(body))).toBeUndefined()
  })

  test('is absent in a body that is not JSON, too large, or compressed', () => {
    expect(stickyKey('field:a', 'me', { bytes: Buffer.from('a,b') })).toBeUndefined()
    expect(stickyKey('field:a', 'me', bodyOf({ inputs: { a: 1, b: 'x'.repeat(70_000) } }))).toBeUndefined()
    expect(
      stickyKey('field:a', 'me', { ...bodyOf({ inputs: { a: 1 } }), contentEncoding: 'gzip' }),
    ).toBeUndefined()
  })

  test('is the principal for sticky_by user', () => {
    expect(stickyKey('user', 'me', bodyOf({}))).toBe('me')
  })
})

describe('the share of a key', () => {
  const keys = Array.from({ length: 10_000 }, (_, n) => String(n))
  const split = (percentages: readonly number[]) => {
    const routes = percentages.map((traffic_percentage, n) => ({
      served_model_name: String(n),
      traffic_percentage,
    }))
    return keys.map((key) => pickRoute(routes, hashShare('endpoint', key)))
  }

  test('is the same for the same key, and uniform over keys', () => {
    const picks = split([80, 20])
    expect(split([80, 20])).toEqual(picks)
    const share = picks.filter((pick) => pick === '1').length / keys.length
    expect(share).toBeGreaterThan(0.18)
    expect(share).toBeLessThan(0.22)
  })

  test('moves only the keys that a new split has to move', () => {
    const [before, after] = [split([80, 20]), split([70, 30])]
    const moved = before.filter((pick, n) => pick !== after[n])
    expect(moved.every((pick) => pick === '0')).toBe(true)
    expect(moved.length / keys.length).toBeLessThan(0.12)
  })

  test('differs between endpoints', () => {
    expect(hashShare('a', 'key')).not.toBe(hashShare('b', 'key'))
  })
})

describe('the comparison of answers', () => {
  const body = (predictions: unknown) => JSON.stringify({ predictions })
  const items = (...ids: number[]) => ({ recommendations: ids.map((item_id) => ({ item_id, score: 1 })) })

  test.each([
    [[1, 2], [1, 2], { isEqual: true, meanAbsolute: 0 }],
    [[1, 2], [2, 4], { isEqual: false, meanAbsolute: 1.5 }],
    [[{ y: 1 }], [{ y: 0.5 }], { isEqual: false, meanAbsolute: 0.5 }],
    [[1], [1, 2], { isEqual: false }],
    [['a'], ['b'], { isEqual: false }],
    [[items(1, 2, 3, 4)], [items(1, 2, 5, 6)], { isEqual: false, overlap: 0.5 }],
    [[items()], [items()], { isEqual: true, overlap: 1 }],
  ])('of %j and %j is %j', (one, other, difference) => {
    expect(compareAnswers(body(one), body(other))).toEqual(difference)
  })

  test.each([
    ['[NaN, 1.0]', '[NaN, 1.5]', { isEqual: false, meanAbsolute: 0.5 }],
    ['[-Infinity, 1.0]', '[-Infinity, 1.5]', { isEqual: false, meanAbsolute: 0.5 }],
    ['[NaN, 1.0]', '[1.0, NaN]', { isEqual: false }],
    ['[NaN]', '[NaN]', { isEqual: true }],
    ['["Infinity", 1]', '["Infinity", 3]', { isEqual: false, meanAbsolute: 2 }],
  ])('leaves out missing and infinite numbers of models in Python: %s and %s', (one, other, difference) => {
    const [answer, shadow] = [one, other].map((predictions) => `{"predictions": ${predictions}}`)
    expect(compareAnswers(answer!, shadow!)).toEqual(difference)
  })
})

describe('a shadow', () => {
  const prediction = (body: string): Prediction => ({
    response: { contentType: 'application/json', body },
    rows: 1,
    queueMs: 0,
    modelMs: 2,
  })
  const query = { protocol: 'mlflow', body: bodyOf({}), name: 'e', version: '1' } as const
  function deploymentWith(predict: (query: ModelQuery) => Promise<Prediction>) {
    const config = parseTraffic(
      { traffic_config: { shadow: { served_entity_name: 'new' } } },
      new Set(['old', 'new']),
    )
    const served = new Map([['new', { version: '2', model: { host: { predict } } }]])
    return { config, served } as unknown as LoadedDeployment
  }

  test('gets the query, and has its answer compared', async () => {
    const shadow = new Shadow()
    const versions: string[] = []
    const deployment = deploymentWith(async ({ version }) => {
      versions.push(version)
      return prediction('{"predictions":[2]}')
    })
    shadow.mirror(deployment, query, prediction('{"predictions":[1]}'))
    await expect.poll(() => shadow.stats(deployment).compared).toBe(1)
    expect(versions).toEqual(['2'])
    expect(shadow.stats(deployment).toJSON()).toEqual({
      ...{ compared: 1, failed: 0, dropped: 0, equal_share: 0 },
      ...{ mean_absolute_difference: 1, answer_ms: 2, shadow_ms: 2 },
    })
  })

  test('that fails is counted', async () => {
    const shadow = new Shadow()
    const deployment = deploymentWith(() => Promise.reject(new Error('broken')))
    shadow.mirror(deployment, query, prediction('{}'))
    await expect.poll(() => shadow.stats(deployment).failed).toBe(1)
  })

  test('that is slow gets sixteen queries at a time; others are dropped', () => {
    const shadow = new Shadow()
    const deployment = deploymentWith(() => new Promise(() => undefined))
    for (let n = 0; n < 20; n++) shadow.mirror(deployment, query, prediction('{}'))
    expect(shadow.stats(deployment).toJSON()).toMatchObject({ compared: 0, dropped: 4 })
  })
})

describe('the traffic configuration', () => {
  const names = new Set(['a', 'b', 'c'])

  test('gives a shadow no share of the answers unless a route does', () => {
    expect(parseTraffic({ traffic_config: { shadow: { served_entity_name: 'c' } } }, names)).toEqual({
      routes: [
        { served_model_name: 'a', traffic_percentage: 50 },
        { served_model_name: 'b', traffic_percentage: 50 },
      ],
      shadow: { served_model_name: 'c', sampling_percentage: 100 },
    })
  })

  test.each([
    [{ sticky_by: 'cookie' }, /'traffic_config.sticky_by'/],
    [{ shadow: { served_entity_name: 'x' } }, /'traffic_config.shadow' names 'x'/],
  ])('rejects %j', (traffic_config, message) => {
    expect(() => parseTraffic({ traffic_config }, names)).toThrow(message)
  })

  test('rejects a shadow that is the only entity', () => {
    const only = { traffic_config: { shadow: { served_entity_name: 'a' } } }
    expect(() => parseTraffic(only, new Set(['a']))).toThrow(/needs another served entity/)
  })
})
