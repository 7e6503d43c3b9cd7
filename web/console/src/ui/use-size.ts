import { useLayoutEffect, useRef, useState } from 'react'

/** The width and height of an element in pixels, without its border. */
export function useSize<T extends HTMLElement>() {
  const ref = useRef<T>(null)
  const [size, setSize] = useState({ width: 0, height: 0 })
  useLayoutEffect(() => {
    const element = ref.current
    if (!element) return
    const measure = () => {
      const { clientWidth: width, clientHeight: height } = element
      setSize((now) => (now.width === width && now.height === height ? now : { width, height }))
    }
    const resized = new ResizeObserver(measure)
    measure()
    resized.observe(element)
    return () => resized.disconnect()
  }, [])
  return [ref, size] as const
}
