import type { TaskSettings } from '@cairn/platform/protocol/task-settings'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TaskResult } from '../schema.js'
import { graphs } from '../testing/graphs.js'
import { checkGraph, descendants, topologicalOrder } from './graph.js'
import { evaluateRunIf, isFailure } from './run-if.js'
import { settle, type TaskState } from './settle.js'

test('ends every run of a random graph with random failures, and obeys every run_if', () => {
  fc.assert(
    fc.property(
      graphs(),
      fc.infiniteStream(fc.constantFrom<TaskResult>('SUCCESS', 'SUCCESS', 'FAILED', 'TIMEDOUT', 'CANCELED')),
      fc.infiniteStream(fc.nat(1000)),
      (tasks, outcomes, choices) => {
        const states = new Map<string, TaskState>(
          tasks.map((task) => [task.task_key, { state: 'BLOCKED', result: null }]),
        )
        const ran = new Set<string>()
        for (;;) {
          const { ready, ended, result } = settle(tasks, states, null)
          for (const key of ready) {
            expect(ran.has(key), `${key} runs twice`).toBe(false)
            ran.add(key)
            states.set(key, { state: 'RUNNING', result: null })
          }
          for (const [key, outcome] of ended) states.set(key, { state: 'TERMINATED', result: outcome })
          if (result) break
          const running = tasks.filter((task) => states.get(task.task_key)!.state === 'RUNNING')
          expect(running.length, 'the run is stuck').toBeGreaterThan(0)
          const { task_key } = running[choices.next().value! % running.length]!
          states.set(task_key, { state: 'TERMINATED', result: outcomes.next().value! })
        }
        for (const task of tasks) {
          const upstream = task.depends_on!.map((dependency) => states.get(dependency.task_key)!.result!)
          const expected = task.disabled ? 'DISABLED' : evaluateRunIf(task.run_if!, upstream)
          if (expected === 'RUN') expect(ran.has(task.task_key)).toBe(true)
          else expect([ran.has(task.task_key), states.get(task.task_key)!.result]).toEqual([false, expected])
        }
      },
    ),
    { numRuns: 300 },
  )
})

test('when stopping, ends waiting tasks, waits for running ones, and sets the reason as the result', () => {
  const tasks: TaskSettings[] = [
    { task_key: 'a' },
    { task_key: 'b', depends_on: [{ task_key: 'a' }] },
    { task_key: 'c' },
    { task_key: 'clean', depends_on: [{ task_key: 'b' }], run_if: 'ALL_DONE' },
  ]
  const states = new Map<string, TaskState>([
    ['a', { state: 'RUNNING', result: null }],
    ['b', { state: 'BLOCKED', result: null }],
    ['c', { state: 'WAITING_FOR_RETRY', result: null }],
    ['clean', { state: 'BLOCKED', result: null }],
  ])
  const first = settle(tasks, states, 'CANCELED')
  expect(first.result).toBeUndefined()
  expect([...first.ended]).toEqual([
    ['c', 'CANCELED'],
    ['b', 'CANCELED'],
    ['clean', 'CANCELED'],
  ])
  for (const [key, result] of first.ended) states.set(key, { state: 'TERMINATED', result })
  states.set('a', { state: 'TERMINATED', result: 'CANCELED' })
  expect(settle(tasks, states, 'CANCELED').result).toBe('CANCELED')
})

describe('the result of a run, by its leaves', () => {
  const diamond: TaskSettings[] = [
    { task_key: 'a' },
    { task_key: 'b', depends_on: [{ task_key: 'a' }] },
    { task_key: 'c', depends_on: [{ task_key: 'a' }] },
    { task_key: 'd', depends_on: [{ task_key: 'b' }, { task_key: 'c' }], run_if: 'ALL_DONE' },
  ]
  test.each<[string, TaskResult[], string]>([
    ['all succeed', ['SUCCESS', 'SUCCESS', 'SUCCESS', 'SUCCESS'], 'SUCCESS'],
    ['an inner task failed', ['SUCCESS', 'FAILED', 'SUCCESS', 'SUCCESS'], 'SUCCESS_WITH_FAILURES'],
    ['the leaf failed', ['SUCCESS', 'SUCCESS', 'SUCCESS', 'TIMEDOUT'], 'FAILED'],
    [
      'the leaf was skipped over a failure',
      ['FAILED', 'UPSTREAM_FAILED', 'SUCCESS', 'UPSTREAM_FAILED'],
      'FAILED',
    ],
    ['the leaf was excluded', ['SUCCESS', 'SUCCESS', 'SUCCESS', 'EXCLUDED'], 'SUCCESS'],
    ['the leaf was canceled', ['SUCCESS', 'CANCELED', 'SUCCESS', 'CANCELED'], 'CANCELED'],
  ])('%s', (_case, results, expected) => {
    const states = new Map<string, TaskState>(
      diamond.map((task, i) => [task.task_key, { state: 'TERMINATED', result: results[i]! }]),
    )
    expect(settle(diamond, states, null).result).toBe(expected)
  })
})

describe('run_if', () => {
  test.each<[string, Parameters<typeof evaluateRunIf>[0], TaskResult[], string]>([
    ['needs every dependency', 'ALL_SUCCESS', ['SUCCESS', 'FAILED'], 'UPSTREAM_FAILED'],
    ['distinguishes canceled from failed', 'ALL_SUCCESS', ['SUCCESS', 'CANCELED'], 'UPSTREAM_CANCELED'],
    ['counts an excluded dependency as successful', 'ALL_SUCCESS', ['SUCCESS', 'EXCLUDED'], 'RUN'],
    ['is excluded when all dependencies are excluded', 'ALL_DONE', ['EXCLUDED', 'DISABLED'], 'EXCLUDED'],
    ['runs after any end', 'ALL_DONE', ['FAILED', 'CANCELED'], 'RUN'],
    [
      'excludes a failure handler without a failure',
      'AT_LEAST_ONE_FAILED',
      ['SUCCESS', 'SUCCESS'],
      'EXCLUDED',
    ],
    ['runs a failure handler after a cancel', 'AT_LEAST_ONE_FAILED', ['SUCCESS', 'CANCELED'], 'RUN'],
    ['needs all to fail', 'ALL_FAILED', ['FAILED', 'SUCCESS'], 'EXCLUDED'],
    ['needs one success', 'AT_LEAST_ONE_SUCCESS', ['FAILED', 'UPSTREAM_FAILED'], 'UPSTREAM_FAILED'],
    ['runs without dependencies', 'ALL_FAILED', [], 'RUN'],
  ])('%s', (_case, runIf, upstream, expected) => expect(evaluateRunIf(runIf, upstream)).toBe(expected))

  test('never runs for ALL_SUCCESS and NONE_FAILED after a failure, and always for ALL_DONE', () => {
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
        expect(evaluateRunIf('ALL_SUCCESS', upstream)).not.toBe('RUN')
        expect(evaluateRunIf('NONE_FAILED', upstream)).not.toBe('RUN')
        expect(evaluateRunIf('ALL_DONE', upstream)).toBe('RUN')
      }),
    )
  })
})

describe('graph', () => {
  test('orders tasks after their dependencies', () => {
    fc.assert(
      fc.property(graphs(30), (tasks) => {
        checkGraph(tasks)
        const order = topologicalOrder(tasks).map((task) => task.task_key)
        expect(order.toSorted()).toEqual(tasks.map((task) => task.task_key).toSorted())
        for (const task of tasks)
          for (const { task_key } of task.depends_on!)
            expect(order.indexOf(task_key)).toBeLessThan(order.indexOf(task.task_key))
      }),
    )
  })

  test('rejects duplicate keys, unknown dependencies and cycles, and names the tasks', () => {
    const depends = (task_key: string, ...keys: string[]) => ({
      task_key,
      depends_on: keys.map((key) => ({ task_key: key })),
    })
    expect(() => checkGraph([depends('a'), depends('a')])).toThrow("'a' is used twice")
    expect(() => checkGraph([depends('a', 'x')])).toThrow("'a' depends on 'x', which does not exist")
    expect(() =>
      checkGraph([depends('r'), depends('a', 'c', 'r'), depends('b', 'a'), depends('c', 'b')]),
    ).toThrow("'a', 'b', 'c' depend on each other in a cycle")
    expect(() => checkGraph([depends('a', 'a')])).toThrow('in a cycle')
  })

  test('finds all direct and indirect dependents of a task', () => {
    const chain = [
      { task_key: 'a' },
      { task_key: 'b', depends_on: [{ task_key: 'a' }] },
      { task_key: 'c', depends_on: [{ task_key: 'b' }] },
      { task_key: 'x' },
    ]
    expect([...descendants(chain, 'a')]).toEqual(['b', 'c'])
  })
})
