import { useEffect, useRef, useState } from 'react'

/** True once the element has come near the window, and from then on. */
export function useSeen<T extends Element>() {
  const ref = useRef<T>(null)
  const [seen, setSeen] = useState(false)
  useEffect(() => {
    if (seen || !ref.current) return
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setSeen(true)
      },
      { rootMargin: '200px' },
    )
    watcher.observe(ref.current)
    return () => watcher.disconnect()
  }, [seen])
  return [ref, seen] as const
}
