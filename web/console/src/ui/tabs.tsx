import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect, useRef } from 'react'

interface TabsProps<T extends string> {
  readonly label: string
  readonly value: T
  readonly tabs: readonly { readonly value: T; readonly label: ReactNode }[]
  readonly onChange: (value: T) => void
}

/** Tabs by the ARIA pattern: one tab stop, arrow keys move between tabs. Needs a `TabPanel` with the same value. */
export function Tabs<T extends string>({ label, value, tabs, onChange }: TabsProps<T>) {
  const list = useRef<HTMLDivElement>(null)
  useSelectedInView(list, value)
  const move = (event: KeyboardEvent<HTMLDivElement>) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key]
    if (!step) return
    const next = tabs[(tabs.findIndex((tab) => tab.value === value) + step + tabs.length) % tabs.length]!
    onChange(next.value)
    document.getElementById(tabId(next.value))?.focus()
  }
  return (
    <div ref={list} className="tabs" role="tablist" aria-label={label} onKeyDown={move}>
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

/** Scrolls the tabs, not the page, to the selected one. */
function useSelectedInView(list: RefObject<HTMLDivElement | null>, value: string) {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another value selects another tab
  useLayoutEffect(() => {
    const scroller = list.current!
    const tab = scroller.querySelector<HTMLElement>('[aria-selected=true]')
    if (!tab || scroller.scrollWidth <= scroller.clientWidth) return
    scroller.scrollLeft = tab.offsetLeft - (scroller.clientWidth - tab.offsetWidth) / 2
  }, [list, value])
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
