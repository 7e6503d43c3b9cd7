import { expect, test } from 'vitest'
import { aDeployment } from '../testing/fixtures.js'
import { changeRows } from './change-rows.js'
import { parseReasons } from './deployment-reason.js'
import { isRollBackTarget } from './deployments-query.js'
import { lanesOf } from './version-bands.js'

test('shows which version served when, from the end of one deployment to that of the next', () => {
  const history = [
    aDeployment(50, { main: ['9', 100] }, { outcome: 'FAILED' }),
    aDeployment(30, { main: ['2', 90], canary: ['3', 10] }),
    aDeployment(20, { main: ['2', 100] }),
    aDeployment(10, { main: ['1', 100] }),
  ]
  expect(lanesOf(history, 100)).toEqual([
    {
      entity: 'main',
      bands: [
        { number: 10, version: '1', percent: 100, from: 10, to: 20 },
        { number: 20, version: '2', percent: 100, from: 20, to: 30 },
        { number: 30, version: '2', percent: 90, from: 30, to: 100 },
      ],
    },
    { entity: 'canary', bands: [{ number: 30, version: '3', percent: 10, from: 30, to: 100 }] },
  ])
  expect(lanesOf([], 100)).toEqual([])
})

test('joins the bands of deployments that changed nothing about an entity', () => {
  const history = [aDeployment(20, { main: ['1', 100] }), aDeployment(10, { main: ['1', 100] })]
  expect(lanesOf(history, 100)[0]!.bands).toEqual([
    { number: 10, version: '1', percent: 100, from: 10, to: 100 },
  ])
})

test('leaves a gap while an entity was not served', () => {
  const history = [
    aDeployment(30, { main: ['1', 50], canary: ['2', 50] }),
    aDeployment(20, { main: ['1', 100] }),
    aDeployment(10, { main: ['1', 50], canary: ['2', 50] }),
  ]
  const canary = lanesOf(history, 40).find(({ entity }) => entity === 'canary')!
  expect(canary.bands.map(({ from, to }) => [from, to])).toEqual([
    [10, 20],
    [30, 40],
  ])
})

test('reads the reasons of the server', () => {
  expect(parseReasons('created')).toEqual([{ kind: 'created' }])
  expect(parseReasons('rolled back to 12')).toEqual([{ kind: 'rolledBack', number: '12' }])
  expect(parseReasons('alias champion moved from 3 to 4, alias shadow moved to 2')).toEqual([
    { kind: 'aliasMoved', alias: 'champion', from: '3', to: '4' },
    { kind: 'aliasMoved', alias: 'shadow', from: '', to: '2' },
  ])
  expect(parseReasons('deployed by an older release')).toEqual([
    { kind: 'other', text: 'deployed by an older release' },
  ])
})

test('an added or removed entity is one row, a changed one a row for each field', () => {
  const rows = changeRows([
    { field: 'main.entity_version', before: '1', after: '2' },
    { field: 'main.traffic_percentage', before: '100', after: '90' },
    { field: 'canary.entity_name', after: 'movies' },
    { field: 'canary.entity_version', after: '@shadow' },
    { field: 'canary.traffic_percentage', after: '10' },
    { field: 'old.entity_name', before: 'movies' },
    { field: 'old.entity_version', before: '@shadow' },
    { field: 'old.version', before: '7' },
    { field: 'old.traffic_percentage', before: '5' },
  ])
  expect(rows).toEqual([
    { entity: 'main', field: 'entity_version', before: '1', after: '2' },
    { entity: 'main', field: 'traffic_percentage', before: '100', after: '90' },
    { entity: 'canary', field: undefined, before: undefined, after: 'movies @shadow · 10%' },
    { entity: 'old', field: undefined, before: 'movies v7 · 5%', after: undefined },
  ])
})

test('only successful deployments with recorded versions can be rolled back to', () => {
  const served = { main: ['1', 100] } as const
  expect(isRollBackTarget(aDeployment(1, served))).toBe(true)
  expect(isRollBackTarget(aDeployment(1, served, { active: true }))).toBe(false)
  expect(isRollBackTarget(aDeployment(1, served, { outcome: 'FAILED' }))).toBe(false)
  const { version: _, ...unrecorded } = aDeployment(1, served).served_entities[0]!
  expect(isRollBackTarget(aDeployment(1, served, { served_entities: [unrecorded] }))).toBe(false)
})
