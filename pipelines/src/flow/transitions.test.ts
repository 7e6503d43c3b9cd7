import type { RunIf, TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { TaskResult } from '../schema.js'
import { graphs } from '../testing/graphs.js'
import { checkGraph, descendants, topologicalOrder } from './graph.js'
import { evaluateRunIf, isFailure } from './run-if.js'
import { nextTransitions, type TaskState } from './transitions.js'

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
          const { ready, ended, result } = nextTransitions(tasks, states, null)
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

test('runs exactly the tasks on the branches that random conditions take', () => {
  const outcomes = fc.constantFrom('true' as const, 'false' as const)
  const conditions = fc.infiniteStream(
    fc.record({ wanted: fc.option(outcomes), decided: outcomes, fails: fc.nat(5).map((n) => n === 0) }),
  )
  fc.assert(
    fc.property(graphs(), conditions, (graph, stream) => {
      const decisions = new Map(graph.map(({ task_key }) => [task_key, stream.next().value!]))
      const tasks = graph.map((task) => ({
        ...task,
        depends_on: task.depends_on!.map(({ task_key }) => {
          const { wanted } = stream.next().value!
          return { task_key, ...(wanted && { outcome: wanted }) }
        }),
      }))
      const states = new Map<string, TaskState>(
        tasks.map(({ task_key }) => [task_key, { state: 'BLOCKED', result: null }]),
      )
      for (let result: unknown; result === undefined; ) {
        const settled = nextTransitions(tasks, states, null)
        for (const key of settled.ready) {
          const { decided, fails } = decisions.get(key)!
          const ended = { result: fails ? 'FAILED' : 'SUCCESS', outcome: fails ? null : decided } as const
          states.set(key, { state: 'TERMINATED', ...ended })
        }
        for (const [key, outcome] of settled.ended) states.set(key, { state: 'TERMINATED', result: outcome })
        expect(settled.ready.length > 0 || settled.result !== undefined, 'the run is stuck').toBe(true)
        result = settled.result
      }
      for (const task of tasks) {
        const { result } = states.get(task.task_key)!
        const wanted = task.depends_on.filter(({ outcome }) => outcome !== undefined)
        const others = wanted.filter(({ task_key, outcome }) => states.get(task_key)!.outcome !== outcome)
        if (others.length > 0) expect(['SUCCESS', 'FAILED']).not.toContain(result)
        if (others.some(({ task_key }) => states.get(task_key)!.outcome) && !task.disabled)
          expect(result).toBe('EXCLUDED')
        if (wanted.length > 0 && others.length === 0 && task.run_if === 'ALL_DONE' && !task.disabled)
          expect(['SUCCESS', 'FAILED']).toContain(result)
      }
    }),
    { numRuns: 300 },
  )
})

describe('a task that depends on the outcome of a condition', () => {
  const tasks = (run_if: RunIf): TaskSettings[] => [
    { task_key: 'if' },
    { task_key: 'other' },
    { task_key: 'then', run_if, depends_on: [{ task_key: 'if', outcome: 'true' }, { task_key: 'other' }] },
  ]
  const ended = (result: TaskResult, outcome: string | null = null): TaskState => ({
    state: 'TERMINATED',
    result,
    outcome,
  })
  test.each<[string, RunIf, TaskState, TaskState, string]>([
    ['runs on that branch', 'ALL_SUCCESS', ended('SUCCESS', 'true'), ended('SUCCESS'), 'RUN'],
    ['is excluded on the other', 'ALL_SUCCESS', ended('SUCCESS', 'false'), ended('SUCCESS'), 'EXCLUDED'],
    ['is excluded, failures or not', 'ALL_SUCCESS', ended('SUCCESS', 'false'), ended('FAILED'), 'EXCLUDED'],
    ['is excluded for any run_if', 'ALL_DONE', ended('SUCCESS', 'false'), ended('SUCCESS'), 'EXCLUDED'],
    ['fails with the condition', 'ALL_SUCCESS', ended('FAILED'), ended('SUCCESS'), 'UPSTREAM_FAILED'],
    ['needs an outcome even for ALL_DONE', 'ALL_DONE', ended('FAILED'), ended('SUCCESS'), 'EXCLUDED'],
    ['is excluded with the condition', 'ALL_SUCCESS', ended('EXCLUDED'), ended('SUCCESS'), 'EXCLUDED'],
  ])('%s', (_case, runIf, condition, other, expected) => {
    const states = new Map([
      ['if', condition],
      ['other', other],
      ['then', { state: 'BLOCKED', result: null } as TaskState],
    ])
    const { ready, ended: endings } = nextTransitions(tasks(runIf), states, null)
    expect(ready.length > 0 ? 'RUN' : endings.get('then')).toBe(expected)
  })
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
  const first = nextTransitions(tasks, states, 'CANCELED')
  expect(first.result).toBeUndefined()
  expect([...first.ended]).toEqual([
    ['c', 'CANCELED'],
    ['b', 'CANCELED'],
    ['clean', 'CANCELED'],
  ])
  for (const [key, result] of first.ended) states.set(key, { state: 'TERMINATED', result })
  states.set('a', { state: 'TERMINATED', result: 'CANCELED' })
  expect(nextTransitions(tasks, states, 'CANCELED').result).toBe('CANCELED')
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
    expect(nextTransitions(diamond, states, null).result).toBe(expected)
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
