import { useState } from 'react'
import { useTranslation } from 'react-i18next'
import type { TaskSettings } from '../../api/jobs.js'
import { Icon } from '../../ui/icon.js'
import { type NodeState, TaskGraph } from '../task-graph.js'
import { KIND_ICON, kindOf, subjectOf } from '../task-kind.js'
import type { FormState } from './form-context.js'
import { FieldSection } from './general-fields.js'
import { problemsIn } from './problems.js'
import { TaskFields } from './task-fields.js'
import { newTask, withoutTask } from './tasks.js'

/** The tasks, each in a fold, and the graph that they make. */
export function TasksEditor({ form }: { form: FormState }) {
  const { t } = useTranslation()
  const tasks = form.settings.tasks ?? []
  /** Keys of tasks change while they are typed, so each task has an id that lasts as long as the form. */
  const [ids, setIds] = useState<readonly number[]>(() => tasks.map((_, index) => index))
  const [open, setOpen] = useState<ReadonlySet<number>>(() => new Set(tasks.length === 1 ? [0] : []))
  const toggle = (id: number, isOpen: boolean) =>
    setOpen((before) => {
      const next = new Set(before)
      if (isOpen) next.add(id)
      else next.delete(id)
      return next
    })
  const own = form.problems.tasks
  return (
    <>
      {tasks.length > 1 && (
        <TaskGraph
          title={t('jobs.graph')}
          tasks={tasks.filter(
            ({ task_key }, index) => tasks.findIndex((one) => one.task_key === task_key) === index,
          )}
          states={NO_STATES}
          onChoose={(key) => toggle(ids[tasks.findIndex((task) => task.task_key === key)]!, true)}
        />
      )}
      <FieldSection
        title={t('jobs.timeline')}
        action={
          <button
            type="button"
            className="button small"
            onClick={() => {
              form.set(['tasks'], [...tasks, newTask(tasks)])
              const id = Math.max(-1, ...ids) + 1
              setIds([...ids, id])
              toggle(id, true)
            }}
          >
            <Icon name="plus" size={13} />
            {t('jobForm.addTask')}
          </button>
        }
      >
        {own && <p className="body problem">{own}</p>}
        {tasks.length === 0 && !own && <p className="body muted">{t('jobForm.noTasks')}</p>}
        {tasks.map((task, index) => (
          <TaskFold
            key={ids[index]}
            form={form}
            task={task}
            index={index}
            isOpen={open.has(ids[index]!) || problemsIn(form.problems, `tasks[${index}]`).length > 0}
            onToggle={(isOpen) => toggle(ids[index]!, isOpen)}
            onRemove={() => {
              form.set(['tasks'], withoutTask(tasks, index))
              setIds(ids.filter((_, at) => at !== index))
              toggle(ids[index]!, false)
            }}
          />
        ))}
      </FieldSection>
    </>
  )
}

const NO_STATES: ReadonlyMap<string, NodeState> = new Map()

interface TaskFoldProps {
  readonly form: FormState
  readonly task: TaskSettings
  readonly index: number
  readonly isOpen: boolean
  readonly onToggle: (isOpen: boolean) => void
  readonly onRemove: () => void
}

function TaskFold({ form, task, index, isOpen, onToggle, onRemove }: TaskFoldProps) {
  const { t } = useTranslation()
  const kind = kindOf(task)
  const name = task.task_key || t('jobForm.taskNumber', { number: index + 1 })
  const problem = form.problems[`tasks[${index}]`]
  return (
    <details className="task-fold" open={isOpen} onToggle={(event) => onToggle(event.currentTarget.open)}>
      <summary>
        {kind && <Icon name={KIND_ICON[kind]} />}
        <strong>{name}</strong>
        <span className="muted truncate">{subjectOf(task)}</span>
      </summary>
      <fieldset className="task-fields" aria-label={name}>
        {problem && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <TaskFields form={form} at={['tasks', index]} task={task} />
        <button type="button" className="button small danger" onClick={onRemove}>
          <Icon name="trash" size={13} />
          {t('jobForm.removeTask', { name })}
        </button>
      </fieldset>
    </details>
  )
}
