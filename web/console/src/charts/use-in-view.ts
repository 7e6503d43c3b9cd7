import { useEffect, useRef, useState } from 'react'

/** Becomes true when the element comes within 200 px of the viewport, and stays true. */
export function useInView<T extends Element>() {
  const ref = useRef<T>(null)
  const [inView, setInView] = useState(false)
  useEffect(() => {
    if (inView || !ref.current) return
    const watcher = new IntersectionObserver(
      (entries) => {
        if (entries.some((entry) => entry.isIntersecting)) setInView(true)
      },
      { rootMargin: '200px' },
    )
    watcher.observe(ref.current)
    return () => watcher.disconnect()
  }, [inView])
  return [ref, inView] as const
}

/** A ref for an element, and whether it is within 400 px of the viewport. */
export function useVisible<T extends Element>() {
  const ref = useRef<T>(null)
  const [isVisible, setVisible] = useState(false)
  useEffect(() => {
    const watcher = new IntersectionObserver((entries) => setVisible(entries.at(-1)!.isIntersecting), {
      rootMargin: '400px',
    })
    watcher.observe(ref.current!)
    return () => watcher.disconnect()
  }, [])
  return [ref, isVisible] as const
}
