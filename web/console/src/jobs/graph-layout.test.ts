import { expect, test } from 'vitest'
import { layoutTasks, NODE } from './graph-layout.js'

const task = (task_key: string, ...upstream: string[]) => ({
  task_key,
  depends_on: upstream.map((key) => ({ task_key: key })),
})

test('places tasks to the right of what they depend on, without overlap', () => {
  const { nodes, edges, width } = layoutTasks([
    task('d', 'b', 'c'),
    task('a'),
    task('b', 'a'),
    task('c', 'a'),
  ])
  const at = new Map(nodes.map((node) => [node.task.task_key, node]))
  for (const { from, to } of edges) expect(at.get(to)!.x).toBeGreaterThan(at.get(from)!.x + NODE.width)
  expect(Math.abs(at.get('b')!.y - at.get('c')!.y)).toBeGreaterThanOrEqual(NODE.height)
  expect(edges).toHaveLength(4)
  expect(width).toBeGreaterThan(3 * NODE.width)
})

test('writes the outcome that a dependency needs, and leaves out unknown tasks', () => {
  const { edges } = layoutTasks([
    task('check'),
    { task_key: 'yes', depends_on: [{ task_key: 'check', outcome: 'true' }, { task_key: 'gone' }] },
  ])
  expect(edges).toMatchObject([{ from: 'check', to: 'yes', label: { text: 'true' } }])
})
