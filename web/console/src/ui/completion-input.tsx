import { type ComponentProps, useId } from 'react'
import { useTranslation } from 'react-i18next'
import type { useCompletion } from './use-completion.js'

interface CompletionInputProps extends Omit<ComponentProps<'input'>, 'onChange'> {
  readonly value: string
  readonly onChange: (value: string) => void
  readonly completion: ReturnType<typeof useCompletion>
}

/** A field for a query in a language, with suggestions by the combobox pattern of ARIA. */
export function CompletionInput({ onChange, completion: box, ...input }: CompletionInputProps) {
  const { t } = useTranslation()
  const id = useId()
  return (
    <>
      <input
        {...input}
        ref={box.input}
        className="mono"
        role="combobox"
        aria-autocomplete="list"
        aria-expanded={box.open}
        aria-controls={`${id}-list`}
        aria-activedescendant={box.open && box.at >= 0 ? `${id}-${box.at}` : undefined}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={false}
        onChange={({ target }) => {
          onChange(target.value)
          box.show(target.selectionStart ?? target.value.length)
        }}
        onKeyDown={box.onKeyDown}
        onBlur={box.close}
      />
      <div
        className="completions"
        id={`${id}-list`}
        role="listbox"
        aria-label={t('filter.suggestions')}
        hidden={!box.open}
      >
        {box.suggestions.map((suggestion, index) => (
          <div
            key={suggestion}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === box.at}
            tabIndex={-1}
            className="mono"
            ref={index === box.at ? (element) => element?.scrollIntoView({ block: 'nearest' }) : undefined}
            onPointerDown={(event) => {
              event.preventDefault() // keeps the focus in the field
              box.accept(suggestion)
            }}
          >
            {suggestion}
          </div>
        ))}
      </div>
    </>
  )
}
