import { type ReactNode, useEffect, useRef, useState } from 'react'

/** Scrolls horizontally. Focusable only while the content overflows, so that the keyboard can scroll it. */
export function ScrollX({ children }: { children: ReactNode }) {
  const ref = useRef<HTMLDivElement>(null)
  const [wide, setWide] = useState(false)
  useEffect(() => {
    const element = ref.current!
    const watcher = new ResizeObserver(() => setWide(element.scrollWidth > element.clientWidth))
    watcher.observe(element)
    if (element.firstElementChild) watcher.observe(element.firstElementChild)
    return () => watcher.disconnect()
  }, [])
  return (
    <div ref={ref} className="scroll-x" tabIndex={wide ? 0 : undefined}>
      {children}
    </div>
  )
}
