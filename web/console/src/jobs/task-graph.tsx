import { type KeyboardEvent, type ReactNode, type RefObject, useEffect, useId, useMemo, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { Icon } from '../ui/icon.js'
import { StatusMark } from '../ui/status.js'
import { layoutTasks, NODE } from './graph-layout.js'
import { toneOf, useStateText } from './job-state.js'
import { KIND_ICON, kindOf, type ShownTask, subjectOf } from './task-kind.js'

/** Wider graphs have a row of the page for themselves. */
const WIDE_PX = 560

export interface NodeState {
  readonly state: string
  readonly result?: string | undefined
  readonly outcome?: string | undefined
  /** Progress or duration. */
  readonly detail?: string
}

interface TaskGraphProps {
  readonly title: string
  readonly aside?: ReactNode
  readonly tasks: readonly ShownTask[]
  /** By task key; absent for tasks without a run. */
  readonly states: ReadonlyMap<string, NodeState>
  readonly chosen?: string | undefined
  /** Absent: nodes cannot be chosen. */
  readonly onChoose?: ((task: string) => void) | undefined
}

/** Tasks are a list of buttons, so that the keyboard and screen readers reach them; an SVG behind them draws the edges. */
export function TaskGraph({ title, aside, tasks, states, chosen, onChoose }: TaskGraphProps) {
  const heading = useId()
  const list = useRef<HTMLOListElement>(null)
  const { width, height, nodes, edges } = useLayout(tasks)
  useChosenInView(list, chosen, height)
  const current = nodes.some(({ task }) => task.task_key === chosen) ? chosen : nodes[0]?.task.task_key
  const move = (event: KeyboardEvent) => {
    const from = (event.target as HTMLElement).closest<HTMLElement>('[data-task]')?.dataset.task
    const target = from === undefined ? undefined : neighbour(nodes, from, event.key)
    if (target === undefined) return
    event.preventDefault()
    list.current?.querySelector<HTMLElement>(`[data-task="${CSS.escape(target)}"]`)?.focus()
  }
  return (
    <section className="panel task-graph" aria-labelledby={heading}>
      <header>
        <h2 id={heading}>{title}</h2>
        {aside}
      </header>
      {/* biome-ignore lint/a11y/noStaticElementInteractions: arrow keys move between its buttons */}
      <div className="graph-scroll" onKeyDown={move}>
        <div className={width > WIDE_PX ? 'graph-canvas wide' : 'graph-canvas'} style={{ width, height }}>
          <svg width={width} height={height} aria-hidden="true">
            {edges.map(({ from, to, path, label }) => (
              <g key={`${from}→${to}`} className={states.get(from)?.result ? 'passed' : undefined}>
                <path d={path} />
                {label && (
                  <text x={label.x} y={label.y}>
                    {label.text}
                  </text>
                )}
              </g>
            ))}
          </svg>
          <ol ref={list}>
            {nodes.map(({ task, x, y }) => (
              <li key={task.task_key} style={{ left: x, top: y, width: NODE.width, height: NODE.height }}>
                <TaskNode
                  task={task}
                  state={states.get(task.task_key)}
                  isChosen={task.task_key === chosen}
                  isTabStop={task.task_key === current}
                  onChoose={onChoose}
                />
              </li>
            ))}
          </ol>
        </div>
      </div>
    </section>
  )
}

/** Scrolls the graph, not the page, to the chosen task, or to the first one. */
function useChosenInView(list: RefObject<HTMLElement | null>, chosen: string | undefined, height: number) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: a graph of another height has other places
  useEffect(() => {
    const pressed = chosen === undefined ? null : list.current?.querySelector('[aria-pressed=true]')
    const node = pressed?.parentElement ?? list.current?.querySelector('li')
    const scroller = list.current?.closest<HTMLElement>('.graph-scroll')
    if (!node || !scroller) return
    scroller.scrollLeft = node.offsetLeft - (scroller.clientWidth - node.offsetWidth) / 2
    scroller.scrollTop = node.offsetTop - (scroller.clientHeight - node.offsetHeight) / 2
  }, [list, chosen, height])
}

/** Laid out anew only when tasks or dependencies change, not with every state. */
function useLayout(tasks: readonly ShownTask[]) {
  const shape = JSON.stringify(tasks.map(({ task_key, depends_on }) => [task_key, depends_on]))
  // biome-ignore lint/correctness/useExhaustiveDependencies: `shape` is all that the layout is made of
  const layout = useMemo(() => layoutTasks(tasks), [shape])
  const current = new Map(tasks.map((task) => [task.task_key, task]))
  return {
    ...layout,
    nodes: layout.nodes.map((node) => ({ ...node, task: current.get(node.task.task_key)! })),
  }
}

interface TaskNodeProps {
  readonly task: ShownTask
  readonly state: NodeState | undefined
  readonly isChosen: boolean
  readonly isTabStop: boolean
  readonly onChoose: ((task: string) => void) | undefined
}

function TaskNode({ task, state, isChosen, isTabStop, onChoose }: TaskNodeProps) {
  const { t } = useTranslation()
  const stateText = useStateText()
  const kind = kindOf(task)
  const tone = state ? toneOf(state.state, state.result) : undefined
  const detail =
    state?.detail || (state?.outcome && t('jobs.outcome', { outcome: state.outcome })) || subjectOf(task)
  const after = (task.depends_on ?? []).map((upstream) => upstream.task_key).join(', ')
  return (
    <button
      type="button"
      className={`graph-node ${tone ?? ''}`}
      data-task={task.task_key}
      aria-pressed={isChosen}
      aria-disabled={onChoose === undefined || undefined}
      tabIndex={isTabStop ? 0 : -1}
      onClick={() => onChoose?.(task.task_key)}
    >
      {kind && <Icon name={KIND_ICON[kind]} />}
      <span className="graph-text">
        <strong className="truncate" title={task.task_key}>
          {task.task_key}
        </strong>
        <small className="truncate muted" title={detail}>
          {detail}
        </small>
      </span>
      {tone && <StatusMark tone={tone} />}
      <span className="visually-hidden">
        {[
          kind && t(`taskKind.${kind}`),
          state && stateText(state.state, state.result),
          after && t('jobs.after', { tasks: after }),
        ]
          .filter(Boolean)
          .join(', ')}
      </span>
    </button>
  )
}

type Placed = readonly { readonly task: ShownTask; readonly x: number; readonly y: number }[]

/** The nearest task in the direction of an arrow key. */
function neighbour(nodes: Placed, from: string, key: string): string | undefined {
  const at = nodes.find(({ task }) => task.task_key === from)!
  const along = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key]
  if (!along) return undefined
  const [right, down] = along as [number, number]
  const ahead = nodes
    .map(({ task, x, y }) => ({ task, dx: x - at.x, dy: y - at.y }))
    .filter(({ dx, dy }) => dx * right + dy * down > 0 && (right !== 0 || dx === 0))
  const distance = ({ dx, dy }: { dx: number; dy: number }) =>
    right === 0 ? Math.abs(dy) : Math.abs(dx) * 10 + Math.abs(dy)
  return ahead.toSorted((a, b) => distance(a) - distance(b))[0]?.task.task_key
}
