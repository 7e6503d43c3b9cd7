import { type ReactNode, type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react'
import { popoverPosition } from './popover-position.js'

interface PopoverProps {
  /** Content of the button. */
  readonly label: ReactNode
  /** Accessible name of the button if its content is only an icon. */
  readonly name?: string
  readonly className?: string
  readonly align?: 'start' | 'end'
  readonly children: (close: () => void) => ReactNode
}

/** A button that opens a panel. Escape and clicks outside close it; Escape returns the focus to the button. */
export function Popover({ label, name, className = 'button', align = 'start', children }: PopoverProps) {
  const [open, setOpen] = useState(false)
  const root = useRef<HTMLDivElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const id = useId()
  const close = () => {
    setOpen(false)
    button.current?.focus()
  }
  useClose(root, open, (byKey) => (byKey ? close() : setOpen(false)))
  return (
    <div className="popover" ref={root}>
      <button
        type="button"
        ref={button}
        className={className}
        aria-expanded={open}
        aria-controls={open ? id : undefined}
        aria-label={name}
        title={name}
        onClick={() => setOpen(!open)}
      >
        {label}
      </button>
      {open && (
        <Panel id={id} button={button} align={align}>
          {children(close)}
        </Panel>
      )}
    </div>
  )
}

interface PanelProps {
  readonly id: string
  readonly button: RefObject<HTMLButtonElement | null>
  readonly align: 'start' | 'end'
  readonly children: ReactNode
}

/** In the top layer, so that no ancestor clips it; repositioned when the page scrolls or resizes. */
function Panel({ id, button, align, children }: PanelProps) {
  const ref = useRef<HTMLDivElement>(null)
  useLayoutEffect(() => {
    const panel = ref.current!
    panel.showPopover()
    const place = () => {
      panel.style.maxHeight = 'none'
      const size = { width: panel.offsetWidth, height: panel.offsetHeight }
      const window = { width: document.documentElement.clientWidth, height: innerHeight }
      const { left, top, maxHeight } = popoverPosition(
        button.current!.getBoundingClientRect(),
        size,
        window,
        align,
      )
      Object.assign(panel.style, { left: `${left}px`, top: `${top}px`, maxHeight: `${maxHeight}px` })
    }
    place()
    addEventListener('scroll', place, true)
    addEventListener('resize', place)
    return () => {
      removeEventListener('scroll', place, true)
      removeEventListener('resize', place)
    }
  }, [button, align])
  return (
    <div id={id} ref={ref} popover="manual" className="popover-panel">
      {children}
    </div>
  )
}

function useClose(root: RefObject<HTMLElement | null>, open: boolean, close: (byKey: boolean) => void) {
  useEffect(() => {
    if (!open) return
    const onOutside = (event: Event) => {
      if (!root.current?.contains(event.target as Node)) close(false)
    }
    const onEscape = (event: KeyboardEvent) => {
      if (event.key === 'Escape') close(true)
    }
    document.addEventListener('pointerdown', onOutside)
    document.addEventListener('focusin', onOutside)
    document.addEventListener('keydown', onEscape)
    return () => {
      document.removeEventListener('pointerdown', onOutside)
      document.removeEventListener('focusin', onOutside)
      document.removeEventListener('keydown', onEscape)
    }
  })
}
