import { useLayoutEffect, useRef, useState } from 'react'

/** The width of an element in pixels. */
export function useWidth<T extends Element>() {
  const ref = useRef<T>(null)
  const [width, setWidth] = useState(0)
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => setWidth(element.clientWidth)
    const resized = new ResizeObserver(measure)
    measure()
    resized.observe(element)
    return () => resized.disconnect()
  }, [])
  return [ref, width] as const
}
