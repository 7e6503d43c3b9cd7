import { RUN_IF, type TaskSettings } from '@cairn/platform/protocol/databricks/task-settings'
import fc from 'fast-check'

/** Random acyclic graphs: each task depends on earlier ones only, and the order in the settings is shuffled. */
export const graphs = (maxTasks = 12): fc.Arbitrary<TaskSettings[]> =>
  fc
    .array(
      fc.record({
        edges: fc.array(fc.nat(1000), { maxLength: 4 }),
        run_if: fc.constantFrom(...RUN_IF),
        disabled: fc.nat(9).map((n) => n === 0),
        rank: fc.nat(),
      }),
      { minLength: 1, maxLength: maxTasks },
    )
    .map((nodes) =>
      nodes
        .map(({ edges, run_if, disabled, rank }, i) => {
          const upstream = i === 0 ? [] : [...new Set(edges.map((edge) => edge % i))]
          const depends_on = upstream.map((j) => ({ task_key: `t${j}` }))
          return { rank, task: { task_key: `t${i}`, run_if, disabled, depends_on } }
        })
        .toSorted((a, b) => a.rank - b.rank)
        .map(({ task }) => task),
    )
