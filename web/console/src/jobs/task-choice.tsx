import type { ReactNode } from 'react'

interface TaskChoiceProps {
  readonly label: string
  readonly tasks: readonly { readonly key: string; readonly state?: ReactNode }[]
  readonly chosen: readonly string[]
  readonly onChange: (chosen: readonly string[]) => void
}

/** A checkbox for each task, in order. */
export function TaskChoice({ label, tasks, chosen, onChange }: TaskChoiceProps) {
  return (
    <fieldset className="task-choice" aria-label={label}>
      {tasks.map(({ key, state }) => (
        <label key={key}>
          <input
            type="checkbox"
            checked={chosen.includes(key)}
            onChange={(event) =>
              onChange(
                tasks
                  .map((task) => task.key)
                  .filter((one) => (one === key ? event.target.checked : chosen.includes(one))),
              )
            }
          />
          <span className="truncate">{key}</span>
          {state}
        </label>
      ))}
    </fieldset>
  )
}
