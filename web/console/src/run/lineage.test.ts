import { expect, test } from 'vitest'
import { anEndpoint, aVersion } from '../testing/fixtures.js'
import { lineageGraph } from './lineage-graph.js'
import { layoutLineage, NODE } from './lineage-layout.js'

const dataset = { name: 'main.movielens.ratings', digest: 'a41f', source_type: 'delta_table', source: '{}' }
const run = { id: 'r', name: 'ials', kind: 'als' }

test('connects dataset, run, version and the endpoint that serves it', () => {
  const graph = lineageGraph({
    run,
    datasets: [{ dataset }],
    models: [],
    versions: [aVersion({ version: '2', aliases: ['champion'] })],
    endpoints: [
      anEndpoint('movies', [{ entity_version: '2' }]),
      anEndpoint('other', [{ entity_version: '1' }]),
    ],
  })
  expect(graph.columns.map((column) => column.map(({ title }) => title))).toEqual([
    ['main.movielens.ratings'],
    ['ials'],
    ['movies'],
    ['movies'],
  ])
  expect(graph.edges).toEqual([
    ['dataset:main.movielens.ratings:a41f', 'run'],
    ['run', 'version:movies:2'],
    ['version:movies:2', 'endpoint:movies'],
  ])
})

test('one node stands for the versions that a column has no place for', () => {
  const versions = Array.from({ length: 500 }, (_, i) => aVersion({ version: String(500 - i) }))
  const graph = lineageGraph({
    ...{ run, datasets: [], models: [], versions },
    endpoints: [anEndpoint('movies', [{ entity_version: '3' }, { entity_version: '2' }])],
  })
  expect(graph.columns[1]!.map(({ subtitle, more }) => more ?? subtitle)).toEqual([
    ...['v500', 'v499', 'v498', 'v497', 'v496', 'v495', 'v494'],
    493,
  ])
  expect(graph.edges.slice(-2)).toEqual([
    ['run', 'more:version'],
    ['more:version', 'endpoint:movies'],
  ])
  expect(layoutLineage(graph).paths).toHaveLength(9)
})

test('puts the logged model between the run and its version', () => {
  const info = { model_id: 'm-1', experiment_id: '1', name: 'als', artifact_uri: '' }
  const times = { creation_timestamp_ms: 0, last_updated_timestamp_ms: 0 }
  const { edges } = lineageGraph({
    run,
    datasets: [],
    models: [{ info: { ...info, ...times, status: 'LOGGED_MODEL_READY' }, data: {} }],
    versions: [aVersion({ version: '2', model_id: 'm-1' }), aVersion({ version: '3' })],
    endpoints: [],
  })
  expect(edges).toEqual([
    ['run', 'model:m-1'],
    ['model:m-1', 'version:movies:2'],
    ['run', 'version:movies:3'],
  ])
})

test('centres each column and draws edges from right side to left side', () => {
  const graph = lineageGraph({
    run,
    datasets: [{ dataset }, { dataset: { ...dataset, digest: 'b52e' } }],
    models: [],
    versions: [],
    endpoints: [],
  })
  const { nodes, paths, width, height } = layoutLineage(graph)
  expect(width).toBe(2 * NODE.width + NODE.gapX)
  expect(height).toBe(2 * NODE.height + NODE.gapY)
  expect(nodes.find(({ node }) => node.id === 'run')).toMatchObject({ y: (height - NODE.height) / 2 })
  expect(paths[0]?.d.startsWith(`M${NODE.width} ${NODE.height / 2}C`)).toBe(true)
})
