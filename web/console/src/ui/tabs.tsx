import type { KeyboardEvent, ReactNode } from 'react'

interface TabsProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly tabs: readonly { readonly value: T; readonly label: ReactNode }[]
  readonly onChange: (value: T) => void
}

/** Tabs by the ARIA pattern: one tab stop, arrow keys move between tabs. Needs a `TabPanel` with the same value. */
export function Tabs<T extends string>({ label, value, tabs, onChange }: TabsProps<T>) {
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    const next = tabs[(tabs.findIndex((tab) => tab.value === value) + step + tabs.length) % tabs.length]!
    onChange(next.value)
    document.getElementById(tabId(next.value))?.focus()
  }
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
      {tabs.map((tab) => (
        <button
          key={tab.value}
          type="button"
          role="tab"
          id={tabId(tab.value)}
          aria-selected={tab.value === value}
          aria-controls={tab.value === value ? panelId(tab.value) : undefined}
          tabIndex={tab.value === value ? 0 : -1}
          onClick={() => onChange(tab.value)}
        >
          {tab.label}
        </button>
      ))}
    </div>
  )
}

const tabId = (value: string) => `tab-${value}`
const panelId = (value: string) => `panel-${value}`

export function TabPanel({ value, children }: { value: string; children: ReactNode }) {
  return (
    <div role="tabpanel" id={panelId(value)} aria-labelledby={tabId(value)} className="tab-panel">
      {children}
    </div>
  )
}
