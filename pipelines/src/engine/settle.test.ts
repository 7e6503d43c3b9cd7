import type { TaskSettings } from '@cairn/platform/protocol/jobs'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TaskResult } from '../schema.js'
import { anyGraph } from '../testing/any-graph.js'
import { checkGraph, descendants, topological } from './graph.js'
import { isFailure, verdict } from './run-if.js'
import { settle, type TaskStanding } from './settle.js'

test('any graph with any failures comes to an end, and every run_if is obeyed', () => {
  fc.assert(
    fc.property(
      anyGraph(),
      fc.infiniteStream(fc.constantFrom<TaskResult>('SUCCESS', 'SUCCESS', 'FAILED', 'TIMEDOUT', 'CANCELED')),
      fc.infiniteStream(fc.nat(1000)),
      (tasks, outcomes, choices) => {
        const standings = new Map<string, TaskStanding>(
          tasks.map((task) => [task.task_key, { state: 'BLOCKED', result: null }]),
        )
        const ran = new Set<string>()
        for (;;) {
          const { ready, ended, result } = settle(tasks, standings, null)
          for (const key of ready) {
            expect(ran.has(key), `${key} runs twice`).toBe(false)
            ran.add(key)
            standings.set(key, { state: 'RUNNING', result: null })
          }
          for (const [key, outcome] of ended) standings.set(key, { state: 'TERMINATED', result: outcome })
          if (result) break
          const running = tasks.filter((task) => standings.get(task.task_key)!.state === 'RUNNING')
          expect(running.length, 'nothing runs and nothing ends').toBeGreaterThan(0)
          const { task_key } = running[choices.next().value! % running.length]!
          standings.set(task_key, { state: 'TERMINATED', result: outcomes.next().value! })
        }
        for (const task of tasks) {
          const upstream = task.depends_on!.map((one) => standings.get(one.task_key)!.result!)
          const expected = task.disabled ? 'DISABLED' : verdict(task.run_if!, upstream)
          if (expected === 'RUN') expect(ran.has(task.task_key)).toBe(true)
          else
            expect([ran.has(task.task_key), standings.get(task.task_key)!.result]).toEqual([false, expected])
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('stopping ends what has not started, waits for what runs, and the run gets the reason', () => {
  const tasks: TaskSettings[] = [
    { task_key: 'a' },
    { task_key: 'b', depends_on: [{ task_key: 'a' }] },
    { task_key: 'c' },
    { task_key: 'clean', depends_on: [{ task_key: 'b' }], run_if: 'ALL_DONE' },
  ]
  const standings = new Map<string, TaskStanding>([
    ['a', { state: 'RUNNING', result: null }],
    ['b', { state: 'BLOCKED', result: null }],
    ['c', { state: 'WAITING_FOR_RETRY', result: null }],
    ['clean', { state: 'BLOCKED', result: null }],
  ])
  const first = settle(tasks, standings, 'CANCELED')
  expect(first.result).toBeUndefined()
  expect([...first.ended]).toEqual([
    ['c', 'CANCELED'],
    ['b', 'CANCELED'],
    ['clean', 'CANCELED'],
  ])
  for (const [key, result] of first.ended) standings.set(key, { state: 'TERMINATED', result })
  standings.set('a', { state: 'TERMINATED', result: 'CANCELED' })
  expect(settle(tasks, standings, 'CANCELED').result).toBe('CANCELED')
})

describe('a run is judged by its leaves', () => {
  const diamond: TaskSettings[] = [
    { task_key: 'a' },
    { task_key: 'b', depends_on: [{ task_key: 'a' }] },
    { task_key: 'c', depends_on: [{ task_key: 'a' }] },
    { task_key: 'd', depends_on: [{ task_key: 'b' }, { task_key: 'c' }], run_if: 'ALL_DONE' },
  ]
  test.each<[string, TaskResult[], string]>([
    ['all succeed', ['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS'], 'SUCCESS'],
    ['an inner one failed', ['SUCCESS', 'FAILED', 'SUCCESS', 'SUCCESS'], 'SUCCESS_WITH_FAILURES'],
    ['the leaf failed', ['SUCCESS', 'SUCCESS', 'SUCCESS', 'TIMEDOUT'], 'FAILED'],
    [
      'the leaf was skipped over a failure',
      ['FAILED', 'UPSTREAM_FAILED', 'SUCCESS', 'UPSTREAM_FAILED'],
      'FAILED',
    ],
    ['the leaf was excluded', ['SUCCESS', 'SUCCESS', 'SUCCESS', 'EXCLUDED'], 'SUCCESS'],
    ['the leaf was canceled', ['SUCCESS', 'CANCELED', 'SUCCESS', 'CANCELED'], 'CANCELED'],
  ])('%s', (_case, results, expected) => {
    const standings = new Map<string, TaskStanding>(
      diamond.map((task, i) => [task.task_key, { state: 'TERMINATED', result: results[i]! }]),
    )
    expect(settle(diamond, standings, null).result).toBe(expected)
  })
})

describe('run_if', () => {
  test.each<[string, Parameters<typeof verdict>[0], TaskResult[], string]>([
    ['needs every dependency', 'ALL_SUCCESS', ['SUCCESS', 'FAILED'], 'UPSTREAM_FAILED'],
    ['tells cancelled from failed', 'ALL_SUCCESS', ['SUCCESS', 'CANCELED'], 'UPSTREAM_CANCELED'],
    ['counts an excluded dependency as successful', 'ALL_SUCCESS', ['SUCCESS', 'EXCLUDED'], 'RUN'],
    ['is not asked when all dependencies were excluded', 'ALL_DONE', ['EXCLUDED', 'DISABLED'], 'EXCLUDED'],
    ['is content with an end', 'ALL_DONE', ['FAILED', 'CANCELED'], 'RUN'],
    ['excludes a handler without a failure', 'AT_LEAST_ONE_FAILED', ['SUCCESS', 'SUCCESS'], 'EXCLUDED'],
    ['runs a handler after a cancel', 'AT_LEAST_ONE_FAILED', ['SUCCESS', 'CANCELED'], 'RUN'],
    ['wants all failed', 'ALL_FAILED', ['FAILED', 'SUCCESS'], 'EXCLUDED'],
    ['wants one success', 'AT_LEAST_ONE_SUCCESS', ['FAILED', 'UPSTREAM_FAILED'], 'UPSTREAM_FAILED'],
    ['has nothing to wait for', 'ALL_FAILED', [], 'RUN'],
  ])('%s', (_case, runIf, upstream, expected) => expect(verdict(runIf, upstream)).toBe(expected))

  test('a failure never passes ALL_SUCCESS and NONE_FAILED, and always passes ALL_DONE', () => {
    const results = fc.constantFrom<TaskResult>(
      'SUCCESS',
      'FAILED',
      'TIMEDOUT',
      'EXCLUDED',
      'UPSTREAM_FAILED',
    )
    fc.assert(
      fc.property(fc.array(results, { minLength: 1 }), (upstream) => {
        fc.pre(upstream.some(isFailure))
        expect(verdict('ALL_SUCCESS', upstream)).not.toBe('RUN')
        expect(verdict('NONE_FAILED', upstream)).not.toBe('RUN')
        expect(verdict('ALL_DONE', upstream)).toBe('RUN')
      }),
    )
  })
})

describe('a graph', () => {
  test('is ordered so that everything comes after what it depends on', () => {
    fc.assert(
      fc.property(anyGraph(30), (tasks) => {
        checkGraph(tasks)
        const order = topological(tasks).map((task) => task.task_key)
        expect(order.toSorted()).toEqual(tasks.map((task) => task.task_key).toSorted())
        for (const task of tasks)
          for (const { task_key } of task.depends_on!)
            expect(order.indexOf(task_key)).toBeLessThan(order.indexOf(task.task_key))
      }),
    )
  })

  test('that cannot run is refused by name', () => {
    const depends = (task_key: string, ...keys: string[]) => ({
      task_key,
      depends_on: keys.map((key) => ({ task_key: key })),
    })
    expect(() => checkGraph([depends('a'), depends('a')])).toThrow("'a' is used twice")
    expect(() => checkGraph([depends('a', 'x')])).toThrow("'a' depends on 'x', which does not exist")
    expect(() =>
      checkGraph([depends('r'), depends('a', 'c', 'r'), depends('b', 'a'), depends('c', 'b')]),
    ).toThrow("'a', 'b', 'c' depend on each other in a circle")
    expect(() => checkGraph([depends('a', 'a')])).toThrow('in a circle')
  })

  test('knows everything behind a task', () => {
    const chain = [
      { task_key: 'a' },
      { task_key: 'b', depends_on: [{ task_key: 'a' }] },
      { task_key: 'c', depends_on: [{ task_key: 'b' }] },
      { task_key: 'x' },
    ]
    expect([...descendants(chain, 'a')]).toEqual(['b', 'c'])
  })
})
