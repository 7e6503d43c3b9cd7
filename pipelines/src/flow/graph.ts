import { invalid } from '@cairn/platform/errors'

interface Node {
  readonly task_key: string
  readonly depends_on?: readonly { readonly task_key: string }[] | undefined
}

export const dependencies = (node: Node): string[] => (node.depends_on ?? []).map(({ task_key }) => task_key)

/** @throws INVALID_PARAMETER_VALUE naming the task: a key used twice, a dependency that does not exist, a cycle */
export function checkGraph(tasks: readonly Node[]): void {
  const keys = new Set<string>()
  for (const { task_key } of tasks) {
    if (keys.has(task_key)) throw invalid(`tasks: the key '${task_key}' is used twice.`)
    keys.add(task_key)
  }
  for (const task of tasks)
    for (const key of dependencies(task))
      if (!keys.has(key))
        throw invalid(`tasks: '${task.task_key}' depends on '${key}', which does not exist.`)
  const order = new Set(topologicalOrder(tasks).map((task) => task.task_key))
  const cyclic = tasks.filter((task) => !order.has(task.task_key)).map((task) => `'${task.task_key}'`)
  if (cyclic.length > 0) throw invalid(`tasks: ${cyclic.join(', ')} depend on each other in a cycle.`)
}

/** Orders tasks after their dependencies. Omits tasks in a cycle and tasks that depend on one. */
export function topologicalOrder<T extends Node>(tasks: readonly T[]): T[] {
  const waiting = new Map(tasks.map((task) => [task.task_key, new Set(dependencies(task)).size]))
  const dependents = new Map<string, T[]>()
  for (const task of tasks)
    for (const key of new Set(dependencies(task))) dependents.set(key, [...(dependents.get(key) ?? []), task])
  const order = tasks.filter((task) => waiting.get(task.task_key) === 0)
  for (let i = 0; i < order.length; i++)
    for (const next of dependents.get(order[i]!.task_key) ?? []) {
      const left = waiting.get(next.task_key)! - 1
      waiting.set(next.task_key, left)
      if (left === 0) order.push(next)
    }
  return order
}

/** All tasks that must end before `key` starts. */
export const ancestors = (tasks: readonly Node[], key: string) =>
  reachable(key, new Map(tasks.map((task) => [task.task_key, dependencies(task)])))

/** All tasks that depend on `key`, directly or indirectly. */
export function descendants(tasks: readonly Node[], key: string) {
  const dependents = new Map<string, string[]>()
  for (const task of tasks)
    for (const upstream of dependencies(task))
      dependents.set(upstream, [...(dependents.get(upstream) ?? []), task.task_key])
  return reachable(key, dependents)
}

function reachable(from: string, edges: ReadonlyMap<string, readonly string[]>): Set<string> {
  const reached = new Set<string>()
  for (let frontier = [from]; frontier.length > 0; ) {
    frontier = frontier.flatMap((key) => edges.get(key) ?? []).filter((key) => !reached.has(key))
    for (const key of frontier) reached.add(key)
  }
  return reached
}
