import { type ReactNode, type RefObject, useEffect, useState } from 'react'

interface ScrollAreaProps {
  readonly className: string
  /** Read by virtualizers of the content. */
  readonly scroller: RefObject<HTMLDivElement | null>
  readonly children: ReactNode
}

/** Scrolls in both directions. Focusable only while the content overflows, so that the keyboard can scroll it. */
export function ScrollArea({ className, scroller, children }: ScrollAreaProps) {
  const [overflows, setOverflows] = useState(false)
  useEffect(() => {
    const element = scroller.current!
    const measure = () =>
      setOverflows(element.scrollWidth > element.clientWidth || element.scrollHeight > element.clientHeight)
    const watcher = new ResizeObserver(measure)
    watcher.observe(element)
    if (element.firstElementChild) watcher.observe(element.firstElementChild)
    return () => watcher.disconnect()
  }, [scroller])
  return (
    <div ref={scroller} className={className} tabIndex={overflows ? 0 : undefined}>
      {children}
    </div>
  )
}
