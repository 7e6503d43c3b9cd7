import { useMessages } from '../i18n/use-messages.js'
import { type Choices, COUNTS } from '../picks/address.js'

interface Props {
  readonly choices: Choices
  readonly onChange: (change: Partial<Choices>) => void
}

/** Sets how many films are recommended and whether picked films are among them. */
export function ResultControls({ choices, onChange }: Props) {
  const { results } = useMessages()
  return (
    <div class="controls">
      <fieldset class="segments">
        <legend class="visually-hidden">{results.count}</legend>
        {COUNTS.map((count) => (
          <button
            key={count}
            type="button"
            aria-pressed={choices.count === count}
            onClick={() => onChange({ count })}
          >
            {count}
          </button>
        ))}
      </fieldset>
      <label class="check">
        <input
          type="checkbox"
          checked={choices.hidePicked}
          onChange={(event) => onChange({ hidePicked: event.currentTarget.checked })}
        />
        {results.hidePicked}
      </label>
    </div>
  )
}
